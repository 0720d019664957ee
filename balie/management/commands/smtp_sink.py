"""`manage.py smtp_sink`."""

from typing import Any

from django.core.management.base import BaseCommand

from balie.run.smtp_sink import main


class Command(BaseCommand):
    """Take mail and keep it in BALIE_HOME/mail."""

    help = "Take mail and keep it in BALIE_HOME/mail."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Serve until the process is told to stop."""
        main()
