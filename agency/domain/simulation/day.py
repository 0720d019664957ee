"""The visitors of one day: when each comes, for which company, how long the chat takes and how long they would wait."""

import csv
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from random import Random
from uuid import UUID

from agency.domain.hours.periods import HALF_HOUR_MINUTES
from agency.domain.shifts.erlang import SECONDS_AN_HOUR
from agency.domain.simulation.plan import ArrivalRate, Plan, Shares

_HALF_HOUR = HALF_HOUR_MINUTES * 60
# The turn changes about once a minute (a turn of the recorded dialogues lasts half of one).
_TURNS_SECONDS = 60.0


@dataclass(slots=True)
class SimulatedChat:
    """One visitor: first what is drawn, then what became of it (seconds since the day began)."""

    number: int
    company: int
    arrived: float
    demand: float
    patience: float
    phase: float
    answered_at: float | None = None
    left_at: float | None = None
    passed_at: float | None = None
    bounces: int = 0

    def turn(self, at: float, silent: float) -> str:
        """The side to write next: the operator for a part of each minute, then the visitor for the `silent` rest."""
        into = (at / _TURNS_SECONDS + self.phase) % 1.0
        return "operator" if into < 1 - silent else "visitor"


def company_id(number: int) -> UUID:
    """The id of the n-th company."""
    return UUID(int=number + 1)


def share_of_each(companies: int, shares: Shares) -> list[float]:
    """Return how the chats divide over the companies, together 1."""
    if shares == "even":
        return [1 / companies] * companies
    weights = [1 / rank for rank in range(1, companies + 1)]
    whole = sum(weights)
    return [weight / whole for weight in weights]


def draw_chats(plan: Plan, replication: int) -> list[SimulatedChat]:
    """The chats of one day, by arrival.

    Each property has a stream of its own, so that another patience or handling time leaves the arrivals as they are.
    """
    streams = {
        name: Random(f"{plan.seed}/{replication}/{name}")
        for name in ("arrivals", "companies", "demands", "patience", "phases")
    }
    bounds = list(accumulate(share_of_each(plan.companies, plan.shares)))
    return [
        SimulatedChat(
            number=number,
            company=min(bisect(bounds, streams["companies"].random()), plan.companies - 1),
            arrived=arrived,
            demand=streams["demands"].expovariate(1 / plan.aht_s),
            patience=streams["patience"].expovariate(1 / (plan.patience_s or 1.0)),
            phase=streams["phases"].random(),
        )
        for number, arrived in enumerate(_arrivals(plan.rates, streams["arrivals"]))
    ]


def _arrivals(rates: Iterable[ArrivalRate], stream: Random) -> Iterator[float]:
    """Draw a Poisson process whose rate changes by the interval. It has no memory, so each interval begins anew."""
    for rate in rates:
        if rate.per_hour == 0:
            continue
        at = rate.start + stream.expovariate(rate.per_hour / SECONDS_AN_HOUR)
        while at < rate.end:
            yield at
            at += stream.expovariate(rate.per_hour / SECONDS_AN_HOUR)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One day of a file of arrivals: its date, its first half hour ("07:00") and its rates from there."""

    date: str
    begins: str
    rates: tuple[ArrivalRate, ...]


def read_day(lines: Iterable[str], *, date: str | None = None, scale: float = 1.0) -> Recorded:
    """Read one day of half-hourly arrivals. Each count is the mean of a Poisson number of chats.

    Args:
        lines: CSV with date, interval_start ("07:30") and offered or contacts.
        date: which day ("1999-02-01"); None: the first in the file.
        scale: times the counts.

    Raises:
        ValueError: no such columns, day or number.
    """
    rows = _rows(lines)
    if not 0 < scale <= 1e6:
        raise ValueError(f"scale: above 0, not {scale:g}")
    dates = sorted({row[0] for row in rows})
    if not dates:
        raise ValueError("arrivals: no rows")
    date = date or rows[0][0]
    found = sorted((_clock(clock), _count(count)) for day, clock, count in rows if day == date)
    if not found:
        raise ValueError(f"date: one from {dates[0]} to {dates[-1]} that the file has, not {date}")
    begin = found[0][0]
    if any(after[0] - before[0] < _HALF_HOUR for before, after in pairwise(found)):
        raise ValueError(f"arrivals: {date} has an interval twice, or shorter than half an hour")
    rates = tuple(
        ArrivalRate(
            float(at - begin),
            float(at - begin + _HALF_HOUR),
            count * scale * SECONDS_AN_HOUR / _HALF_HOUR,
        )
        for at, count in found
    )
    return Recorded(date, f"{begin // 3600:02}:{begin % 3600 // 60:02}", rates)


def _rows(lines: Iterable[str]) -> list[tuple[str, str, str]]:
    """Date, time and count of each line, as they are written."""
    reader = csv.DictReader(lines)
    columns = set(reader.fieldnames or ())
    counted = "offered" if "offered" in columns else "contacts"
    if not {"date", "interval_start", counted} <= columns:
        raise ValueError("arrivals: needs the columns date, interval_start and offered or contacts")
    # A short row has None where a cell is missing.
    return [(row["date"] or "", row["interval_start"] or "", row[counted] or "") for row in reader]


def first_hours(rates: tuple[ArrivalRate, ...], hours: float) -> tuple[ArrivalRate, ...]:
    """The rates of the first so many hours."""
    end = hours * SECONDS_AN_HOUR
    if end <= 0:
        raise ValueError(f"hours: above 0, not {hours:g}")
    return tuple(replace(rate, end=min(rate.end, end)) for rate in rates if rate.start < end)


def _clock(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise ValueError(f'arrivals: interval_start is a time like 07:30, not "{text}"')
    return (int(hours) * 60 + int(minutes)) * 60


def _count(text: str) -> float:
    try:
        count = float(text)
    except ValueError:
        count = -1.0
    if not 0 <= count < 1e9:
        raise ValueError(f'arrivals: a count is a number from 0 on, not "{text}"')
    return count
