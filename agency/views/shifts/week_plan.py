"""A week's plan against its forecast, as the page of shifts shows it and as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agency.domain.hours import hours_as_text
from agency.domain.hours.periods import local_day
from agency.domain.shifts.need import PLANNED_AT_ONCE
from agency.domain.shifts.shift_times import format_week
from agency.services.shifts.shifts import ZONE, ShiftRow
from agency.services.shifts.week_plan import HalfHour, PlannedDay, plan_week
from agency.services.spreadsheets.csv_file import csv_response
from agency.templatetags.days import day as written_day
from agency.views.doors import READ, manager_page
from agency.views.query import asked_week, for_file
from tenants import clock

# Gaps that are named; band and table have all of them.
NAMED = 5
# More half hours than these don't fit a desktop's width with their figures.
_LONG = 34
# Colours tell so many people apart; the figure says how many it is.
_MOST_SHORT, _MOST_OVER = 3, 2
# A page has 336 half hours, twice: by tags, deciding took longer than writing.
_MARKED = '<td class="{}" title="{}"><span aria-hidden="true">{}</span><span class="vh">{}</span></td>'
_JUMPED = SafeString('<td class="idle"></td>')
_FIGURE = '<td class="num">{}</td>'
_BAD = '<span class="bad">{}</span>'


@dataclass(frozen=True, slots=True)
class WeekCell:
    """A half hour of the band: its colour, its figure, what to make of it, and all of it in words.

    The figures of the table are written here, once: a page shows 300 of each.
    """

    clock: str
    chats: str
    came: str
    need: str
    planned: str
    is_short: bool
    look: str
    mark: str
    verdict: str
    words: str

    @property
    def marked(self) -> SafeString:
        """The half hour's cell of the band."""
        words = conditional_escape(self.words)
        return format_html(_MARKED, self.look, words, self.mark, words)

    def line(self, has_come: bool) -> SafeString:
        """Write the half hour's line of the day's table.

        Args:
            has_come: with the chats that came.
        """
        shown = (self.chats, self.came, self.need, self.planned) if has_come else (self.chats, self.need, self.planned)
        figures = format_html_join("", _FIGURE, ((one,) for one in shown))
        verdict = format_html(_BAD, self.verdict) if self.is_short else self.verdict
        return format_html('<tr><th scope="row">{}</th>{}<td>{}</td></tr>', self.clock, figures, verdict)


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A day of the band, with None for a half hour that the clock jumps over."""

    planned: PlannedDay
    cells: list[WeekCell | None]

    @property
    def band(self) -> SafeString:
        """The day's half hours as cells of the band."""
        return format_html_join("", "{}", ((cell.marked if cell else _JUMPED,) for cell in self.cells))

    @property
    def lines(self) -> SafeString:
        """The day's half hours as lines of the day's table."""
        has_come = self.planned.came is not None
        return format_html_join("", "{}", ((cell.line(has_come),) for cell in self.cells if cell))


@manager_page(READ)
@for_file
def forecast_file(request: HttpRequest) -> HttpResponse:
    """Write the week's half hours as a CSV file."""
    now = clock.now()
    monday = asked_week(request, today=local_day(now, ZONE))
    plan = plan_week(monday=monday, now=now)
    header = (
        _("Day"),
        _("From"),
        _("Chats expected"),
        _("Chats that came"),
        _("People needed"),
        _("People planned"),
        _("Planned above the need"),
    )
    rows = (
        (
            day.day,
            hours_as_text.clock(half.minute),
            round(half.chats, 2),
            half.came,
            half.need,
            half.planned,
            half.over,
        )
        for day in plan.days
        for half in day.halves
    )
    return csv_response(f"balie-forecast-{format_week(monday)}.csv", header, rows)


def describe(*, monday: date, now: datetime, rows: Sequence[ShiftRow]) -> dict[str, Any]:
    """Describe the plan of one week, of which these are the shifts, for its page."""
    plan = plan_week(monday=monday, now=now, rows=rows)
    minutes = sorted({half.minute for day in plan.days for half in day.halves})
    coming = [half for day in plan.days for half in day.halves if not half.is_past]
    return {
        "plan": plan,
        "rows": [_row(day, minutes) for day in plan.days],
        "is_long": len(minutes) > _LONG,
        "is_wide": any(_is_wide(day) for day in plan.days),
        "hours": [(hour, len(list(own))) for hour, own in groupby(m // 60 for m in minutes)],
        "gaps": plan.gaps[:NAMED],
        "more_gaps": max(0, len(plan.gaps) - NAMED),
        "short_halves": sum(half.over < 0 for half in coming),
        "is_over": bool(plan.days) and not coming,
        "has_past": any(half.is_past for day in plan.days for half in day.halves),
        "at_once": PLANNED_AT_ONCE,
    }


def _is_wide(day: PlannedDay) -> bool:
    """Tell whether a day holds figures that a cell of the usual width cuts: three digits of people, four of chats."""
    return day.chats >= 1_000 or any(abs(half.over) >= 100 for half in day.halves)


def _row(day: PlannedDay, minutes: list[int]) -> WeekRow:
    known = {half.minute: half for half in day.halves}
    words = written_day(day.day)
    return WeekRow(day, [_cell(words, known[minute]) if minute in known else None for minute in minutes])


def _cell(day: str, half: HalfHour) -> WeekCell:
    verdict = _verdict(half)
    at, chats = hours_as_text.clock(half.minute), number_format(half.chats, decimal_pos=1)
    facts = {
        "day": day,
        "clock": at,
        "chats": chats,
        "need": half.need,
        "planned": half.planned,
        "verdict": verdict,
    }
    words = _("%(day)s %(clock)s: %(chats)s chats, %(need)d needed, %(planned)d planned: %(verdict)s")
    return WeekCell(
        clock=at,
        chats=chats,
        came="" if half.came is None else str(half.came),
        need=str(half.need),
        planned=str(half.planned),
        is_short=half.over < 0,
        look=_look(half),
        mark=_mark(half),
        verdict=verdict,
        words=words % facts,
    )


def _verdict(half: HalfHour) -> str:
    if half.over < 0:
        return _("%(n)d short") % {"n": -half.over}
    if half.over > 0:
        return _("%(n)d over") % {"n": half.over}
    return _("enough") if half.need else _("nobody needed")


def _look(half: HalfHour) -> str:
    past = " is-past" if half.is_past else ""
    if half.over < 0:
        return f"short{min(-half.over, _MOST_SHORT)}{past}"
    if half.over > 0:
        return f"over{min(half.over, _MOST_OVER)}{past}"
    return f"{'even' if half.need else 'idle'}{past}"


def _mark(half: HalfHour) -> str:
    if half.over < 0:
        return f"\N{MINUS SIGN}{-half.over}"
    if half.over > 0:
        return f"+{half.over}"
    return "=" if half.need else ""
