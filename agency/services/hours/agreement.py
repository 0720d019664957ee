"""A company's hours and promise, as the domain wants them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from agency.domain.hours.hours import DEFAULT_WEEK, Hours, Window
from agency.domain.hours.hours import HoursOnDate as Dated
from agency.models import DatedHours, OpeningHours, Promise
from tenants.models import Company


def list_hours(companies: Iterable[Company]) -> dict[UUID, Hours]:
    """The hours of these companies by id, in two queries. Without own windows: 07:00-23:00 each day."""
    companies = list(companies)
    return hours_from(companies, windows_of(companies), dated_of(companies))


def windows_of(companies: Iterable[Company]) -> QuerySet[Any]:
    """The weekly windows of these companies."""
    # Tuples, not rows: a plan over 250 companies reads 1,750 windows, and objects would take most of its time.
    rows = OpeningHours.objects.filter(company__in=[company.pk for company in companies])
    return rows.values_list("company", "weekday", "opens", "closes")


def dated_of(companies: Iterable[Company]) -> QuerySet[DatedHours]:
    """The hours on a date of these companies, and those of the whole agency."""
    ids = [company.pk for company in companies]
    return DatedHours.objects.filter(Q(company__in=ids) | Q(company__isnull=True))


def hours_from(
    companies: Iterable[Company], windows: Iterable[tuple[Any, ...]], days: Iterable[DatedHours]
) -> dict[UUID, Hours]:
    """The hours in the rows of `windows_of` and `dated_of`."""
    week: defaultdict[UUID, list[Window]] = defaultdict(list)
    for company_id, *window in windows:
        week[company_id].append(Window(*window))
    dated: defaultdict[UUID | None, list[Dated]] = defaultdict(list)
    for day in days:
        dated[day.company_id].append(Dated(day.starts_on, day.ends_on, day.opens, day.closes, day.note))
    # The last one listed wins: a company's own date over the agency's.
    return {
        company.pk: Hours(
            company.zone,
            tuple(week[company.pk]) or DEFAULT_WEEK,
            (*dated[None], *dated[company.pk]),
        )
        for company in companies
    }


def find_promise(company_id: UUID, at: datetime) -> Promise | None:
    """The promise in force at that moment, or None: then the default holds."""
    return Promise.objects.filter(company=company_id, valid_from__lte=at).order_by("-version").first()
