"""The one source of every service level: what pages, CSV files, portal and mails print comes from here.

Signatures, for whoever prints a number:

    service_level(*, company, since, until) -> ServiceLevel     .total and .days[i].level are `figures.Level`
    companies_overview(*, since, until) -> list[CompanyLevel]   one row per company

Days are local dates of arrival, both ends included: in the company's zone, of the whole agency in Europe/Amsterdam.
Only finished chats count: one that still lives joins its day when it closes. A whole report is in `report.read_report`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from agency.domain.hours.hours import DAY
from agency.domain.hours.periods import day_bounds
from agency.domain.promise.figures import Level
from agency.domain.promise.sla import PromiseTerms as Target
from agency.models import Promise
from agency.services.hours import agreement
from agency.services.reports.levels import count_by
from agency.services.reports.period import check_period, zone_of
from tenants.models import Company

DEFAULT = Target()
_NONE = Level()


@dataclass(frozen=True, slots=True)
class PromiseInForce:
    """The promise at the end of a period. `version` 0: nothing agreed, the default holds."""

    seconds: int
    share: float
    version: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """One local day. Without chats its level is empty."""

    day: date
    level: Level


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """A period: its zone, its promise, the total and every day."""

    since: date
    until: date
    zone: str
    promise: PromiseInForce
    total: Level
    days: tuple[Day, ...]

    @property
    def kept(self) -> bool | None:
        """True if the promised share was reached, None without a chat to judge by."""
        level = self.total.service_level
        return None if level is None else level >= self.promise.share


@dataclass(frozen=True, slots=True)
class CompanyLevel:
    """One company's period."""

    company: Company
    promise: PromiseInForce
    level: Level

    @property
    def kept(self) -> bool | None:
        """True if the promised share was reached, None without a chat to judge by."""
        level = self.level.service_level
        return None if level is None else level >= self.promise.share


def service_level(*, company: Company | None, since: date, until: date) -> ServiceLevel:
    """Count a period of local days, both ends included: each day, and the whole. Two queries.

    Percentiles and shares of the whole are those of its chats, not means of days.

    Raises:
        BadPeriod: reversed, or over 400 days.
    """
    check_period(since, until)
    levels = count_by("day", company=company, zone=zone_of(company), since=since, until=until)
    return by_days(levels, company=company, since=since, until=until)


def by_days(
    levels: Mapping[date | None, Level],
    *,
    company: Company | None,
    since: date,
    until: date,
    promise: PromiseInForce | None = None,
) -> ServiceLevel:
    """A period of which these days were counted, and the whole as None. One query, of a company's promise, unless that
    is given.
    """
    days = [since + index * DAY for index in range((until - since).days + 1)]
    return ServiceLevel(
        since=since,
        until=until,
        zone=zone_of(company),
        promise=promise or promise_at_end(company, until),
        total=levels.get(None, _NONE),
        days=tuple(Day(day, levels.get(day, _NONE)) for day in days),
    )


def promise_at_end(company: Company | None, until: date) -> PromiseInForce:
    """The promise in force when this local day ends, of the whole agency the default one."""
    if company is None:
        return _in_force(None)
    return _in_force(agreement.find_promise(company.pk, _last_moment(company, until)))


def promise_among(promises: Iterable[Promise], company: Company, until: date) -> PromiseInForce:
    """The same of a company's promises, the newest version first."""
    last = _last_moment(company, until)
    return _in_force(next((row for row in promises if row.valid_from <= last), None))


def _last_moment(company: Company, until: date) -> datetime:
    return day_bounds(until, company.zone)[1] - timedelta(microseconds=1)


def companies_overview(*, since: date, until: date) -> list[CompanyLevel]:
    """One row per company, by name, each in its own zone, also without a chat while it is live. Three queries.

    Raises:
        BadPeriod: reversed, or over 400 days.
    """
    check_period(since, until)
    return by_companies(count_by("company_id", company=None, zone=None, since=since, until=until), until)


def by_companies(levels: Mapping[UUID, Level], until: date) -> list[CompanyLevel]:
    """The companies of which these were counted and all others that are live, with their promise at the end. Two
    queries.
    """
    promises = _list_promises()
    lines = []
    shown = Company.objects.filter(ready=True, live_at__isnull=False) | Company.objects.filter(pk__in=list(levels))
    for company in shown.order_by("name"):
        end = day_bounds(until, company.zone)[1]
        agreed = (row for row in promises[company.pk] if row.valid_from < end)
        level = levels.get(company.pk, _NONE)
        lines.append(CompanyLevel(company, _in_force(next(agreed, None)), level))
    return lines


def _list_promises() -> dict[UUID, list[Promise]]:
    """Every promise by company, the newest version first."""
    promises: defaultdict[UUID, list[Promise]] = defaultdict(list)
    for row in Promise.objects.order_by("company", "-version"):
        promises[row.company_id].append(row)
    return promises


def _in_force(row: Promise | None) -> PromiseInForce:
    if row is None:
        return PromiseInForce(DEFAULT.seconds, DEFAULT.share, 0, None)
    return PromiseInForce(row.seconds, float(row.share), row.version, row.valid_from)
