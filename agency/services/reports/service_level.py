"""The one source of every service level: what pages, CSV files, portal and mails print comes from here.

Signatures, for whoever prints a number:

    service_level(*, company, since, until) -> ServiceLevel     .total and .days[i].level are `metrics.Level`
    companies_overview(*, since, until) -> list[CompanyLevel]   one row per company
    by_half_hour(*, company, since, until) -> list[Slot]        weekday x half hour
    worst(*, company, since, until, limit=10) -> list[Worst]    longest waits of broken promises, each with its cause
    bounces(*, company, since, until) -> list[Bounces]          offers let pass: all, then by reason

Days are local dates of arrival, both ends included: in the company's zone, of the whole agency in Europe/Amsterdam. Only
finished chats count: one that still lives joins its day when it closes. How soon first responses came is in `first_response`.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from agency.domain.hours.hours import DAY
from agency.domain.hours.periods import day_bounds
from agency.domain.promise.metrics import CAUSE_NAMES, Cause, Level
from agency.domain.promise.sla import PromiseTerms as Target
from agency.models import Promise
from agency.services.hours import agreement
from agency.services.reports import verdict_sql
from agency.services.reports.bounces import Bounces, count_bounces
from agency.services.reports.period import check_period, zone_of
from tenants.models import Company

DEFAULT = Target()
_NONE = Level()


@dataclass(frozen=True, slots=True)
class PromiseInForce:
    """What was promised at the end of a period. `version` 0: nothing agreed, the default holds."""

    seconds: int
    share: float
    version: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """One local day; without chats its level is empty."""

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
        """Whether the promised share was reached; None without a chat to judge by."""
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
        """Whether the promised share was reached; None without a chat to judge by."""
        level = self.level.service_level
        return None if level is None else level >= self.promise.share


@dataclass(frozen=True, slots=True)
class Slot:
    """One half hour of one weekday (0 = Monday), over the whole period. `minute`: of the local day."""

    weekday: int
    minute: int
    within: int
    base: int

    @property
    def share(self) -> float | None:
        """The service level at the promise, of this cell."""
        return self.within / self.base if self.base else None


@dataclass(frozen=True, slots=True)
class Worst:
    """A chat whose promise broke. `waited`: seconds to the first human text, or to the end without one."""

    company_name: str
    cause: Cause
    chat_id: UUID
    number: int
    company_id: UUID
    local_at: datetime
    waited: float
    answered: bool
    seats: int
    free_slots: int
    bounces: int
    accepted_after: float | None

    @property
    def cause_name(self) -> str:
        """The cause as an English msgid."""
        return CAUSE_NAMES[self.cause]


def service_level(*, company: Company | None, since: date, until: date) -> ServiceLevel:
    """Count a period of local days, both ends included: each day, and the whole. Three queries.

    Percentiles and shares of the whole are those of its chats, not means of days.

    Raises:
        BadPeriod: reversed, or over 400 days.
    """
    check_period(since, until)
    zone = zone_of(company)
    by_day = verdict_sql.count(company=company, zone=zone, since=since, until=until, by="day")
    days = [since + index * DAY for index in range((until - since).days + 1)]
    return ServiceLevel(
        since=since,
        until=until,
        zone=zone,
        promise=promise_at_end(company, until),
        total=by_day.get(None, _NONE),
        days=tuple(Day(day, by_day.get(day, _NONE)) for day in days),
    )


def promise_at_end(company: Company | None, until: date) -> PromiseInForce:
    """The promise in force when this local day ends; of the whole agency the default one."""
    if company is None:
        return _in_force(None)
    last = day_bounds(until, company.zone)[1] - timedelta(microseconds=1)
    return _in_force(agreement.find_promise(company.pk, last))


def companies_overview(*, since: date, until: date) -> list[CompanyLevel]:
    """One row per company, by name, each in its own zone, also without a chat unless it left. Four queries.

    Raises:
        BadPeriod: reversed, or over 400 days.
    """
    check_period(since, until)
    levels = verdict_sql.count(company=None, zone=None, since=since, until=until, by="company_id")
    promises = _list_promises()
    lines = []
    shown = Company.objects.filter(ready=True) | Company.objects.filter(pk__in=levels)
    for company in shown.order_by("name"):
        end = day_bounds(until, company.zone)[1]
        agreed = (row for row in promises[company.pk] if row.valid_from < end)
        level = levels.get(company.pk, _NONE)
        lines.append(CompanyLevel(company, _in_force(next(agreed, None)), level))
    return lines


def by_half_hour(*, company: Company | None, since: date, until: date) -> list[Slot]:
    """The service level of each half hour of the week in which a chat arrived, by weekday and time. One query.

    In the night that an hour comes twice both fall in the same cells.

    Raises:
        BadPeriod: reversed, or over 400 days.
    """
    check_period(since, until)
    rows = verdict_sql.read(
        verdict_sql.HALF_HOURS, company=company, zone=zone_of(company), since=since, until=until
    )
    return [Slot(*row) for row in rows]


def worst(*, company: Company | None, since: date, until: date, limit: int = 10) -> list[Worst]:
    """The longest waits among broken promises, each with its cause. Two queries.

    Raises:
        BadPeriod: reversed, or over 400 days.
    """
    check_period(since, until)
    rows = verdict_sql.read(
        verdict_sql.WORST,
        company=company,
        zone=zone_of(company),
        since=since,
        until=until,
        limit=limit,
    )
    names = dict(Company.objects.values_list("pk", "name")) if rows else {}
    return [Worst(names[row[2]], verdict_sql.cause_of(row[6]), *row[:6], *row[7:]) for row in rows]


def bounces(*, company: Company | None, since: date, until: date) -> list[Bounces]:
    """Offers let pass on these local days: all, then by reason; nothing without one. Two queries. Raises BadPeriod."""
    check_period(since, until)
    first, last = (day_bounds(day, zone_of(company)) for day in (since, until))
    return count_bounces(company=company, starts=first[0], ends=last[1])


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
