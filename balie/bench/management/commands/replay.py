import asyncio
import json
import resource
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from balie.bench.replay import aftermath, faults, setup, verdict, worked_time
from balie.bench.replay.kills import Kills
from balie.bench.replay.play import ReplayPace, ReplayTarget, play
from balie.bench.replay.robots.dialogues import read_dialogues
from balie.run.balie_home import Home


class Command(BaseCommand):
    help = (
        "Play real dialogues over the real sockets of a running Balie and compare what its clients saw "
        "with what is stored. "
        "Exit code 1 unless nothing was lost, doubled, out of order or refused, every chat was answered, "
        "has one record and "
        "one line on the ledger, and every transcript that was asked for was mailed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dialogues", required=True, type=Path, help="JSON lines, .gz or plain")
        parser.add_argument("--base-url", default=settings.BASE_URL, help="where the web answers")
        parser.add_argument("--chats", type=int, default=20)
        parser.add_argument("--rate", type=float, default=60, help="chats a minute, wall-clock")
        parser.add_argument("--speed", type=float, default=10, help="divides the dialogues' times")
        parser.add_argument("--operators", type=int, default=6, help="robots of capacity 6")
        parser.add_argument("--json", action="store_true", help="one line instead of an indented one")

        parser.add_argument(
            "--kill",
            type=_names,
            default=(),
            help="parts to kill once meanwhile: worker,web,postgres",
        )
        parser.add_argument(
            "--fault",
            type=_names,
            default=(),
            help=f"troubles to have one after the other: {', '.join(faults.ACTS)}",
        )
        parser.add_argument(
            "--kill-every",
            type=_name_and_seconds,
            help="worker:3 kills the worker again and again, about 3 s after it began to work",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        home = Home(settings.HOME)
        once = (*options["kill"], *options["fault"])
        kills = Kills(home, once=once, every=options["kill_every"])
        try:
            dialogues = read_dialogues(options["dialogues"], options["chats"])
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"the dialogues can't be read: {error}") from error
        _allow_sockets(options["chats"] + options["operators"])
        stand = setup.build(options["operators"])
        # None is held while the play goes on, so it doesn't matter if PostgreSQL is killed meanwhile.
        _forget_connections()
        try:
            outcome = asyncio.run(
                play(
                    dialogues,
                    stand,
                    target=ReplayTarget(options["base_url"].rstrip("/"), settings.SESSION_COOKIE_NAME),
                    pace=ReplayPace(options["rate"], options["speed"]),
                    kills=kills,
                )
            )
        except faults.CannotFault as error:
            raise CommandError(str(error)) from error
        except TimeoutError as error:
            where = options["base_url"]
            raise CommandError(f"no console at {where}, or a part did not come back") from error
        finally:
            _forget_connections()
            stand.clear()
        answer = verdict.judge(outcome, stand)
        answer |= aftermath.count(stand, outcome.talks, home.mail)
        lost = outcome.seen["reconnects"]
        answer |= worked_time.count_wrong(stand, outcome.leases, lost_lines=lost)
        answer |= {"done_in_time": outcome.done, "kills": dict(kills.done)}
        answer |= {"faults": dict(kills.had), "faults_wanted": len(options["fault"])}
        self.stdout.write(json.dumps(answer, indent=None if options["json"] else 1))
        if not verdict.is_good(answer, chats=options["chats"], operators=options["operators"]):
            raise SystemExit(1)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _name_and_seconds(text: str) -> tuple[str, float]:
    name, _colon, seconds = text.partition(":")
    return name, float(seconds)


def _forget_connections() -> None:
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined]


def _allow_sockets(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 200
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
