"""`manage.py run`: the launcher."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from agency.project.launch import Options, launch
from agency.project.machine import LaunchError


class Command(BaseCommand):
    """Start Balie and everything it needs, in the foreground."""

    help = "Start PostgreSQL, Valkey and Balie in the foreground; Ctrl-C stops all of it."
    # There is no database yet to check anything against.
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Read the environment, run, leave with the launcher's exit code."""
        try:
            options = Options.from_environment()
        except LaunchError as error:
            sys.exit(f"balie: {error}")
        sys.exit(launch(options))
