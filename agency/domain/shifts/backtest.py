"""How far a forecast was off: made again for weeks that are over, each time from the days before it alone.

Source: R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice" (3rd ed., 2021), 5.8 (errors of
forecasts) and 5.10 (a rolling origin).
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agency.domain.shifts.forecast import Counts, History, forecast


@dataclass(frozen=True, slots=True)
class Backtest:
    """How far forecasts were off, each made of the days before it alone. WAPE: sum of |forecast - chats| / sum of chats.

    `half_hours` and `days` at those levels; `by_day_ahead[k]` at half hours for the k-th day of its window; `chance` is what
    a forecast that knew the true means would have missed at half hours too, as chats come by chance (Poisson).
    """

    windows: int
    chats: float
    half_hours: float
    days: float
    chance: float
    by_day_ahead: tuple[float | None, ...]


Method = Callable[[History, Sequence[date]], Mapping[date, Counts] | None]


def backtest(
    history: History,
    windows: Iterable[Sequence[date]],
    *,
    holidays: Collection[date] = (),
    method: Method | None = None,
) -> Backtest | None:
    """Forecast windows of days, each from what lies before its first day, and tell what it missed by; None without any.

    Args:
        windows: days that are known, in order; a window with nothing before it is left out.
        method: another way to forecast, to hold this one against.
    """
    chosen = method or _method(holidays)
    missed: list[tuple[int, float, float, float, float]] = []
    tested = 0
    for window in windows:
        before = {day: counts for day, counts in history.items() if day < window[0]}
        expected = chosen(before, window)
        if expected is None:
            continue
        tested += 1
        for ahead, day in enumerate(window):
            pairs = list(zip(expected[day], history[day], strict=True))
            missed.append(
                (
                    ahead,
                    sum(abs(hoped - came) for hoped, came in pairs),
                    abs(sum(expected[day]) - sum(history[day])),
                    sum(_chance(hoped) for hoped, _ in pairs),
                    sum(history[day]),
                )
            )
    chats = sum(row[4] for row in missed)
    if not chats:
        return None
    by_ahead = []
    for ahead in range(1 + max(row[0] for row in missed)):
        rows = [row for row in missed if row[0] == ahead]
        came = sum(row[4] for row in rows)
        by_ahead.append(sum(row[1] for row in rows) / came if came else None)
    return Backtest(
        windows=tested,
        chats=chats,
        half_hours=sum(row[1] for row in missed) / chats,
        days=sum(row[2] for row in missed) / chats,
        chance=sum(row[3] for row in missed) / chats,
        by_day_ahead=tuple(by_ahead),
    )


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
