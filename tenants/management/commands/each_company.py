from argparse import REMAINDER, ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from tenants.context import in_company
from tenants.models import Company


class Command(BaseCommand):
    help = "Run another command once in the schema of each company."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("command", nargs=REMAINDER, help="the command and its arguments")

    def handle(self, *args: Any, **options: Any) -> None:
        for company in Company.objects.filter(ready=True).order_by("slug"):
            self.stdout.write(f"-- {company.slug}")
            with in_company(company):
                call_command(*options["command"], stdout=self.stdout, stderr=self.stderr)
