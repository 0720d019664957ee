"""The plan: a week of everybody, one person's weeks, an operator's own."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agency.domain.hours.periods import local_day
from agency.domain.shifts.shift_times import WEEK, format_week, monday_of, parse_week, to_span
from agency.models import Operator
from agency.services import access
from agency.services.shifts import duty_roster, shifts
from agency.services.shifts import gaps as shifts_gaps
from agency.services.shifts.shifts import ZONE, CannotPlan
from agency.templatetags.days import dated
from agency.templatetags.days import day as written_day
from agency.views.chooser import distinct
from agency.views.form_status import status_of
from agency.views.query import asked_day, asked_id, asked_week
from agency.views.shifts import week_plan
from agency.views.shifts.forms import DaysForm, ShiftForm
from agency.views.table import Column, Table
from tenants import clock

# One person's page, and an operator's own, look this far ahead.
AHEAD = 4 * WEEK
# Who works now stands before the plan, so it must not push the plan out of sight.
DUTY_SHOWN = 8


@require_safe
@login_required
def week(request: HttpRequest) -> HttpResponse:
    """Everybody's shifts of one week, and who is on now and next."""
    access.require_manager(request.user)
    now = clock.now()
    monday = asked_week(request, today=local_day(now, ZONE))
    found = duty_roster.list_week(monday=monday, now=now)
    this = monday == monday_of(local_day(now, ZONE))
    plan, on_duty = (
        _plan_table(request, monday, found),
        duty_roster.list_duty(now) if this else None,
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
        "outlook": week_plan.describe(monday=monday, now=now),
        "before": format_week(monday - WEEK),
        "after": format_week(monday + WEEK),
        "pages": plan.pages,
    }
    return render(request, "manage/shifts/week.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def shift_new(request: HttpRequest) -> HttpResponse:
    """Plan one shift; the week's page fills in who and when."""
    manager = access.require_manager(request.user)
    now = clock.now()
    today = local_day(now, ZONE)
    asked = asked_day(request, "day", example=today) or today
    plannable = shifts.list_plannable()
    initial = {
        "person": asked_id(request, "person", [one.pk for one in plannable]),
        "day": asked,
        "times": request.GET.get("times", "")[:40],
    }
    people = distinct((one.pk, one.user.name, one.user.email) for one in plannable)
    form = ShiftForm(request.POST or None, people=people or [("", "–")], initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        operator = shifts.find_planned(UUID(facts["person"]))
        if operator is None:
            raise Http404
        try:
            shifts.plan(operator=operator, spans=[facts["span"]], by=manager, now=now)
        except CannotPlan as problem:
            form.add_error("times", words_of(problem))
        else:
            messages.success(request, _("Planned."))
            return redirect(_week_url(facts["day"]))
    context = {"form": form, "back": _week_url(asked)}
    return render(request, "manage/shifts/shift.html", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def shift(request: HttpRequest, person_id: UUID, shift_id: UUID) -> HttpResponse:
    """Move one shift, or take it out of the plan."""
    manager = access.require_manager(request.user)
    found = shifts.find_shift(person_id, shift_id)
    if found is None:
        raise Http404
    now = clock.now()
    span = to_span((found.starts_at, found.ends_at), ZONE)
    back = _week_url(span.day)
    if request.POST.get("what") == "remove":
        shifts.remove(shift=found, by=manager, now=now)
        messages.success(request, _("Taken out of the plan."))
        return redirect(back)
    initial = {"day": span.day, "times": str(span)}
    form = ShiftForm(request.POST or None, people=[], initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            shifts.change(shift=found, span=form.cleaned_data["span"], by=manager, now=now)
        except CannotPlan as problem:
            form.add_error("times", words_of(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect(_week_url(form.cleaned_data["day"]))
    context = {"form": form, "shift": found, "span": span, "back": back}
    return render(request, "manage/shifts/shift.html", context, status=status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def copy(request: HttpRequest) -> HttpResponse:
    """Copy a week to the next: at once if that is empty and all fits, else after a question."""
    manager = access.require_manager(request.user)
    now = clock.now()
    today = local_day(now, ZONE)
    monday = parse_week(request.POST.get("week", "")) or asked_week(request, today=today)
    later = monday + WEEK
    seen = shifts.preview_copy(monday=monday, now=now)
    if request.method == "POST":
        expected = _expected(request, seen)
        if expected is not None:
            copied = shifts.copy_week(monday=monday, expected=expected, by=manager, now=now)
            if copied is not None:
                count = len(copied.fitting)
                said = ngettext("%(n)d shift copied.", "%(n)d shifts copied.", count)
                messages.success(request, said % {"n": count})
                return redirect(_week_url(later))
            seen = shifts.preview_copy(monday=monday, now=now)
            messages.info(request, _("The plan changed meanwhile. Nothing was copied yet."))
    table: Table[shifts.Left] = Table(
        request,
        Column(_("Name"), "name"),
        Column(_("Day"), "day"),
        Column(_("Times")),
        Column(_("Why"), "why"),
        sort="day",
        kept={"week": format_week(monday)},
    )
    by: dict[str, Callable[[shifts.Left], Any]] = {
        "name": lambda one: one.operator.user.name.casefold(),
        "why": lambda one: _why_left(one.code),
    }
    table.fill(seen.left_out, words=lambda one: one.operator.user.name, by=by)
    context = {
        "seen": seen,
        "table": table,
        "pages": table.pages,
        "left_out": [(one, _why_left(one.code)) for one in table.rows],
        "week": monday.isocalendar()[1],
        "later": later,
        "later_week": later.isocalendar()[1],
        "written": format_week(monday),
        "back": _week_url(monday),
    }
    return render(request, "manage/shifts/copy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's coming weeks; several days planned at once."""
    manager = access.require_manager(request.user)
    operator = shifts.find_planned(person_id)
    if operator is None:
        raise Http404
    now = clock.now()
    today = local_day(now, ZONE)
    form = DaysForm(request.POST or None, initial={"first": today})
    if request.method == "POST" and form.is_valid():
        spans = form.cleaned_data["spans"]
        try:
            shifts.plan(operator=operator, spans=spans, by=manager, now=now)
        except CannotPlan as problem:
            form.add_error("times", words_of(problem))
        else:
            said = ngettext("%(n)d shift planned.", "%(n)d shifts planned.", len(spans))
            messages.success(request, said % {"n": len(spans)})
            return redirect("manage_shifts_person", person_id=operator.pk)
    context = {
        "operator": operator,
        "form": form,
        "weeks": _weeks(operator.pk, today, now),
        "back": _week_url(today),
    }
    return render(request, "manage/shifts/person.html", context, status=status_of(request))


@require_safe
@login_required
def own(request: HttpRequest) -> HttpResponse:
    """When I am on: an operator's own weeks, to read."""
    operator = access.require_operator(request.user)
    now = clock.now()
    stretch = duty_roster.find_duty(operator.pk, now)
    context = {
        "weeks": _weeks(operator.pk, local_day(now, ZONE), now),
        "stretch": stretch,
        "is_on": stretch is not None and stretch[0] <= now,
        "wait": (stretch[0] - now).total_seconds() if stretch and stretch[0] > now else None,
    }
    return render(request, "shifts/own.html", context)


@require_safe
@login_required
def gaps(request: HttpRequest) -> HttpResponse:
    """Companies and the half hours for which too few certified people are planned."""
    access.require_manager(request.user)
    found = shifts_gaps.list_gaps(clock.now())
    table: Table[shifts_gaps.Gap] = Table(
        request,
        Column(_("Company"), "company"),
        Column(_("When")),
        Column(_("Half hours"), "half_hours", is_figure=True, falls=True),
        Column(_("Needed"), "needed", is_figure=True, falls=True),
        Column(_("Certified"), "certified", is_figure=True),
        sort="-half_hours",
    )
    by: dict[str, Callable[[shifts_gaps.Gap], Any]] = {
        "company": lambda line: line.company.name.casefold(),
        "needed": lambda line: line.needed,
        "certified": lambda line: line.certified,
    }
    table.fill(found.lines, words=lambda line: line.company.name, by=by)
    context = {"gaps": found, "table": table, "pages": table.pages}
    return render(request, "manage/shifts/gaps.html", context)


def _plan_table(
    request: HttpRequest, monday: date, found: duty_roster.Week
) -> Table[duty_roster.RosterLine]:
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
    """Who works now: those who are planned, then those who are here all the same."""
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
    rows: list[tuple[Operator, duty_roster.OnDuty | None]] = [
        (one.operator, one) for one in found.now
    ]
    rows += [(one, None) for one in found.unplanned]
    return table.fill(rows, words=lambda row: row[0].user.name, by=by)


def words_of(problem: CannotPlan) -> str:
    """What stands in the way of a shift, in words."""
    day = written_day(problem.span.day)
    if problem.code == "overlap" and problem.in_the_way is not None:
        other = problem.in_the_way
        span = to_span((other.starts_at, other.ends_at), ZONE)
        return _("%(day)s: overlaps the shift %(times)s of %(other)s.") % {
            "day": day,
            "times": span,
            "other": written_day(span.day),
        }
    if problem.code == "too_far":
        day = dated(problem.span.day)
    return f"{day}: {_why_left(problem.code)}"


def _why_left(code: str) -> str:
    return {
        "overlap": _("Overlaps another shift."),
        "gone": _("The clock jumps over these times in that night."),
        "too_short": _("A shift is 15 minutes at least, of real time."),
        "too_long": _("A shift is 12 hours at most, of real time."),
        "too_far": _("From two months back to a year ahead."),
        "off": _("This account is switched off."),
    }[code]


def _expected(request: HttpRequest, seen: shifts.Copy) -> tuple[int, int] | None:
    """What the manager agreed to; without an answer yet, all of it if there is nothing to ask."""
    try:
        return int(request.POST["fitting"]), int(request.POST["left_out"])
    except (KeyError, ValueError):
        return None if seen.there or seen.left_out or not seen.fitting else (len(seen.fitting), 0)


def _weeks(
    operator_id: UUID, today: date, now: datetime
) -> list[tuple[date, list[duty_roster.Planned], timedelta]]:
    """Weeks from this one on, those without shifts too: an empty one is told as such."""
    first = monday_of(today)
    rows = duty_roster.list_planned(shifts.list_between(first, first + AHEAD, operator_id), now)
    weeks = []
    for n in range(AHEAD // WEEK):
        monday = first + n * WEEK
        planned = [row for row in rows if monday <= row.span.day < monday + WEEK]
        weeks.append((monday, planned, shifts.hours_of(row.shift for row in planned)))
    return weeks


def _week_url(day: date) -> str:
    return f"{reverse('manage_shifts')}?week={format_week(day)}"
