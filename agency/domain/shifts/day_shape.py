"""The shape of a day: which part of its chats comes in which half hour, by weekday.

Half the weight for each eight weeks of age, mixed with the shape of the days alike, the more so the fewer days of its
own are known. Half hours that opened or closed in between are a share on top of the others, learnt since.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_HALF = 56.0
# Days that the other weekdays' shape counts as.
_SHAPE_DAYS = 2.0


@dataclass(frozen=True, slots=True)
class DayShape:
    """The shape of a day, by half hours, from the days that were.

    `whole`: each day's chats in the half hours that were always there. `counts`: by half hour, of the days that teach.
    `begun`: the day from which on each half hour is as it is now, None for always. `last`: the day that age is counted
    from.
    """

    whole: Mapping[date, float]
    counts: Mapping[date, Sequence[float]]
    begun: Sequence[date | None]
    last: date

    def share(self, weekday: int) -> list[float]:
        """Each half hour's chats, as a share of a day's in the half hours that were always there."""
        own, others = self._shape({weekday}), self._shape(alike(weekday))
        if not any(days for _, days in own + others):
            return [share for share, _ in self._shape(range(7))]
        return [_mix(*one, *other) for one, other in zip(own, others, strict=True)]

    def _shape(self, weekdays: Collection[int]) -> list[tuple[float, float]]:
        """Each half hour's share on these weekdays, and how many days that is made of."""
        weights = {day: weight_of_age(self.last, day, _HALF) for day in self.counts if day.weekday() in weekdays}
        shares = []
        for place, begun in enumerate(self.begun):
            known = [day for day in weights if begun is None or day >= begun]
            whole = sum(weights[day] * self.whole[day] for day in known)
            part = sum(weights[day] * self.counts[day][place] for day in known)
            shares.append((part / whole if whole else 0.0, sum(weights[day] for day in known)))
        return shares


def _mix(own: float, own_days: float, others: float, other_days: float) -> float:
    """A share by its own weekday and by those like it, the more of its own the more days of it are known."""
    if not own_days or not other_days:
        return own if own_days else others
    part = own_days / (own_days + _SHAPE_DAYS)
    return part * own + (1 - part) * others


def alike(weekday: int) -> set[int]:
    """The other days of the working week, or of the weekend."""
    return (set(range(5)) if weekday < 5 else {5, 6}) - {weekday}


def weight_of_age(at: date, day: date, half: float) -> float:
    """Return the weight of a day: half for each `half` days before `at`."""
    return math.pow(0.5, (at - day).days / half)
