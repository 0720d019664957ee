"""How many chats come, half hour by half hour: forecast from the days that were.

    chats(day, half hour) = level x weekday(day) x month(day) x share(weekday, half hour)

* weekday: the mean of that weekday's totals over the mean of all weekdays, over the whole history.
* month: contacts follow salaries and bills, so the turn of the month differs from its middle. Days are put by their
  distance to the nearest first of a month; the factor is a Gaussian mean of what nearby days differed from the median
  of the four weeks around them, drawn to 1 while few are known. From eight weeks on; 1 before.
* level: chats over what weekday and month explain, newer days counting for more: half for each week of age (simple
  exponential smoothing of the deseasonalised series). Where it jumps (`level.find_jump`: three days in a row, by 1.6
  times or more) the days before are raised or lowered to the new one; where it grows beyond chance
  (`level.daily_growth`) it goes on to grow for four weeks. A slope without that test missed a bank's 112 days by as
  much or more (5.5 to 6.5 % against 5.5 %).
* share: of a day's chats those in this half hour (`day_shape.DayShape`), half the weight for each eight weeks of age.
  It is mixed with that of the other working days (or of the other day of the weekend), the more so the fewer days of
  its own are known. Half hours that opened or closed in between (`openings.find_beginnings`) are no part of a day's
  total: they are a share on top of it, learnt since.
* holidays: the level x the holidays' own factor, which is what earlier ones had of the level around them, one Sunday
  added to their mean; like a Sunday if none is known. They teach ordinary days nothing.
* outliers: days below half or above twice what is usual for them, and beyond four robust standard deviations, teach
  nothing.

Sources: R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice" (3rd ed., 2021), 3.4 (seasonal
factors as ratios) and 8.1 (exponential smoothing); R. Ibrahim, H. Ye, P. L'Ecuyer and H. Shen, "Modeling and
forecasting call center arrivals", International Journal of Forecasting 32 (2016), 865-874, for the patterns of weeks,
days and bills. Every step is a ratio of chats, so twice the chats are twice the forecast.
"""

import math
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean

from agency.domain.shifts.day_shape import DayShape, alike, weight_of_age
from agency.domain.shifts.level import (
    Jump,
    around,
    daily_growth,
    find_jump,
    times_from,
    without_outliers,
)
from agency.domain.shifts.openings import find_beginnings, is_mostly_old

# Chats per half hour (or any other equal part) of one day.
Counts = Sequence[float]
History = Mapping[date, Counts]

# From so many known days on each weekday was seen twice; below it a forecast says that it is thin.
SURE_DAYS = 14
_LEVEL_HALF = 7.0
_MONTH_FROM_DAYS, _MONTH_WIDTH, _MONTH_DRAW = 56, 2.0, 4.0
# More jumps than this in sixteen weeks are no levels; and nobody promises growth for longer than it was seen to last.
_MOST_JUMPS, _LOOKS, _GROWS_FOR = 4, 4, 28
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Forecast:
    """Chats expected by day and half hour, and what the history taught.

    `known_days`: how many days with figures it was made of. `outliers`: days that taught nothing, with their chats as a
    multiple of what was usual. `jumps`: days from which on the level was another one. `weekly_growth`: 0.03 for 3 % a
    week.
    """

    days: dict[date, tuple[float, ...]]
    known_days: int
    outliers: dict[date, float] = field(default_factory=dict)
    jumps: tuple[Jump, ...] = ()
    weekly_growth: float = 0.0

    @property
    def is_thin(self) -> bool:
        """Made of so few days that a weekday was seen once or never."""
        return self.known_days < SURE_DAYS


def forecast(history: History, days: Iterable[date], *, holidays: Collection[date] = ()) -> Forecast | None:
    """Forecast these days. None if no chat is known to forecast from.

    Args:
        history: equally many counts for each day that is known; a day that isn't in it teaches nothing, a day of zeros
            does.
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
    return Forecast(
        days={day: model.expect(day, day in holidays) for day in days},
        known_days=len(known),
        outliers=model.outliers,
        jumps=tuple(sorted(model.jumps)),
        weekly_growth=math.expm1(7 * model.growth),
    )


class _Model:
    """The facts learnt from one history."""

    def __init__(self, ordinary: History, feasts: History) -> None:
        self.begun = find_beginnings(ordinary)
        last_change = max((day for day in self.begun if day), default=None)
        if last_change and not is_mostly_old(ordinary, self.begun, last_change):
            # Arrivals since then are most of what there is: the days before tell of another agency.
            ordinary = {day: counts for day, counts in ordinary.items() if day >= last_change}
            self.begun = [None] * len(self.begun)
        self.came = self._add(ordinary)
        self.totals = dict(self.came)
        self.feasts = self._add(feasts)
        self.last = max(ordinary)
        self.month: dict[int, float] = {}
        self.growth = 0.0
        self.days = list(ordinary)
        self._weigh_weekdays()
        self.jumps = self._level_out()
        # The second look leaves out what the first one shows to be outliers, and knows the month.
        usual = self._usual()
        self.days = without_outliers(self.days, self.totals, usual)
        if (self.last - min(ordinary)).days >= _MONTH_FROM_DAYS:
            for _ in range(2):
                self.month = self._months(self._usual(months=False))
                self._weigh_weekdays()
        self._weigh_weekdays()
        self.growth = daily_growth(self._levels())
        self.level = self._level(self.last, _LEVEL_HALF)
        self.shape = DayShape(
            whole=self.came,
            counts={day: ordinary[day] for day in self.days if self.totals[day]},
            begun=self.begun,
            last=self.last,
        )
        self.feast = self._feast()
        self.outliers = self._outliers()

    def expect(self, day: date, is_holiday: bool) -> tuple[float, ...]:
        """The chats of one day."""
        weekday = day.weekday()
        factor = self.weekday[weekday]
        if is_holiday:
            weekday = _SUNDAY if self.seen[_SUNDAY] else weekday
            factor = self.weekday[weekday] if self.feast is None else self.feast
        grown = math.exp(self.growth * min((day - self.last).days, _GROWS_FOR))
        expected = self.level * grown * factor * self.month.get(_place(day), 1.0)
        return tuple(expected * share for share in self.shape.share(weekday))

    def _add(self, days: History) -> dict[date, float]:
        """Return a day's chats in the half hours that were always there. What opened or closed is a share on top of
        them.
        """
        return {
            day: sum(count for count, begun in zip(counts, self.begun, strict=True) if begun is None)
            for day, counts in days.items()
        }

    def _level_out(self) -> list[Jump]:
        """Raise or lower the days before each jump of the level to their present level. Returns the jumps in the order
        found.
        """
        jumps: list[Jump] = []
        while len(jumps) < _MOST_JUMPS and (jump := find_jump(self._levels())):
            times = 1.0
            # The weekdays were weighed over both levels: each look at the jump is truer for the one before.
            for _ in range(_LOOKS):
                step = times_from(self._levels(), jump.day)
                times *= step
                for totals in (self.totals, self.feasts):
                    for day in totals:
                        totals[day] *= step if day < jump.day else 1.0
                self._weigh_weekdays()
            jumps.append(Jump(jump.day, times))
        return jumps

    def _levels(self, *, months: bool = True) -> dict[date, float]:
        """Each day's chats over what its weekday (and its place in the month) explain."""
        return {
            day: self.totals[day] / factor
            for day in self.days
            if (factor := self.weekday[day.weekday()] * (self._month(day) if months else 1.0))
        }

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
        """Return its own, or that of the days like it. Without those it counts as an average day."""
        own = means[weekday]
        if own is None:
            others = [mean for other in alike(weekday) if (mean := means[other]) is not None]
            own = fmean(others) if others else whole
        return own / whole

    def _outliers(self) -> dict[date, float]:
        """The days that were left out, with their chats as a multiple of what was usual."""
        levels = self._levels()
        return {
            day: chats / usual
            for day, chats in self.totals.items()
            if day not in levels and (usual := self.weekday[day.weekday()] * self._month(day) * around(levels, day))
        }

    def _usual(self, *, months: bool = True) -> dict[date, float]:
        """Return each day's usual chats: the median level around it, times its weekday (and its place in the month)."""
        levels = self._levels(months=months)
        return {day: self.weekday[day.weekday()] * around(levels, day) for day in levels}

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
            weight = weight_of_age(at, day, half)
            came += weight * self.totals[day] * math.exp(self.growth * (at - day).days)
            explained += weight * self.weekday[day.weekday()] * self._month(day)
        return came / explained if explained else 0.0

    def _feast(self) -> float | None:
        """Return the share of the level that holidays have, a Sunday added to their mean. None if none is known."""
        levels = self._levels()
        shares = [chats / level for day, chats in self.feasts.items() if (level := around(levels, day))]
        if shares and self.seen[_SUNDAY]:
            shares.append(self.weekday[_SUNDAY])
        return fmean(shares) if shares else None


def _place(day: date) -> int:
    """Days after the nearest first of a month: -15 to 15."""
    after = day.day - 1
    before = monthrange(day.year, day.month)[1] - after
    return after if after <= before else -before
