"""One shift: planned, moved, taken out of the plan."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agency.domain.hours.periods import local_day
from agency.domain.shifts.shift_times import to_span
from agency.services.shifts import shifts
from agency.services.shifts.shifts import ZONE, CannotPlan
from agency.views.chooser import distinct
from agency.views.doors import FORM, SignedInRequest, manager_page
from agency.views.form_status import status_of
from agency.views.query import asked_day, asked_id
from agency.views.shifts.forms import ShiftForm
from agency.views.shifts.refusal_words import words_of
from agency.views.shifts.week import week_url
from tenants import clock


@manager_page(FORM)
def shift_new(request: SignedInRequest) -> HttpResponse:
    """Plan one shift. The week's page fills in the person and the times."""
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
            shifts.plan(operator=operator, spans=[facts["span"]], by=request.user, now=now)
        except CannotPlan as problem:
            form.add_error("times", words_of(problem))
        else:
            messages.success(request, _("Planned."))
            return redirect(week_url(facts["day"]))
    context = {"form": form, "back": week_url(asked)}
    return render(request, "manage/shifts/shift.html", context, status=status_of(request))


@manager_page(FORM)
def shift(request: SignedInRequest, person_id: UUID, shift_id: UUID) -> HttpResponse:
    """Move one shift, or take it out of the plan."""
    found = shifts.find_shift(person_id, shift_id)
    if found is None:
        raise Http404
    now = clock.now()
    span = to_span((found.starts_at, found.ends_at), ZONE)
    back = week_url(span.day)
    if request.POST.get("what") == "remove":
        shifts.remove(shift=found, by=request.user, now=now)
        messages.success(request, _("Taken out of the plan."))
        return redirect(back)
    initial = {"day": span.day, "times": str(span)}
    form = ShiftForm(request.POST or None, people=[], initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            shifts.change(shift=found, span=form.cleaned_data["span"], by=request.user, now=now)
        except CannotPlan as problem:
            form.add_error("times", words_of(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect(week_url(form.cleaned_data["day"]))
    context = {"form": form, "shift": found, "span": span, "back": back}
    return render(request, "manage/shifts/shift.html", context, status=status_of(request))
