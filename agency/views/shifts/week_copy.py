"""The copy of a week to the next."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.domain.hours.periods import local_day
from agency.domain.shifts.shift_times import WEEK, format_week, parse_week
from agency.services.shifts import week_copy
from agency.services.shifts.shifts import ZONE
from agency.views.doors import FORM, SignedInRequest, manager_page
from agency.views.query import asked_week
from agency.views.shifts.refusal_words import why_not
from agency.views.shifts.week import week_url
from agency.views.table import Column, Table
from tenants import clock


@manager_page(FORM)
def copy(request: SignedInRequest) -> HttpResponse:
    """Copy a week to the next: at once if that is empty and all fits, else after a question."""
    now = clock.now()
    today = local_day(now, ZONE)
    monday = parse_week(request.POST.get("week", "")) or asked_week(request, today=today)
    later = monday + WEEK
    seen = week_copy.preview_copy(monday=monday, now=now)
    if request.method == "POST":
        expected = _expected(request, seen)
        if expected is not None:
            copied = week_copy.copy_week(monday=monday, expected=expected, by=request.user, now=now)
            if copied is not None:
                count = len(copied.fitting)
                said = ngettext("%(n)d shift copied.", "%(n)d shifts copied.", count)
                messages.success(request, said % {"n": count})
                return redirect(week_url(later))
            seen = week_copy.preview_copy(monday=monday, now=now)
            messages.info(request, _("The plan changed meanwhile. Nothing was copied yet."))
    table = _left_out_table(request, monday, seen)
    context = {
        "seen": seen,
        "table": table,
        "pages": table.pages,
        "left_out": [(one, why_not(one.code)) for one in table.rows],
        "week": monday.isocalendar()[1],
        "later": later,
        "later_week": later.isocalendar()[1],
        "written": format_week(monday),
        "back": week_url(monday),
    }
    return render(request, "manage/shifts/copy.html", context)


def _left_out_table(request: HttpRequest, monday: date, seen: week_copy.Copy) -> Table[week_copy.Left]:
    """List what doesn't fit in the next week, and why."""
    table: Table[week_copy.Left] = Table(
        request,
        Column(_("Name"), "name"),
        Column(_("Day"), "day"),
        Column(_("Times")),
        Column(_("Why"), "why"),
        sort="day",
        kept={"week": format_week(monday)},
    )
    by: dict[str, Callable[[week_copy.Left], Any]] = {
        "name": lambda one: one.operator.user.name.casefold(),
        "why": lambda one: why_not(one.code),
    }
    return table.fill(seen.left_out, words=lambda one: one.operator.user.name, by=by)


def _expected(request: HttpRequest, seen: week_copy.Copy) -> tuple[int, int] | None:
    """Return what the manager agreed to. Without an answer yet it is all of it, if there is nothing to ask."""
    try:
        return int(request.POST["fitting"]), int(request.POST["left_out"])
    except (KeyError, ValueError):
        return None if seen.there or seen.left_out or not seen.fitting else (len(seen.fitting), 0)
