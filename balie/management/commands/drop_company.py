from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from agency.models import ChatRecord
from balie.steps.erase import HasUnfinishedChats, erase_company
from billing.models import Charge
from tenants.models import Company


class Command(BaseCommand):
    help = (
        "Erase a company: its schema with every word, its sites, portal and members. Records, prices, charges, "
        "assignments, promises and the log stay: they are the agency's books. There is no way back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--yes", action="store_true", help="erase; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        company = Company.objects.filter(slug=slug, ready=True).first()
        if company is None:
            raise CommandError(f"slug: there is no company '{slug}'.")
        records = ChatRecord.objects.filter(company=company).count()
        charges = Charge.objects.filter(company=company).count()
        books = f"{records} records and {charges} charges stay in the agency's books"
        if not options["yes"]:
            raise CommandError(
                f"{company.name}: schema {company.schema_name} with every word would go, {books}. "
                "There is no way back. Say --yes to erase it."
            )
        try:
            erase_company(company)
        except HasUnfinishedChats as error:
            raise CommandError(f"{company.name} has {error.count} unfinished chats: nothing is changed.") from None
        except OperationalError as error:
            raise CommandError(
                f"{company.name} is in use ({str(error).splitlines()[0]}): nothing is changed. Try again."
            ) from None
        self.stdout.write(f"{company.name} is erased; {books}")
