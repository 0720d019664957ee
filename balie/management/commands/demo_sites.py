"""`manage.py demo_sites`."""

from typing import Any

from django.core.management.base import BaseCommand

from balie.demo.sites import main


class Command(BaseCommand):
    """Serve the demo companies' own web sites on PORT + 1."""

    help = "Serve the demo companies' own web sites on PORT + 1."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Serve until the process is told to stop."""
        main()
