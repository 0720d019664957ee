from django.conf import settings
from django.core.management.base import BaseCommand

from balie.variables import env_example, variables_table, with_table

PAGES = {
    "docs/setup.md": variables_table("machine", "both"),
    "docs/operations.md": variables_table("installation", "both"),
}


class Command(BaseCommand):
    help = "Write .env.example and the tables of variables in docs/ from balie/variables.py."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        (settings.BASE_DIR / ".env.example").write_text(env_example())
        for name, table in PAGES.items():
            page = settings.BASE_DIR / name
            page.write_text(with_table(page.read_text(), table))
