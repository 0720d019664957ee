"""The picture of chats per day: heights and places of its bars, worked out here, drawn by the template as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agency.services.reports.service_level import Day

# The drawing's own units; it scales to the page.
WIDTH, TOP, BOTTOM = 640, 8, 152
_LEFT = 26
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
_MOST_LINES, _FEWEST = 4, 14
_GAP = 1.2


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day: where it stands, what was answered, and what was missed on top of it."""

    day: date
    answered: int
    missed: int
    x: float
    width: float
    middle: float
    answered_y: float
    answered_height: float
    missed_y: float
    missed_height: float
    weekend: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """The picture. `lines`: (height, number) of the level lines. `most` and `mean` are for its sentence."""

    bars: tuple[DayBar, ...]
    lines: tuple[tuple[float, int], ...]
    most: DayBar | None
    mean: float
    missed: int


def day_bars(days: Sequence[Day]) -> Bars:
    """Lay out the days of a month. Short abandons are in neither colour: nobody could have answered them."""
    tallest = max((_count(day) for day in days), default=0)
    step = next((size for size in _STEPS if size * _MOST_LINES >= tallest), _STEPS[-1])
    top = max(step * -(-tallest // step), 1)
    unit = (BOTTOM - TOP) / top
    # On the 2nd of a month two bars as wide as the page would shout.
    place = (WIDTH - _LEFT) / max(len(days), _FEWEST)
    bars = tuple(_bar(day, index, unit, place) for index, day in enumerate(days))
    counted = [bar for bar in bars if bar.answered + bar.missed]
    return Bars(
        bars=bars,
        lines=tuple((round(BOTTOM - number * unit, 1), number) for number in range(step, top + 1, step)),
        most=max(counted, key=lambda bar: bar.answered + bar.missed, default=None),
        mean=sum(map(_count, days)) / len(days) if days else 0,
        missed=sum(day.level.missed for day in days),
    )


def _count(day: Day) -> int:
    return day.level.answered + day.level.missed


def _bar(day: Day, index: int, unit: float, place: float) -> DayBar:
    level = day.level
    x, width = _LEFT + index * place + place * 0.16, place * 0.68
    answered = level.answered * unit
    missed = max(level.missed * unit - _GAP, 1.0) if level.missed else 0.0
    return DayBar(
        day=day.day,
        answered=level.answered,
        missed=level.missed,
        x=round(x, 1),
        width=round(width, 1),
        middle=round(x + width / 2, 1),
        answered_y=round(BOTTOM - answered, 1),
        answered_height=round(answered, 1),
        missed_y=round(BOTTOM - answered - _GAP - missed, 1),
        missed_height=round(missed, 1),
        weekend=day.day.isoweekday() > 5,
        named=index == 0 or day.day.isoweekday() == 1,
    )
