from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from tenants.models import Site, check_slug
from tenants.origins import BadOrigin, ascii_host, parse_origin
from tenants.provisioning import create_company


class Command(BaseCommand):
    help = "Make a client company with its schema, portal host and first site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="3 to 40 small letters, digits and hyphens")
        parser.add_argument("name")
        parser.add_argument("--monogram", required=True, help="two letters, unique")
        parser.add_argument(
            "--origin",
            action="append",
            required=True,
            help="a website of the company, such as https://www.example.nl; may be given again",
        )
        parser.add_argument("--portal-host", help="default: <slug>.<portal suffix>")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        try:
            # One transaction: a bad origin must not leave a company without a site behind.
            with transaction.atomic():
                # Before it becomes part of a host, whose fault would be named instead.
                check_slug(slug)
                origins = [parse_origin(one) for one in options["origin"]]
                portal_host = options["portal_host"] or f"{slug}.{settings.PORTAL_SUFFIX}"
                company = create_company(
                    slug=slug,
                    name=options["name"],
                    monogram=options["monogram"].upper(),
                    portal_host=ascii_host(portal_host),
                )
                site = Site(company=company, name=options["name"], origins=origins)
                site.full_clean()
                site.save()
        except BadOrigin as error:
            raise CommandError(
                f"--origin: an address such as https://www.example.nl, without a path; not {error.typed}"
            ) from None
        except ValidationError as error:
            raise CommandError(_by_option(error)) from None
        except ValueError as error:
            raise CommandError(f"--portal-host: {error}") from None
        except IntegrityError as error:
            raise CommandError(f"in use already: {error}") from None
        self.stdout.write(f"{company.name}: schema {company.schema_name}, site key {site.key}")


def _by_option(error: ValidationError) -> str:
    """List what is wrong, each with the option that has it."""
    if not hasattr(error, "error_dict"):
        return f"slug: {' '.join(error.messages)}"
    names = {"origins": "--origin", "monogram": "--monogram"}
    said = error.message_dict.items()
    return "; ".join(f"{names.get(field, field)}: {' '.join(words)}" for field, words in said)
