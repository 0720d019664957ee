from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import translation

from agency.domain.hours.periods import local_day
from agency.models import User
from balie.company_file.company_file import CompanyFile, read_company
from balie.company_file.make import FileRefused, make_company
from tenants import clock
from tenants.models import Site, check_slug
from tenants.origins import BadOrigin, ascii_host, parse_origin
from tenants.provisioning import create_company
from tenants.zone import AGENCY_ZONE


class Command(BaseCommand):
    help = "Make a client company: the whole of it from a file, or its schema, portal host and first site alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="3 to 40 small letters, digits and hyphens")
        parser.add_argument("name", nargs="?")
        parser.add_argument("--monogram", help="two letters, unique")
        parser.add_argument(
            "--origin",
            action="append",
            help="a website of the company, such as https://www.example.nl; may be given again",
        )
        parser.add_argument("--portal-host", help="default: <slug>.<portal suffix>")
        parser.add_argument("--from-file", type=Path, metavar="FILE", help="everything of the company, as YAML")
        parser.add_argument("--by", metavar="MAIL", help="with --from-file: the manager who makes it")
        parser.add_argument("--check", action="store_true", help="with --from-file: look, and make nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        given = [name for name in ("slug", "name", "monogram", "origin", "portal_host") if options[name]]
        if options["from_file"]:
            if given:
                raise CommandError(f"--from-file says everything: leave out {', '.join(given)}")
            self._from_file(options["from_file"], options["by"], check=options["check"])
            return
        needed = {"slug": "slug", "name": "name", "monogram": "--monogram", "origin": "--origin"}
        missing = [shown for name, shown in needed.items() if not options[name]]
        if missing:
            raise CommandError(f"missing: {', '.join(missing)}; or give --from-file")
        self._from_options(options)

    def _from_file(self, path: Path, by: str | None, *, check: bool) -> None:
        manager = User.objects.filter(email__iexact=by or "", is_manager=True, is_active=True).first()
        if manager is None:
            raise CommandError(f"--by: the mail address of a manager of the agency; not {by or 'nothing'}")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"--from-file: {error.strerror}: {path}") from None
        with translation.override(manager.language):
            now = clock.now()
            found, problems = read_company(content, local_day(now, AGENCY_ZONE))
            if problems:
                raise CommandError("\n".join(problems))
            self._make(found, manager, check=check)

    def _make(self, found: CompanyFile, manager: User, *, check: bool) -> None:
        try:
            with transaction.atomic():
                company = make_company(found, by=manager, now=clock.now())
                keys = [f"{site.name}: {site.key}" for site in company.sites.all()]
                transaction.set_rollback(check)
        except FileRefused as problem:
            raise CommandError(str(problem)) from None
        if check:
            self.stdout.write(f"{company.name}: nothing is wrong, and nothing was made")
            return
        self.stdout.write(f"{company.name}: schema {company.schema_name}, not live yet; site keys {', '.join(keys)}")

    def _from_options(self, options: dict[str, Any]) -> None:
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
