"""Which half hours began or ended: hours that opened two weeks ago have no chats before, and are no quiet hours."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

# Chance would leave so long a silence once in e^7, or 1,100 times; and fewer days than this are an incident.
_SELDOM, _FEWEST = 7.0, 3


def find_beginnings(days: Mapping[date, Sequence[float]]) -> list[date | None]:
    """Return the day from which on each half hour is as it is now, None for one that always was.

    A half hour began where it had no chats on any day before, and ended where it has had none on any day since; both
    only where that many silent days aren't chance, given how many chats the other days had. Weekdays on which it never
    had one say nothing about it.

    Args:
        days: equally many counts for each day, in the order of days.
    """
    dates = list(days)
    return [_beginning(dates, column) for column in zip(*days.values(), strict=True)]


def is_mostly_old(days: Mapping[date, Sequence[float]], begun: Sequence[date | None], since: date) -> bool:
    """Whether half of the chats or more come in half hours that were always there."""
    after = [counts for day, counts in days.items() if day >= since]
    old = sum(count for counts in after for count, at in zip(counts, begun, strict=True) if at is None)
    return 2 * old >= sum(map(sum, after))


def _beginning(dates: Sequence[date], column: Sequence[float]) -> date | None:
    weekdays = {day.weekday() for day, count in zip(dates, column, strict=True) if count}
    known = [pair for pair in zip(dates, column, strict=True) if pair[0].weekday() in weekdays]
    busy = [place for place, (_, count) in enumerate(known) if count]
    if not busy:
        return None
    before, after = busy[0], len(known) - 1 - busy[-1]
    chats = sum(column)
    if _is_no_chance(after, len(known) - after, chats):
        return known[busy[-1] + 1][0]
    return known[before][0] if _is_no_chance(before, len(known) - before, chats) else None


def _is_no_chance(silent: int, others: int, chats: float) -> bool:
    """Whether chats that fall on any of these days alike would hardly leave so many silent: (others / all) ^ chats."""
    return silent >= _FEWEST and chats * math.log1p(silent / others) >= _SELDOM * (1 - 1e-9)
