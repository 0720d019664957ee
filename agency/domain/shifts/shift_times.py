"""The shift calendar: weeks, a day's shift as people write it, and the same shift as two instants.

A shift is written in wall time of the agency's zone, `07:00-15:00`; one that ends before it begins ends the next day.
It is kept as instants, by the rules of `agency.domain.hours.hours`: on the nights when the clock moves, a time that
doesn't exist is the first instant after the gap, and one that comes twice its first time. Lengths are real time.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from agency.domain.hours.hours import DAY, MINUTES_A_DAY, Stretch, to_utc
from agency.domain.hours.hours_as_text import BadHours, clock, read_clocks
from agency.domain.refusal import Refusal

# A quarter is what staffing counts in; more than 12 hours a shift the Dutch law on working hours forbids (article 5:7).
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=12)
WEEK = 7 * DAY
# Weeks that a calendar shows: far enough for any plan, and for any report about one.
FIRST_YEAR, LAST_YEAR = 2000, 2099
_WEEK = re.compile(r"^(\d{4})-W(\d{2})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """A shift in wall time: minutes from the midnight that begins its first day. `ends` may lie on the next day."""

    day: date
    starts: int
    ends: int

    def __str__(self) -> str:
        """The shift as it is written: 22:00-06:00. Midnight is 24:00 as an end."""
        last = self.ends - MINUTES_A_DAY if self.ends > MINUTES_A_DAY else self.ends
        return f"{clock(self.starts)}-{clock(last)}"


class Misfit(Refusal, ValueError):
    """A shift that can't be. `code`: gone (the clock jumps over it), too_short or too_long."""


def monday_of(day: date) -> date:
    """Return the Monday of the week that holds this day."""
    return day - day.weekday() * DAY


def parse_week(written: str) -> date | None:
    """Read an ISO week, `2026-W48`, as its Monday. None if there is no such week."""
    found = _WEEK.match(written)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None


def format_week(day: date) -> str:
    """Write the ISO week that holds this day: `2026-W48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def parse_span(day: date, written: str) -> Span:
    """Read a shift that begins on `day`: `07:00-15:00`, `7-15`, `22:00-06:00` over midnight.

    Raises:
        BadHours: unreadable, no_such_time, or too_long for one that is a whole day.
    """
    starts, ends = read_clocks(written.strip())
    if starts == ends:
        raise BadHours("too_long", written)
    return Span(day, starts, ends if ends > starts else ends + MINUTES_A_DAY)


def to_stretch(span: Span, zone: str) -> Stretch:
    """Return a shift's two instants (UTC).

    Raises:
        Misfit: it has no time at all, less than 15 minutes or more than 12 hours of it.
    """
    place = ZoneInfo(zone)
    start, end = to_utc(span.day, span.starts, place), to_utc(span.day, span.ends, place)
    if end <= start:
        raise Misfit("gone")
    if end - start < SHORTEST:
        raise Misfit("too_short")
    if end - start > LONGEST:
        raise Misfit("too_long")
    return start, end


@lru_cache(maxsize=4096)
def to_span(stretch: Stretch, zone: str) -> Span:
    """Return two instants as the shift on the wall, on the day on which it begins."""
    place = ZoneInfo(zone)
    start, end = (at.astimezone(place) for at in stretch)
    day = start.date()
    return Span(day, _minute(start, day), _minute(end, day))


def moved(stretch: Stretch, days: int, zone: str) -> Stretch:
    """Return the same shift so many days later, at the same times on the wall.

    Raises:
        Misfit: it doesn't exist then, or the night makes it too short or too long.
    """
    span = to_span(stretch, zone)
    return to_stretch(Span(span.day + days * DAY, span.starts, span.ends), zone)


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join stretches that touch or overlap, in order."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _minute(at: datetime, day: date) -> int:
    return (at.date() - day).days * MINUTES_A_DAY + at.hour * 60 + at.minute
