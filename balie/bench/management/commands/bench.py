import json
import resource
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

SOCKETS = 5_000


class Command(BaseCommand):
    help = (
        "Measure the live path beside the tutorial design and a hand-written limit (`bench live --json`), "
        "or the router over "
        "10, 100 and 1,000 companies (`bench pool --json`), or the config answer and the reading behind it "
        "(`bench config --json`), or a look at the manager's pool page at 400 desks (`bench page "
        "--json`), or every page of a "
        "manager's at 400 operators and 250 companies (`bench manage`), or every page and search of a company's portal "
        "at 100,000 chats (`bench portal`), or how fast a company is ready (`bench companies`), in one run. "
        "Needs the services of the settings, where it makes a database of its own, and the development packages."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["live", "pool", "config", "page", "manage", "portal", "companies"])
        parser.add_argument("--seconds", type=float, default=6, help="of each measurement")
        parser.add_argument("--rounds", type=int, default=3, help="medians are of so many")
        parser.add_argument(
            "--only",
            default="",
            help="some of a (tutorial), b (daphne), c (uvicorn), d (limit), e (two uvicorn), "
            "latency, idle, config, size; by comma",
        )
        parser.add_argument(
            "--counts", default="1,10,100", help="of `bench companies`: after how many it is told, at most 1,000"
        )
        parser.add_argument("--json", action="store_true", help="one line instead of indented")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "pool":
            self._pool(rounds=options["rounds"], as_json=options["json"])
        elif options["what"] == "config":
            self._config(options)
        elif options["what"] == "page":
            self._page(rounds=options["rounds"], as_json=options["json"])
        elif options["what"] == "manage":
            self._manage(as_json=options["json"])
        elif options["what"] == "portal":
            self._portal(as_json=options["json"])
        elif options["what"] == "companies":
            self._companies(options["counts"], as_json=options["json"])
        else:
            self._live(options)

    def _manage(self, *, as_json: bool) -> None:
        from balie.bench.pages.manage_pages import run_manage, table

        answer = run_manage()
        self.stdout.write(json.dumps(answer) if as_json else table(answer))
        if answer["over"]:
            raise CommandError(f"over {answer['goal_ms']} ms: {', '.join(answer['over'])}")

    def _portal(self, *, as_json: bool) -> None:
        from balie.bench.pages.portal_pages import run_portal, table

        answer = run_portal()
        self.stdout.write(json.dumps(answer) if as_json else table(answer))
        if answer["over"]:
            raise CommandError(f"over the goals: {', '.join(answer['over'])}")

    def _companies(self, counts: str, *, as_json: bool) -> None:
        from balie.bench.companies import MOST, run_companies, table

        typed = [one.strip() for one in counts.split(",")]
        if not all(one.isascii() and one.isdecimal() and 1 <= int(one) <= MOST for one in typed):
            raise CommandError(f"--counts: numbers from 1 to {MOST}, by comma; not {counts}")
        answer = run_companies([int(one) for one in typed])
        self.stdout.write(json.dumps(answer) if as_json else table(answer))
        if answer["over"]:
            raise CommandError(f"over the goal at {', '.join(map(str, answer['over']))} companies")

    def _pool(self, *, rounds: int, as_json: bool) -> None:
        from balie.bench.pool.bench import run_pool, table

        answer = run_pool(rounds=rounds)
        self.stdout.write(json.dumps(answer) if as_json else table(answer))
        if not answer["holds"]:
            raise CommandError("a chat was given twice, a seat overfilled, or too much locked")

    def _page(self, *, rounds: int, as_json: bool) -> None:
        from balie.bench.pages.pool_page import run_page, table

        answer = run_page(rounds=rounds)
        self.stdout.write(json.dumps(answer) if as_json else table(answer))

    def _config(self, options: dict[str, Any]) -> None:
        try:
            from balie.bench.pages.widget_config import run_config
        except ImportError as error:
            raise CommandError(f"the bench needs the development packages: {error}") from error
        answer = run_config(seconds=options["seconds"], rounds=options["rounds"])
        self.stdout.write(json.dumps(answer, indent=None if options["json"] else 1))

    def _live(self, options: dict[str, Any]) -> None:
        try:
            from balie.bench.live.bench import EXTRAS, LETTERS, run_live
        except ImportError as error:
            raise CommandError(f"the bench needs the development packages: {error}") from error
        only = {word.strip() for word in options["only"].split(",") if word.strip()}
        if unknown := only - {*LETTERS, *EXTRAS}:
            raise CommandError(f"unknown in --only: {', '.join(sorted(unknown))}")
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(SOCKETS, hard), hard))
        answer = run_live(seconds=options["seconds"], rounds=options["rounds"], only=only)
        self.stdout.write(json.dumps(answer, indent=None if options["json"] else 1))
