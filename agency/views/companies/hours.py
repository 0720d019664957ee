"""The opening hours of a company (its week, its public holidays and other dates), and the dates on which the whole
agency differs.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agency.domain.hours.hours import DAY, DEFAULT_ZONE
from agency.domain.hours.hours_as_text import days_ahead
from agency.domain.hours.periods import local_day
from agency.models import DatedHours, User
from agency.services.hours import dated_hours, weekly_hours
from agency.services.hours.agreement import list_hours
from agency.services.hours.holidays import HOME, list_holidays
from agency.templatetags.days import dated as written
from agency.views.companies.hours_forms import DatedForm, HolidaysForm, WeekForm
from agency.views.doors import FORM, SignedInRequest, company_page, manager_page
from agency.views.form_status import status_of
from tenants import clock
from tenants.models import Company

DAYS_SHOWN = 7
YEAR = 365 * DAY


@company_page(FORM)
def company_hours(request: SignedInRequest, company: Company) -> HttpResponse:
    """Show the week, public holidays, other hours on certain days, and what comes of them in the next seven days."""
    now = clock.now()
    own, today = list_hours([company])[company.pk], local_day(now, company.zone)
    sent = request.POST.get("what") if request.method == "POST" else None
    week = WeekForm(request.POST if sent == "week" else None, initial=WeekForm.initial_of(own.week))
    if sent == "week" and week.is_valid():
        weekly_hours.set_week(company=company, week=week.week(), by=request.user, now=now)
        return _saved(request, "manage_company_hours", company.pk)
    forms = _dated_forms(request, sent, company, today)
    if _take(request, sent, forms, company, request.user):
        return redirect("manage_company_hours", company.pk)
    context = {
        **forms,
        "company": company,
        "week": week,
        "rows": _rows(company, today),
        "agency_rows": _rows(None, today),
        "days": days_ahead(own, today, DAYS_SHOWN),
    }
    return render(request, "manage/hours/company.html", context, status=status_of(request))


@manager_page(FORM)
def agency_hours(request: SignedInRequest) -> HttpResponse:
    """Show the days on which the agency is closed or has other hours, for companies without a date of their own."""
    today = local_day(clock.now(), DEFAULT_ZONE)
    sent = request.POST.get("what") if request.method == "POST" else None
    forms = _dated_forms(request, sent, None, today)
    if _take(request, sent, forms, None, request.user):
        return redirect("manage_hours")
    context = {**forms, "rows": _rows(None, today)}
    return render(request, "manage/hours/agency.html", context, status=status_of(request))


def _dated_forms(request: HttpRequest, sent: str | None, company: Company | None, today: date) -> dict[str, Any]:
    rows = list(DatedHours.objects.filter(company=company, ends_on__gte=today).order_by("pk"))
    country = company.country if company is not None else HOME
    coming = list_holidays(country, today, today + YEAR, for_some=True)
    found = [(holiday, dated_hours.found_on(rows, holiday.day)) for holiday in coming]
    return {
        "dated": DatedForm(request.POST if sent == "dated" else None, today=today),
        "holidays": HolidaysForm(request.POST if sent == "holidays" else None, found=found),
    }


def _take(
    request: HttpRequest,
    sent: str | None,
    forms: dict[str, Any],
    company: Company | None,
    manager: User,
) -> bool:
    """Do what was sent about dates. False if nothing was sent, or if it can't be done: the forms then say why."""
    if sent == "remove":
        _remove(request, company, manager)
        return True
    form = forms.get(sent or "")
    if form is None or not form.is_valid():
        return False
    try:
        _save(form, company, manager)
    except dated_hours.TooMany:
        form.add_error(None, _("At most 200 dated hours: remove old ones first."))
        return False
    except dated_hours.WithinLonger as problem:
        days_of = {"first": written(problem.row.starts_on), "last": written(problem.row.ends_on)}
        form.add_error(
            None,
            _("Remove the dated hours of %(first)s to %(last)s first: the holiday is one of them.") % days_of,
        )
        return False
    messages.success(request, _("Saved. Sites show it within seconds."))
    return True


def _save(form: DatedForm | HolidaysForm, company: Company | None, manager: User) -> None:
    given, now = form.cleaned_data, clock.now()
    if isinstance(form, DatedForm):
        days = given["starts_on"], given["ends_on"]
        hours = dated_hours.OtherHours(*days, window=given["hours"], note=given["note"])
        dated_hours.add_dated(company=company, hours=hours, by=manager, now=now)
    else:
        names = {holiday.day: holiday.name for holiday, _wanted in form.found}
        dated_hours.set_days(company=company, days=given["days"], names=names, by=manager, now=now)


def _remove(request: HttpRequest, company: Company | None, manager: User) -> None:
    try:
        first, last = (date.fromisoformat(request.POST.get(name, "")) for name in ("starts_on", "ends_on"))
    except ValueError:
        raise Http404 from None
    if dated_hours.remove_dated(company=company, starts_on=first, ends_on=last, by=manager, now=clock.now()):
        messages.success(request, _("Removed. The week holds again on these days."))


def _rows(company: Company | None, today: date) -> list[tuple[DatedHours, str]]:
    return [(row, dated_hours.hours_of(row)) for row in dated_hours.list_dated(company, today)]


def _saved(request: HttpRequest, page: str, *ids: UUID) -> HttpResponse:
    messages.success(request, _("Saved. Sites show it within seconds."))
    return redirect(page, *ids)
