"""One person's coming weeks, for a manager to plan and for an operator to read their own."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from agency.domain.hours.periods import local_day
from agency.domain.shifts.shift_times import WEEK, monday_of
from agency.models import Operator
from agency.services.shifts import duty_roster, shifts
from agency.services.shifts.shifts import ZONE, CannotPlan
from agency.views.doors import FORM, READ, SignedInRequest, manager_page, operator_page
from agency.views.form_status import status_of
from agency.views.shifts.forms import DaysForm
from agency.views.shifts.refusal_words import words_of
from agency.views.shifts.week import week_url
from tenants import clock

# One person's page, and an operator's own, look this far ahead.
AHEAD = 4 * WEEK


@manager_page(FORM)
def person(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """Show one person's coming weeks, in which several days are planned at once."""
    operator = shifts.find_planned(person_id)
    if operator is None:
        raise Http404
    now = clock.now()
    today = local_day(now, ZONE)
    form = DaysForm(request.POST or None, initial={"first": today})
    if request.method == "POST" and form.is_valid():
        spans = form.cleaned_data["spans"]
        try:
            shifts.plan(operator=operator, spans=spans, by=request.user, now=now)
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
        "back": week_url(today),
    }
    return render(request, "manage/shifts/person.html", context, status=status_of(request))


@operator_page(READ)
def own(request: HttpRequest, operator: Operator) -> HttpResponse:
    """Show an operator's own weeks, to read."""
    now = clock.now()
    stretch = duty_roster.find_duty(operator.pk, now)
    context = {
        "weeks": _weeks(operator.pk, local_day(now, ZONE), now),
        "stretch": stretch,
        "is_on": stretch is not None and stretch[0] <= now,
        "wait": (stretch[0] - now).total_seconds() if stretch and stretch[0] > now else None,
    }
    return render(request, "shifts/own.html", context)


def _weeks(operator_id: UUID, today: date, now: datetime) -> list[tuple[date, list[duty_roster.Planned], timedelta]]:
    """List weeks from this one on, those without shifts too: an empty one is shown as such."""
    first = monday_of(today)
    rows = duty_roster.list_planned(shifts.list_between(first, first + AHEAD, operator_id), now)
    weeks = []
    for n in range(AHEAD // WEEK):
        monday = first + n * WEEK
        planned = [row for row in rows if monday <= row.span.day < monday + WEEK]
        weeks.append((monday, planned, shifts.hours_of(row.shift for row in planned)))
    return weeks
