"""How far a forecast was off: made again for weeks that are over, each time from the days before it alone.

Source: R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice" (3rd ed., 2021), 5.8 (errors of
forecasts) and 5.10 (a rolling origin).
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from agency.domain.shifts.forecast import Counts, History, forecast


@dataclass(frozen=True, slots=True)
class Backtest:
    """How far forecasts were off, each made of the days before it alone. WAPE: sum of |forecast - chats| / sum of
    chats.

    `half_hours` and `days` at those levels; `by_day_ahead[k]` at half hours for the k-th day of its window; `chance` is
    what a forecast that knew the true means would have missed at half hours too, as chats come by chance (Poisson).
    """

    windows: int
    chats: float
    half_hours: float
    days: float
    chance: float
    by_day_ahead: tuple[float | None, ...]


class _Miss(NamedTuple):
    """The errors of one day's forecast: over its half hours, and as a whole. See Backtest."""

    ahead: int
    half_hours: float
    day: float
    chance: float
    chats: float


Method = Callable[[History, Sequence[date]], Mapping[date, Counts] | None]


def backtest(
    history: History,
    windows: Iterable[Sequence[date]],
    *,
    holidays: Collection[date] = (),
    method: Method | None = None,
) -> Backtest | None:
    """Forecast windows of days, each from what lies before its first day, and measure the errors. None without any.

    Args:
        windows: days that are known, in order; a window with nothing before it is left out.
        method: another way to forecast, to hold this one against.
    """
    chosen = method or _method(holidays)
    missed: list[_Miss] = []
    tested = 0
    for window in windows:
        before = {day: counts for day, counts in history.items() if day < window[0]}
        expected = chosen(before, window)
        if expected is None:
            continue
        tested += 1
        missed += [_miss(ahead, expected[day], history[day]) for ahead, day in enumerate(window)]
    chats = sum(miss.chats for miss in missed)
    if not chats:
        return None
    return Backtest(
        windows=tested,
        chats=chats,
        half_hours=sum(miss.half_hours for miss in missed) / chats,
        days=sum(miss.day for miss in missed) / chats,
        chance=sum(miss.chance for miss in missed) / chats,
        by_day_ahead=tuple(_by_day_ahead(missed)),
    )


def _miss(ahead: int, expected: Counts, came: Counts) -> _Miss:
    pairs = list(zip(expected, came, strict=True))
    return _Miss(
        ahead=ahead,
        half_hours=sum(abs(hoped - chats) for hoped, chats in pairs),
        day=abs(sum(expected) - sum(came)),
        chance=sum(_chance(hoped) for hoped in expected),
        chats=sum(came),
    )


def _by_day_ahead(missed: Sequence[_Miss]) -> Iterator[float | None]:
    for ahead in range(1 + max(miss.ahead for miss in missed)):
        own = [miss for miss in missed if miss.ahead == ahead]
        came = sum(miss.chats for miss in own)
        yield sum(miss.half_hours for miss in own) / came if came else None


def _chance(mean: float) -> float:
    """The mean deviation of a Poisson number: 2 e^-m m^(k+1) / k! with k the whole part of m.

    Source: E. L. Crow, "The mean deviation of the Poisson distribution", Biometrika 45 (1958), 556-562.
    """
    if mean <= 0:
        return 0.0
    whole = math.floor(mean)
    return 2 * math.exp((whole + 1) * math.log(mean) - mean - math.lgamma(whole + 1))


def _method(holidays: Collection[date]) -> Method:
    def expect(history: History, days: Sequence[date]) -> Mapping[date, Counts] | None:
        made = forecast(history, days, holidays=holidays)
        return None if made is None else made.days

    return expect
