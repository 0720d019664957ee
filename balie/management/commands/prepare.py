from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Make the database ready: migrations of all schemas, and the demo if there is nothing yet."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate_all", stdout=self.stdout)
        call_command("demo", stdout=self.stdout)
