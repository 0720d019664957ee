import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError

from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.domain.shifts.erlang import CONCURRENCY_FACTORS
from agency.domain.simulation import report
from agency.domain.simulation.day import first_hours, read_day
from agency.domain.simulation.plan import (
    POLICIES,
    SHARES,
    ArrivalRate,
    Plan,
    SimulatedShift,
    all_day,
    steady,
)

Value = TypeVar("Value")

_MOST_REPLICATIONS = 1_000
_DAY_HOURS = 16.0


class Command(BaseCommand):
    help = (
        "Simulate a day of the pool, chat by chat, through the rules that the pool itself decides by. "
        "Needs no services "
        "and reads no database. docs/pool.md explains the model and the figures."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        arrivals = parser.add_mutually_exclusive_group(required=True)
        arrivals.add_argument("--poisson", type=_number, metavar="RATE", help="chats an hour")
        arrivals.add_argument(
            "--arrivals",
            type=Path,
            metavar="FILE.csv",
            help="half hours: date, interval_start, offered or contacts",
        )
        parser.add_argument("--date", help="day of the file (2026-11-23); else its first")
        parser.add_argument("--scale", type=_number, help="times the file's counts")
        parser.add_argument("--hours", type=_number, help=f"of the day; else {_DAY_HOURS:g}, or all of the file's")
        parser.add_argument("--companies", type=_whole, default=250)
        parser.add_argument("--shares", choices=SHARES, default="even", help="how chats divide over companies")
        promised = (DEFAULT_PROMISE_SECONDS,)
        parser.add_argument("--promises", type=_wholes, default=promised, help="seconds, by comma; companies in turn")
        parser.add_argument("--operators", type=_whole, default=26)
        parser.add_argument(
            "--shifts",
            type=_shifts,
            help="instead of --operators: 13@0-8,13@8-16, hours after the day begins",
        )
        parser.add_argument("--concurrency", type=_whole, default=3, help="slots of an operator")
        parser.add_argument(
            "--factors",
            type=_numbers,
            default=CONCURRENCY_FACTORS,
            help="speed with 1, 2, ... chats, one alone being 1; else " + ",".join(map(str, CONCURRENCY_FACTORS)),
        )
        parser.add_argument("--beginners", type=_number, default=0.0, help="share of operators with 3 slots at most")
        parser.add_argument("--breadth", type=_number, default=1.0, help="share of companies each is certified for")
        parser.add_argument("--pools", type=_whole, help="teams of the silo; else one a company or operator")
        parser.add_argument(
            "--aht",
            type=_number,
            default=600.0,
            metavar="S",
            help="seconds of a chat that is alone",
        )
        parser.add_argument("--patience", type=_patience, metavar="S|none", help="mean seconds; else none")
        parser.add_argument(
            "--silent",
            type=_number,
            default=0.5,
            help="share of a chat its visitor is to write next",
        )
        parser.add_argument("--accept", type=_number, default=0.0, metavar="S", help="seconds from offer to accept")
        parser.add_argument("--bounce", type=_number, default=0.0, help="share of offers that nobody takes")
        parser.add_argument(
            "--drain",
            type=_number,
            default=20.0,
            metavar="MIN",
            help="minutes before the end of a shift",
        )
        parser.add_argument("--warmup", type=_number, default=0.0, metavar="H", help="hours that aren't counted")
        parser.add_argument("--policy", choices=POLICIES, default="balie")
        parser.add_argument("--compare", action="store_true", help="every policy on the same days")
        parser.add_argument("--replications", type=_whole, default=1, help="days; with one, parts of it")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="one object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        replications = options["replications"]
        if not 1 <= replications <= _MOST_REPLICATIONS:
            raise CommandError(f"--replications: 1 to {_MOST_REPLICATIONS}, not {replications}")
        policies = POLICIES if options["compare"] else (options["policy"],)
        try:
            day, plan = _plan(options)
            found = report.run(plan, policies, replications=replications)
        except ValueError as error:
            raise CommandError(f"--{error}") from error
        if options["json"]:
            facts = {"arrivals": day, "replications": replications, **report.as_facts(found)}
            self.stdout.write(json.dumps(facts))
        else:
            self.stdout.write(f"{day}; seed {plan.seed}")
            self.stdout.write("\n".join(report.as_lines(found)))


def _plan(options: Mapping[str, Any]) -> tuple[str, Plan]:
    """Return the name of the day, and the plan of it."""
    day, rates = _arrivals(options)
    shifts: tuple[SimulatedShift, ...] = options["shifts"] or all_day(options["operators"], rates)
    return day, Plan(
        rates=rates,
        shifts=shifts,
        aht_s=options["aht"],
        patience_s=options["patience"],
        companies=options["companies"],
        concurrency=options["concurrency"],
        factors=options["factors"],
        breadth=options["breadth"],
        shares=options["shares"],
        promises=options["promises"],
        accept_s=options["accept"],
        bounce=options["bounce"],
        silent=options["silent"],
        beginners=options["beginners"],
        pools=options["pools"],
        drain_s=options["drain"] * 60,
        warmup_s=options["warmup"] * 3600,
        seed=options["seed"],
    )


def _arrivals(options: Mapping[str, Any]) -> tuple[str, tuple[ArrivalRate, ...]]:
    hours = options["hours"]
    if options["arrivals"] is None:
        for name in ("date", "scale"):
            if options[name] is not None:
                raise CommandError(f"--{name}: only with --arrivals, which it chooses from")
        hours = _DAY_HOURS if hours is None else hours
        rates = steady(options["poisson"], hours)
        return f"{options['poisson']:g} chats/h for {hours:g} h", rates
    path: Path = options["arrivals"]
    scale = 1.0 if options["scale"] is None else options["scale"]
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            recorded = read_day(lines, date=options["date"], scale=scale)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--arrivals: a CSV file that can be read, not {path}: {error}") from error
    rates = recorded.rates if hours is None else first_hours(recorded.rates, hours)
    times = "" if scale == 1 else f" x {scale:g}"
    return f"{path.name} {recorded.date} from {recorded.begins}{times}", rates


def _number(text: str) -> float:
    return _read(text, float, "a number")


def _whole(text: str) -> int:
    return _read(text, int, "a whole number")


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(_read(part, float, "numbers by comma") for part in text.split(","))


def _wholes(text: str) -> tuple[int, ...]:
    return tuple(_read(part, int, "whole numbers by comma") for part in text.split(","))


def _patience(text: str) -> float | None:
    return None if text == "none" else _read(text, float, 'seconds or "none"')


def _shifts(text: str) -> tuple[SimulatedShift, ...]:
    return tuple(_read(part, _shift, "operators@from-to by comma, as 13@0-8,13@8-16") for part in text.split(","))


def _shift(text: str) -> SimulatedShift:
    operators, _, hours = text.partition("@")
    start, _, end = hours.partition("-")
    return SimulatedShift(int(operators), float(start) * 3600, float(end) * 3600)


def _read(text: str, read: Callable[[str], Value], allowed: str) -> Value:
    try:
        return read(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{allowed}, not {text!r}") from error
