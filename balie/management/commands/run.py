"""`manage.py run`: the launcher. manage.py itself starts it, without Django. This file names it in `help`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from balie.run.launch import main


class Command(BaseCommand):
    """Start Balie and everything it needs, in the foreground."""

    help = "Start PostgreSQL, Valkey and Balie in the foreground; Ctrl-C stops all of it."
    # There is no database yet to check anything against.
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop and leave with the launcher's exit code."""
        sys.exit(main())
