"""The drawings of a report as plain numbers: cells of the heat map, bars of the first responses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import formats
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agency.domain.hours.hours import DAY
from agency.domain.promise.figures import FEW
from agency.services.reports.first_response import BIN_SECONDS, BINS, Bin
from agency.services.reports.report import Slot
from agency.templatetags.amounts import judged_share
from agency.templatetags.amounts import promised as promise_words

# The agency's own day; a chat outside it widens the map.
_OPENS, _CLOSES = 7, 23
_HALF = 30
# A Monday, to name weekdays by.
_MONDAY = date(2026, 11, 23)
# Loud to pale: points under the promise, then parts of what is left above it.
_UNDER = (0.12, 0.08, 0.04)
_OVER = (0.4, 0.7)

_WIDE, _HIGH, _GAP = 25.2, 160.0, 3.0
_FLOOR = 182.0

_HALF_HOUR = '<td class="{}" title="{}">{}</td>'
_SAID = '<span class="vh">{}</span>'
_LISTED = '<a href="{}"><span class="vh">{}</span></a>'


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One half hour of the week, or one hour of every day: its look, its words, where its chats are listed ("":
    nowhere).
    """

    look: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One weekday."""

    short: str
    cells: tuple[HeatCell, ...]

    @property
    def drawn(self) -> SafeString:
        """The row's cells. A page has 336: by tags, deciding took longer than writing."""
        return format_html_join("", "{}", ((_drawn(cell),) for cell in self.cells))


@dataclass(frozen=True, slots=True)
class Heat:
    """The map, the hours over it, and where most promises broke in words (empty: all kept).

    `every_day`: the hours of all weekdays together, which hold enough chats for a pattern long before half hours do.
    """

    hours: tuple[str, ...]
    every_day: tuple[HeatCell, ...]
    rows: tuple[HeatRow, ...]
    low: str
    high: str
    finding: str


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar, in the drawing's own units. `look`: b0 in time, b1 late, b2 all later ones."""

    x: str
    y: str
    height: str
    look: str
    words: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """The first responses. `promise_x` is where the promised seconds lie, or None beyond the drawing."""

    bars: tuple[ChartBar, ...]
    promise_x: str | None
    marks: tuple[tuple[str, str], ...]


def heat(slots: Sequence[Slot], promised: float, chats_url: str) -> Heat:
    """Lay out the half hours by weekday. Hours without any chat at the edges are left out.

    Args:
        promised: the share that is to be kept.
        chats_url: where the chats that count for the promise are listed; a weekday and a minute narrow them.
    """
    first = min([_OPENS, *(slot.minute // 60 for slot in slots)])
    last = max([_CLOSES, *(slot.minute // 60 + 1 for slot in slots)])
    found = {(slot.weekday, slot.minute): slot for slot in slots}
    minutes = range(first * 60, last * 60, _HALF)
    rows = tuple(
        HeatRow(
            short=formats.date_format(_weekday(weekday), "D"),
            cells=tuple(
                _heat_cell(weekday, minute, found.get((weekday, minute)), promised, chats_url) for minute in minutes
            ),
        )
        for weekday in range(7)
    )
    return Heat(
        hours=tuple(f"{hour:02}" for hour in range(first, last)),
        every_day=tuple(_hour_cell(hour, slots, promised) for hour in range(first, last)),
        rows=rows,
        low=promise_words(round(max(0.0, promised - _UNDER[0]), 4)),
        high=promise_words(round(promised + _OVER[1] * (1 - promised), 4)),
        finding=_finding(slots),
    )


def histogram(bins: Sequence[Bin], promise_seconds: int) -> Histogram:
    """Draw bars of 2 s up to 40, and one for everything later."""
    most = max([step.count for step in bins], default=0) or 1
    bars = tuple(_bar(place, step, most, promise_seconds) for place, step in enumerate(bins))
    reach = BIN_SECONDS * BINS
    promise_x = _x(promise_seconds) if promise_seconds <= reach else None
    marks = tuple((_x(second), str(second)) for second in range(0, reach, 10))
    return Histogram(
        bars=bars,
        promise_x=promise_x,
        marks=marks,
    )


def _drawn(cell: HeatCell) -> SafeString:
    words = conditional_escape(cell.words)
    said = format_html(_LISTED, cell.url, words) if cell.url else format_html(_SAID, words)
    return format_html(_HALF_HOUR, cell.look, words, said)


def _heat_cell(weekday: int, minute: int, slot: Slot | None, promised: float, chats_url: str) -> HeatCell:
    when = half_hour_words(weekday, minute)
    if slot is None or not slot.base:
        return _cell(when, 0, 0, promised)
    url = f"{chats_url}&weekday={weekday}&minute={minute}"
    return _cell(when, slot.within, slot.base, promised, url)


def _hour_cell(hour: int, slots: Sequence[Slot], promised: float) -> HeatCell:
    """Add up one hour of all weekdays."""
    own = [slot for slot in slots if slot.minute // 60 == hour]
    when = _("Every day {first} to {last}").format(first=_clock(hour * 60), last=_clock(hour * 60 + 60))
    return _cell(when, sum(slot.within for slot in own), sum(slot.base for slot in own), promised)


def _cell(when: str, within: int, base: int, promised: float, url: str = "") -> HeatCell:
    if not base:
        return HeatCell("hn", _("{when}: no chats").format(when=when))
    if base < FEW:
        few = _("{when}: {within} of {n}, too few for a percentage")
        return HeatCell("hn", few.format(when=when, within=within, n=base), url)
    share = within / base
    words = _("{when}: {share} of {n} chats")
    said = words.format(when=when, share=judged_share(share, promised, 0), n=base)
    return HeatCell(_look(share, promised), said, url)


def half_hour_words(weekday: int | None, minute: int | None) -> str:
    """Write a half hour as Monday 09:30, or only the day or the time where the other isn't given."""
    day = "" if weekday is None else _day_name(weekday, get_language())
    return f"{day} {'' if minute is None else _clock(minute)}".strip()


def _look(share: float, promised: float) -> str:
    if share < promised:
        return f"h{sum(share >= promised - points for points in _UNDER)}"
    above = [promised + part * (1 - promised) for part in _OVER]
    return f"h{4 + sum(share >= limit for limit in above)}"


def _finding(slots: Sequence[Slot]) -> str:
    """Name the half hour in which most promises broke, of those with enough chats for a pattern."""
    broken = sum(slot.base - slot.within for slot in slots)
    if not broken:
        return ""
    enough = [slot for slot in slots if slot.base >= FEW]
    worst = max(enough, key=lambda slot: (slot.base - slot.within, slot.base), default=None)
    if worst is None or worst.base == worst.within:
        alone = _(
            "{all} not answered in time, in half hours with fewer than {few} chats each: too few to see a "
            "pattern in one."
        )
        return alone.format(all=broken, few=FEW)
    words = _("{when}: {n} of {base} not answered in time, {all} in all of this period.")
    return words.format(
        when=half_hour_words(worst.weekday, worst.minute).capitalize(),
        n=worst.base - worst.within,
        base=worst.base,
        all=broken,
    )


def _bar(place: int, step: Bin, most: int, promise_seconds: int) -> ChartBar:
    height = step.count / most * _HIGH
    later = place == BINS
    look = "b2" if later else "b1" if step.starts >= promise_seconds else "b0"
    span = _("from {a} s").format(a=step.starts) if later else f"{step.starts}-{step.starts + BIN_SECONDS} s"
    return ChartBar(
        x=_x(step.starts),
        y=f"{_FLOOR - height:.1f}",
        height=f"{height:.1f}",
        look=look,
        words=f"{span}: {step.count}",
    )


def _x(second: int) -> str:
    return f"{4 + _GAP / 2 + second / BIN_SECONDS * _WIDE:.1f}"


@lru_cache(maxsize=64)
def _day_name(weekday: int, _language: str | None) -> str:
    """Name a weekday, from a cache: a map names the same seven in each of its cells."""
    return formats.date_format(_weekday(weekday), "l")


def _weekday(weekday: int) -> date:
    return _MONDAY + weekday * DAY


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
