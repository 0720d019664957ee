"""Opening hours as people write them: `09:00-12:30, 13:30-18:00` for a day, nothing for a closed one."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from agency.domain.hours.hours import MINUTES_A_DAY, Hours, Window, windows_on

# More than a baker with three breaks needs.
MOST_WINDOWS = 6
_TIME = r"(\d{1,2})[:.h]?(\d{2})?"
_WINDOW = re.compile(rf"^{_TIME}\s*(?:-|\u2013|\u2014|tot|to|t/m)\s*{_TIME}$", re.IGNORECASE | re.ASCII)
_TO = " - "
_BETWEEN = re.compile(r"\s*(?:[,;+]|\ben\b|\band\b)\s*", re.IGNORECASE)


class BadHours(ValueError):
    """Raised for hours that can't be. `code` is unreadable, no_such_time, reversed, overlap or too_many. `piece`: the
    typed part.
    """

    def __init__(self, code: str, piece: str) -> None:
        super().__init__(f"{code}: {piece}")
        self.code = code
        self.piece = piece


def parse_windows(typed: str) -> tuple[tuple[int, int], ...]:
    """Read a day's windows, in minutes of local wall time and in order. Touching windows stay apart.

    Args:
        typed: `9-17`, `09:00-12:30, 13:30-24:00`; empty for a closed day.

    Raises:
        BadHours: a piece that is no window, ends before it begins, or overlaps another.
    """
    pieces = [piece for piece in _BETWEEN.split(typed.strip()) if piece]
    if len(pieces) > MOST_WINDOWS:
        raise BadHours("too_many", typed)
    windows = sorted(_parse_window(piece) for piece in pieces)
    for (_, closes), (opens, later) in pairwise(windows):
        if opens < closes:
            raise BadHours("overlap", format_windows([(opens, later)]))
    return tuple(windows)


def format_windows(windows: Iterable[tuple[int, int]]) -> str:
    """Write windows as `parse_windows` reads them."""
    return ", ".join(f"{clock(opens)}-{clock(closes)}" for opens, closes in windows)


def format_days(first: date, last: date) -> str:
    """Write one day, or the first and the last of several, as the log keeps them and `parse_days` reads them."""
    return f"{first}" if first == last else f"{first}{_TO}{last}"


def parse_days(kept: str) -> tuple[date, date]:
    """Read the first and the last of the days that `format_days` wrote."""
    first, _, last = kept.partition(_TO)
    return date.fromisoformat(first), date.fromisoformat(last or first)


def clock(minute: int) -> str:
    """Write a minute of the day as 07:00. The end of the day is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def week_of(days: Iterable[Iterable[tuple[int, int]]]) -> tuple[Window, ...]:
    """Make a week's windows of seven days, Monday first."""
    return tuple(Window(weekday, opens, closes) for weekday, windows in enumerate(days) for opens, closes in windows)


def days_ahead(hours: Hours, first: date, count: int) -> list[tuple[date, str, str]]:
    """Tell for each of `count` local days from `first` on: the day, its windows as text, and the
    note of a dated one.
    """
    days = (first + timedelta(days=n) for n in range(count))
    found = []
    for day in days:
        windows, note = windows_on(hours, day)
        found.append((day, format_windows(windows), note))
    return found


def read_clocks(piece: str) -> tuple[int, int]:
    """Read two times of day with a dash between them, as minutes: 0 up to 1439, and 0 up to 1440.

    Raises:
        BadHours: unreadable or no_such_time.
    """
    found = _WINDOW.match(piece)
    if found is None:
        raise BadHours("unreadable", piece)
    hour, minute, last_hour, last_minute = (int(part or 0) for part in found.groups())
    first, last = hour * 60 + minute, last_hour * 60 + last_minute
    if minute > 59 or last_minute > 59 or first >= MINUTES_A_DAY or last > MINUTES_A_DAY:
        raise BadHours("no_such_time", piece)
    return first, last


def _parse_window(piece: str) -> tuple[int, int]:
    opens, closes = read_clocks(piece)
    if closes <= opens:
        raise BadHours("reversed", piece)
    return opens, closes
