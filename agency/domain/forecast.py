"""How many chats come, half hour by half hour: forecast from the days that were.

    chats(day, half hour) = level x weekday(day) x month(day) x share(weekday, half hour)

* weekday: the mean of that weekday's totals over the mean of all weekdays, over the whole history.
* month: contacts follow salaries and bills, so the turn of the month differs from its middle. Days are put by their
  distance to the nearest first of a month; the factor is a Gaussian mean of what nearby days differed from the median of
  the four weeks around them, drawn to 1 while few are known. From eight weeks on; 1 before.
* level: chats over what weekday and month explain, newer days counting for more: half for each week of age. Simple
  exponential smoothing of the deseasonalised series, which follows a trend and doesn't carry it on: on a bank's 112 days a
  slope on top of it, damped or not, missed by as much or more (5.5 to 6.5 % against 5.5 %).
* share: of a day's chats those in this half hour, half the weight for each eight weeks of age; mixed with that of the other
  working days (or of the other day of the weekend), the more so the fewer days of its own are known.
* holidays: the level x the holidays' own factor, which is what earlier ones had of the level around them, one Sunday added to
  their mean; like a Sunday if none is known. They teach ordinary days nothing.
* outliers: days below half or above twice what is usual for them, and beyond four robust standard deviations, teach nothing.

Sources: R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice" (3rd ed., 2021), 3.4 (seasonal factors as
ratios) and 8.1 (exponential smoothing); R. Ibrahim, H. Ye, P. L'Ecuyer and H. Shen, "Modeling and forecasting call center
arrivals", International Journal of Forecasting 32 (2016), 865-874, for the patterns of weeks, days and bills. Every step is a
ratio of chats, so twice the chats are twice the forecast.
"""

import math
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median

# Chats per half hour (or any other equal part) of one day.
Counts = Sequence[float]
History = Mapping[date, Counts]

# From so many known days on each weekday was seen twice; below it a forecast says that it is thin.
SURE_DAYS = 14
# Days around one that its usual level is taken from.
_AROUND = 14
_LEVEL_HALF, _SHARE_HALF = 7.0, 56.0
# Days that the other weekdays' shape counts as.
_SHAPE_DAYS = 2.0
_MONTH_FROM_DAYS, _MONTH_WIDTH, _MONTH_DRAW = 56, 2.0, 4.0
_OUTLIER_TIMES, _OUTLIER_DEVIATIONS = 2.0, 4.0
# Scales a median absolute deviation to a standard deviation of a normal distribution.
_NORMAL = 1.4826
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Forecast:
    """Chats expected by day and half hour. `known_days`: how many days with figures it was made of."""

    days: dict[date, tuple[float, ...]]
    known_days: int

    @property
    def is_thin(self) -> bool:
        """Made of so few days that a weekday was seen once or never."""
        return self.known_days < SURE_DAYS


def forecast(
    history: History, days: Iterable[date], *, holidays: Collection[date] = ()
) -> Forecast | None:
    """Forecast these days; None if no chat is known to forecast from.

    Args:
        history: equally many counts for each day that is known; a day that isn't in it teaches nothing, a day of zeros does.
        holidays: those among all of these days.

    Raises:
        ValueError: days of different lengths, or a count that can't be.
    """
    known = {day: tuple(history[day]) for day in sorted(history)}
    if len({len(counts) for counts in known.values()}) > 1:
        raise ValueError("every day of a history has equally many counts")
    if any(not 0 <= count < math.inf for counts in known.values() for count in counts):
        raise ValueError("a history counts chats, from 0 on")
    ordinary = {day: counts for day, counts in known.items() if day not in holidays}
    if not any(map(sum, ordinary.values())):
        return None
    model = _Model(ordinary, {day: counts for day, counts in known.items() if day in holidays})
    return Forecast({day: model.expect(day, day in holidays) for day in days}, len(known))


class _Model:
    """What is learnt from one history."""

    def __init__(self, ordinary: History, feasts: History) -> None:
        self.totals = {day: sum(counts) for day, counts in ordinary.items()}
        self.last = max(ordinary)
        self.month: dict[int, float] = {}
        # The second look leaves out what the first one shows to be outliers, and knows the month.
        self.days = list(ordinary)
        self._weigh_weekdays()
        usual = self._usual()
        self.days = _without_outliers(self.days, self.totals, usual)
        if (self.last - min(ordinary)).days >= _MONTH_FROM_DAYS:
            for _ in range(2):
                self.month = self._months(self._usual(months=False))
                self._weigh_weekdays()
        self._weigh_weekdays()
        self.level = self._level(self.last, _LEVEL_HALF)
        self.counts = {day: ordinary[day] for day in self.days}
        self.feast = self._feast(feasts)

    def expect(self, day: date, is_holiday: bool) -> tuple[float, ...]:
        """The chats of one day."""
        weekday = day.weekday()
        factor = self.weekday[weekday]
        if is_holiday:
            weekday = _SUNDAY if self.seen[_SUNDAY] else weekday
            factor = self.weekday[weekday] if self.feast is None else self.feast
        expected = self.level * factor * self.month.get(_place(day), 1.0)
        return tuple(expected * share for share in self._share(weekday))

    def _weigh_weekdays(self) -> None:
        of_weekday: list[list[float]] = [[] for _ in range(7)]
        for day in self.days:
            of_weekday[day.weekday()].append(self.totals[day] / self._month(day))
        self.seen = [len(found) for found in of_weekday]
        means = [fmean(found) if found else None for found in of_weekday]
        whole = fmean(mean for mean in means if mean is not None)
        self.weekday = [self._factor(means, weekday, whole) for weekday in range(7)]

    @staticmethod
    def _factor(means: Sequence[float | None], weekday: int, whole: float) -> float:
        """Its own, or that of the days like it; without those it counts as an average day."""
        own = means[weekday]
        if own is None:
            alike = [mean for other in _alike(weekday) if (mean := means[other]) is not None]
            own = fmean(alike) if alike else whole
        return own / whole

    def _usual(self, *, months: bool = True) -> dict[date, float]:
        """What each day would usually have: the median level around it, times its weekday (and its place in the month)."""
        levels = {
            day: self.totals[day] / factor
            for day in self.days
            if (factor := self.weekday[day.weekday()] * (self._month(day) if months else 1.0))
        }
        return {
            day: self.weekday[day.weekday()] * _around(levels, day)
            for day in self.days
            if day in levels
        }

    def _months(self, usual: Mapping[date, float]) -> dict[int, float]:
        """The factor of each place in a month, by the days at and around it."""
        rest = [
            (_place(day), math.log(self.totals[day] / expected))
            for day, expected in usual.items()
            if expected and self.totals[day]
        ]
        near = [math.exp(-0.5 * (apart / _MONTH_WIDTH) ** 2) for apart in range(32)]
        factors = {}
        for place in range(-15, 17):
            weights = [near[abs(other - place)] for other, _ in rest]
            pull = sum(weight * log for weight, (_, log) in zip(weights, rest, strict=True))
            factors[place] = math.exp(pull / (sum(weights) + _MONTH_DRAW))
        return factors

    def _month(self, day: date) -> float:
        return self.month.get(_place(day), 1.0)

    def _level(self, at: date, half: float) -> float:
        came = explained = 0.0
        for day in self.days:
            weight = _weight(at, day, half)
            came += weight * self.totals[day]
            explained += weight * self.weekday[day.weekday()] * self._month(day)
        return came / explained if explained else 0.0

    def _feast(self, feasts: History) -> float | None:
        """What holidays have of the level, a Sunday added to their mean; None if none is known."""
        levels = {
            day: self.totals[day] / factor
            for day in self.days
            if (factor := self.weekday[day.weekday()] * self._month(day))
        }
        shares = [
            sum(counts) / level for day, counts in feasts.items() if (level := _around(levels, day))
        ]
        if shares and self.seen[_SUNDAY]:
            shares.append(self.weekday[_SUNDAY])
        return fmean(shares) if shares else None

    def _share(self, weekday: int) -> list[float]:
        own, own_days = self._shape({weekday})
        alike, _ = self._shape(_alike(weekday))
        if not own:
            return alike or self._shape(range(7))[0]
        if not alike:
            return own
        part = own_days / (own_days + _SHAPE_DAYS)
        return [part * one + (1 - part) * other for one, other in zip(own, alike, strict=True)]

    def _shape(self, weekdays: Collection[int]) -> tuple[list[float], float]:
        """Each half hour's share of these weekdays' chats, and how many days that is made of; nothing without a chat."""
        weights = {
            day: _weight(self.last, day, _SHARE_HALF)
            for day in self.days
            if day.weekday() in weekdays and self.totals[day]
        }
        whole = sum(weight * self.totals[day] for day, weight in weights.items())
        if not whole:
            return [], 0.0
        columns = zip(*(self.counts[day] for day in weights), strict=True)
        shares = [
            sum(weight * count for weight, count in zip(weights.values(), column, strict=True))
            for column in columns
        ]
        return [share / whole for share in shares], sum(weights.values())


def _without_outliers(
    days: Sequence[date], totals: Mapping[date, float], usual: Mapping[date, float]
) -> list[date]:
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


def _around(levels: Mapping[date, float], day: date) -> float:
    """The median level of the four weeks around a day; of all if none is known there."""
    near = [level for other, level in levels.items() if abs((other - day).days) <= _AROUND]
    return median(near or list(levels.values()) or [0.0])


def _alike(weekday: int) -> set[int]:
    """The other days of the working week, or of the weekend."""
    return (set(range(5)) if weekday < 5 else {5, 6}) - {weekday}


def _place(day: date) -> int:
    """Days after the nearest first of a month: -15 to 15."""
    after = day.day - 1
    before = monthrange(day.year, day.month)[1] - after
    return after if after <= before else -before


def _weight(at: date, day: date, half: float) -> float:
    return math.pow(0.5, (at - day).days / half)
