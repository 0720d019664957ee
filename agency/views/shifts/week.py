"""Everybody's shifts of one week, and who is on now and next."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from agency.domain.hours.periods import local_day
from agency.domain.shifts.shift_times import WEEK, format_week, monday_of
from agency.models import Operator
from agency.services.shifts import duty_roster
from agency.services.shifts.shifts import ZONE, list_week_rows
from agency.views.doors import READ, manager_page
from agency.views.query import asked_week
from agency.views.shifts import week_plan
from agency.views.table import Column, Table
from tenants import clock

# The list of who works now stands before the plan, so it must not push the plan out of sight.
DUTY_SHOWN = 8


@manager_page(READ)
def week(request: HttpRequest) -> HttpResponse:
    """Show everybody's shifts of one week, and who is on now and next."""
    now = clock.now()
    monday = asked_week(request, today=local_day(now, ZONE))
    rows = list_week_rows(monday)
    found = duty_roster.list_week(monday=monday, now=now, rows=rows)
    this = monday == monday_of(local_day(now, ZONE))
    plan, on_duty = (
        _plan_table(request, monday, found),
        duty_roster.list_duty(now, [line.operator for line in found.lines]) if this else None,
    )
    context = {
        "week": found,
        "number": monday.isocalendar()[1],
        "written": format_week(monday),
        "sunday": monday + timedelta(days=6),
        "today": local_day(now, ZONE),
        "is_this": this,
        "duty": on_duty,
        "on": _duty_table(request, monday, on_duty) if on_duty else None,
        "table": plan,
        "outlook": week_plan.describe(monday=monday, now=now, rows=rows),
        "before": format_week(monday - WEEK),
        "after": format_week(monday + WEEK),
        "pages": plan.pages,
    }
    return render(request, "manage/shifts/week.html", context)


def _plan_table(request: HttpRequest, monday: date, found: duty_roster.Week) -> Table[duty_roster.RosterLine]:
    table: Table[duty_roster.RosterLine] = Table(
        request,
        Column(_("Name"), "name"),
        Column(_("Hours planned"), "hours", is_figure=True, falls=True),
        sort="name",
        size=duty_roster.PAGE,
        kept={"week": format_week(monday)},
    )
    by: dict[str, Callable[[duty_roster.RosterLine], Any]] = {"hours": lambda line: line.length}
    return table.fill(found.lines, words=lambda line: line.operator.user.name, by=by)


def _duty_table(
    request: HttpRequest, monday: date, found: duty_roster.Duty
) -> Table[tuple[Operator, duty_roster.OnDuty | None]]:
    """List the people who work now: those who are planned, then those who are here all the same."""
    table: Table[tuple[Operator, duty_roster.OnDuty | None]] = Table(
        request,
        Column(_("Name"), "name"),
        Column(_("Until"), "until"),
        Column(_("At the desk"), "here"),
        sort="until",
        size=DUTY_SHOWN,
        kept={"week": format_week(monday)},
        name="on",
    )
    by: dict[str, Callable[[tuple[Operator, duty_roster.OnDuty | None]], Any]] = {
        "name": lambda row: row[0].user.name.casefold(),
        "until": lambda row: row[1] and row[1].ends_at,
        "here": lambda row: row[1] is None or row[1].is_here,
    }
    rows: list[tuple[Operator, duty_roster.OnDuty | None]] = [(one.operator, one) for one in found.now]
    rows += [(one, None) for one in found.unplanned]
    return table.fill(rows, words=lambda row: row[0].user.name, by=by)


def week_url(day: date) -> str:
    """Return the page of the week that a day is in."""
    return f"{reverse('manage_shifts')}?week={format_week(day)}"
