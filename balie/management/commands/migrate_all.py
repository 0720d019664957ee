from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from chat.services.finished.search import add_stems
from tenants.context import in_company
from tenants.models import Company
from tenants.provisioning import current_template, migrate_companies


class Command(BaseCommand):
    help = "Bring the shared schema, every company's schema and the template to the newest migration, and search too."

    def handle(self, *args: object, **options: object) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate_schemas", schema_name="public", verbosity=0, interactive=False)
        count = migrate_companies()
        current_template()
        for company in Company.objects.filter(ready=True).order_by("slug"):
            with in_company(company):
                add_stems()
        self.stdout.write(f"everything is up to date; {count} companies were behind")
