"""Opening hours: wall-clock minutes in the company's own zone, answers in real time.

A day's windows become half-open stretches of real time: open at the opening instant, closed at the
closing one. On the two nights a year when the clock moves, a wall time that doesn't exist means the
first instant that does (02:30 -> 03:00 in the Dutch spring), and one that comes twice means its
first time. Both keep the order of times, so no window turns inside out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tenants.zone import AGENCY_ZONE

DEFAULT_ZONE = AGENCY_ZONE

MINUTES_A_DAY = 1440
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

# How far ahead an end is looked for. A company that never closes gets the end of the eighth day,
# the same answer all day long, so that a cached one stays valid.
CLOSES_WITHIN_DAYS = 8
# A shop closed for the summer says when it is back; one closed for longer says nothing.
OPENS_WITHIN_DAYS = 60

Stretch = tuple[datetime, datetime]


def _check_minutes(opens: int, closes: int) -> None:
    if not 0 <= opens < closes <= MINUTES_A_DAY:
        raise ValueError(f"hours run from 0 up to 1440 minutes, not {opens} to {closes}")


@dataclass(frozen=True, slots=True)
class Window:
    """An open part of one weekday (0 = Monday), in minutes of local wall time."""

    weekday: int
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"a weekday lies between 0 (Monday) and 6, not {self.weekday}")
        _check_minutes(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class HoursOnDate:
    """Other hours on certain dates, both included. `opens` and `closes` None means closed."""

    starts_on: date
    ends_on: date
    opens: int | None
    closes: int | None
    note: str = ""

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError(f"dated hours end on {self.ends_on}, before {self.starts_on}")
        if self.opens is None and self.closes is None:
            return
        if self.opens is None or self.closes is None:
            raise ValueError("dated hours have an opening and a closing time, or neither")
        _check_minutes(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a company is open: a week, and dated exceptions of which the last listed wins."""

    zone: str
    week: tuple[Window, ...]
    dated: tuple[HoursOnDate, ...] = ()

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone {self.zone!r}") from error


# The agency's own promise: 07:00-23:00, seven days a week.
DEFAULT_WEEK = tuple(Window(weekday, 7 * 60, 23 * 60) for weekday in range(7))


def windows_on(hours: Hours, day: date) -> tuple[list[tuple[int, int]], str]:
    """The windows of one local day in order, in minutes of wall time, and the note of the dated
    hours that made them.
    """
    note = next((d.note for d in reversed(hours.dated) if d.starts_on <= day <= d.ends_on), "")
    return sorted(_minutes(hours, day)), note


def is_open(hours: Hours, at: datetime) -> bool:
    """Tell whether the hours hold at this instant. The closing instant itself is closed."""
    return _stretch_around(_stretches(hours, *_days(hours, at, at)), at) is not None


def closes_at(hours: Hours, at: datetime) -> datetime | None:
    """Return the end (UTC) of the open stretch around `at`, or None when closed.

    Windows that touch are one stretch, over midnight too. Looks 8 local days ahead at most and
    answers the end of the last of them for hours that go on.
    """
    today = _local_day(hours, at)
    last = today + (CLOSES_WITHIN_DAYS - 1) * DAY
    stretch = _stretch_around(_stretches(hours, today, last), at)
    return stretch[1] if stretch else None


def opens_at(hours: Hours, at: datetime) -> datetime | None:
    """Return the next opening (UTC) within 60 days: `at` itself when open, None without one."""
    if is_open(hours, at):
        return at
    limit = at + OPENS_WITHIN_DAYS * DAY
    for start, _ in _stretches(hours, *_days(hours, at, limit)):
        if at < start <= limit:
            return start
    return None


def after_open_time(hours: Hours, at: datetime, length: timedelta) -> datetime | None:
    """Return the instant at which the hours have held for `length` since `at`. None if that takes over 60 days.

    Open time is real time: an hour that comes twice counts twice, and one that is skipped not at all.
    """
    left = length
    limit = at + OPENS_WITHIN_DAYS * DAY
    for opens, closes in _stretches(hours, *_days(hours, at, limit)):
        since = max(opens, at)
        if closes - since >= left:
            return since + left if since + left <= limit else None
        left -= max(closes - since, timedelta())
    return None


def stretches(hours: Hours, start: datetime, end: datetime) -> list[Stretch]:
    """List the open stretches of which any part lies between two instants, in order and whole."""
    return [
        (opens, closes)
        for opens, closes in _stretches(hours, *_days(hours, start, end))
        if opens < end and closes > start
    ]


# A thousand sites ask every 2 s and share a few zones and opening times: remembered, a question
# costs a tenth of the zone arithmetic.
@lru_cache(maxsize=16_384)
def to_utc(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local wall clock shows this minute, counted from the midnight that begins this day.

    A minute that doesn't exist is the first instant after the gap; one that comes twice is the
    first of the two.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _end_of_gap(before, instant, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find, to the second, where the zone's offset changes between two instants."""
    old = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2 // SECOND * SECOND
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _stretches(hours: Hours, first: date, last: date) -> Iterator[Stretch]:
    """Yield the open stretches of these local days in order, those that touch made one."""
    zone = ZoneInfo(hours.zone)
    open_: Stretch | None = None
    day = first
    while day <= last:
        for opens, closes in sorted(_minutes(hours, day)):
            start, end = to_utc(day, opens, zone), to_utc(day, closes, zone)
            if start >= end:  # the clock jumped over the whole window
                continue
            if open_ is not None and start <= open_[1]:
                open_ = (open_[0], max(open_[1], end))
                continue
            if open_ is not None:
                yield open_
            open_ = (start, end)
        day += DAY
    if open_ is not None:
        yield open_


def _stretch_around(stretches: Iterator[Stretch], at: datetime) -> Stretch | None:
    for start, end in stretches:
        if start <= at < end:
            return start, end
    return None


def _minutes(hours: Hours, day: date) -> list[tuple[int, int]]:
    """The windows of one local day, the last listed dated hours going before the week."""
    for dated in reversed(hours.dated):
        if dated.starts_on <= day <= dated.ends_on:
            if dated.opens is None or dated.closes is None:
                return []
            return [(dated.opens, dated.closes)]
    weekday = day.weekday()
    return [(w.opens, w.closes) for w in hours.week if w.weekday == weekday]


def _days(hours: Hours, start: datetime, end: datetime) -> tuple[date, date]:
    """The local days that can hold anything between two instants.

    One more at the end: some zones have set the clock back over midnight (St. John's until 2011, at
    00:01). In that repeated hour the calendar shows yesterday, and today's windows run already.
    """
    return _local_day(hours, start), _local_day(hours, end) + DAY


def _local_day(hours: Hours, at: datetime) -> date:
    if at.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(ZoneInfo(hours.zone)).date()
