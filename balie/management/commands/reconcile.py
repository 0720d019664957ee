import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from balie.steps import reconcile


class Command(BaseCommand):
    help = (
        "Hold the books against their sources: records, entries and charges against messages, trail, log, "
        "hours and prices; "
        "ratings and mails against what was said and asked for. One line per difference; exit code 1 if any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        found = reconcile.compare()
        if options["json"]:
            facts = {"differences": found.differences, "waiting": found.waiting}
            self.stdout.write(json.dumps(facts))
        else:
            for line in found.differences:
                self.stdout.write(line)
            for line in found.waiting:
                self.stdout.write(f"no difference, {line}")
            self.stdout.write(f"{len(found.differences)} differences")
        if found.differences:
            raise SystemExit(1)
