"""How high chats stand: where their level jumped, and how it grows.

A level is a day's chats over what its weekday explains. Only ratios of levels are taken: twice the chats give the same
answers.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from statistics import fmean, median
from typing import NamedTuple

# A jump is at least so many times, and stands for so many days that are known: two mad days are two mad days.
JUMP_TIMES, JUMP_DAYS = 1.6, 3
# It is looked for between the four weeks on both sides, from a week of known days on.
_AROUND, _KNOWN_BEFORE = 28, 7
# How many standard errors it must be beyond.
_JUMP_ERRORS = 4.0
# Ratios that differ by less are equal: a float's last digits decide nothing.
_ROUNDING = 1e-9
# Days on both sides of one that its usual level is taken from.
_NEAR = 14
_OUTLIER_TIMES, _OUTLIER_DEVIATIONS = 2.0, 4.0
# Scales a median absolute deviation to a standard deviation of a normal distribution.
_NORMAL = 1.4826
# Growth is read from the last eight weeks, when six or more of them are known.
_GROWTH_OVER, _GROWTH_FROM = 56, 42
# A slope below so many standard errors is none; above, the part that chance explains is taken off.
_GROWTH_ERRORS = 4.0


class Jump(NamedTuple):
    """From `day` on there are `times` as many chats as before."""

    day: date
    times: float


def find_jump(levels: Mapping[date, float]) -> Jump | None:
    """Find the day from which on the level is another one: the clearest of several, None if there is none."""
    days = sorted(day for day, level in levels.items() if level)
    found: list[tuple[float, Jump]] = []
    for at in range(_KNOWN_BEFORE, len(days) - JUMP_DAYS + 1):
        before, after = _sides(levels, days[at])
        if len(before) < _KNOWN_BEFORE:
            continue
        low, high = median(before), median(after)
        times = high / low
        if max(times, 1 / times) < JUMP_TIMES * (1 - _ROUNDING):
            continue
        off = [abs(level / low - 1) for level in before] + [abs(level / high - 1) for level in after]
        error = _NORMAL * median(off) * math.sqrt(1 / len(before) + 1 / len(after))
        clear = abs(math.log(times)) >= _JUMP_ERRORS * error
        if clear and _begins(levels, days[at - 1 :], low, times):
            found.append((fmean(off), Jump(days[at], times)))
    return min(found)[1] if found else None


def times_from(levels: Mapping[date, float], begin: date) -> float:
    """How many times the level before a day the level from it on is, by the medians of four weeks on both sides."""
    before, after = _sides({day: level for day, level in levels.items() if level}, begin)
    return median(after) / median(before) if before and after else 1.0


def _sides(levels: Mapping[date, float], begin: date) -> tuple[list[float], list[float]]:
    """Return the levels of the four weeks before a day, and of those from it on. Days without one are left out."""
    apart = {(day - begin).days: level for day, level in levels.items() if level}
    return (
        [level for days, level in apart.items() if -_AROUND <= days < 0],
        [level for days, level in apart.items() if 0 <= days < _AROUND],
    )


def _begins(levels: Mapping[date, float], days: Sequence[date], low: float, times: float) -> bool:
    """Whether the first of these days is still nearer to the old level, and the next ones are all nearer to the new."""
    way = 1 if times > 1 else -1
    middle = abs(math.log(times)) / 2 - _ROUNDING

    def is_new(day: date) -> bool:
        return way * math.log(levels[day] / low) >= middle

    first, *rest = days[: 1 + JUMP_DAYS]
    return not is_new(first) and all(map(is_new, rest))


def daily_growth(levels: Mapping[date, float]) -> float:
    """Return the growth of the level per day over its last eight weeks, as a logarithm, 0 where chance explains it.

    Least squares on logarithms, drawn to 0 by the share of its square that chance would have (James and Stein): a slope
    of four standard errors counts for nothing, one of eight for three quarters.
    """
    days = sorted(day for day, level in levels.items() if level)
    days = [day for day in days if (days[-1] - day).days < _GROWTH_OVER]
    if len(days) < 3 or (days[-1] - days[0]).days < _GROWTH_FROM:
        return 0.0
    usual = median(levels[day] for day in days)
    heights = [math.log(levels[day] / usual) for day in days]
    places = [float((day - days[0]).days) for day in days]
    middle, mean = fmean(places), fmean(heights)
    spread = sum((place - middle) ** 2 for place in places)
    slope = sum((p - middle) * (h - mean) for p, h in zip(places, heights, strict=True)) / spread
    rest = [h - mean - slope * (p - middle) for p, h in zip(places, heights, strict=True)]
    square = sum(one * one for one in rest)
    # Days that are high or low for a while are fewer facts than days (the first autocorrelation stands for them).
    alike = sum(one * other for one, other in pairwise(rest)) / square if square else 0.0
    alike = min(max(alike, 0.0), 0.9)
    error = math.sqrt(square / (len(days) - 2) / spread * (1 + alike) / (1 - alike))
    return slope * max(0.0, 1 - (_GROWTH_ERRORS * error / slope) ** 2) if slope else 0.0


def without_outliers(days: Sequence[date], totals: Mapping[date, float], usual: Mapping[date, float]) -> list[date]:
    """Leave out the days below half or above twice what was usual, and beyond four robust standard deviations."""
    ratios = {day: totals[day] / usual[day] for day in days if usual.get(day)}
    if not ratios:
        return list(days)
    spread = _NORMAL * median(abs(ratio - 1) for ratio in ratios.values())
    limit = _OUTLIER_DEVIATIONS * spread

    def fits(day: date) -> bool:
        ratio = ratios.get(day, 1.0)
        return 1 / _OUTLIER_TIMES <= ratio <= _OUTLIER_TIMES or abs(ratio - 1) <= limit

    # Where most days would have to go, or all chats, the history is what it is.
    kept = [day for day in days if fits(day)]
    plain = 2 * len(kept) > len(days) and any(totals[day] for day in kept)
    return kept if plain else list(days)


def around(levels: Mapping[date, float], day: date) -> float:
    """Return the median level of the four weeks around a day, or of all if none is known there."""
    near = [level for other, level in levels.items() if abs((other - day).days) <= _NEAR]
    return median(near or list(levels.values()) or [0.0])
