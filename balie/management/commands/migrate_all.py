from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tenants.provisioning import current_template, migrate_companies


class Command(BaseCommand):
    help = "Bring the shared schema, every company's schema and the template to the newest migration."

    def handle(self, *args: object, **options: object) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate_schemas", schema_name="public", verbosity=0, interactive=False)
        count = migrate_companies()
        current_template()
        self.stdout.write(f"everything is up to date; {count} companies were behind")
