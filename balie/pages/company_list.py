"""The manager's list of companies: what each needs, and what happens there now. As many queries for 250 as for one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from agency.domain.hours.hours import is_open
from agency.models import OutboxRow, PoolEntry
from agency.services import alarms
from agency.services.certification.shortages import AT_LEAST
from agency.services.certification.valid_certificates import count_by_company
from agency.services.companies.install import gone, has_code
from agency.services.companies.overview import LiveCounts, count_states
from agency.services.hours.agreement import list_hours
from billing.models import Price
from tenants.models import Company, Site

PAGE = 50
LISTS = ("all", "needs", "few")
State = PoolEntry.State
# Things that a company can lack, in the order in which they hurt. Each is an annotation below.
NEEDS = (
    "asks_live",
    "not_live",
    "no_operator",
    "no_site",
    "no_instruction",
    "few_operators",
    "gaps",
    "no_code",
    "code_gone",
    "no_price",
    "dead_mail",
)


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """One company: what it needs, who is certified and at their desk, chats that live now."""

    company: Company
    needs: tuple[str, ...]
    is_open: bool
    sites: int
    certified: int
    at_least: int
    here: int
    live: LiveCounts


@dataclass(frozen=True, slots=True)
class Companies:
    """One page of the list. Of all companies `needing` lack something, `few` people."""

    lines: list[CompanyLine]
    all: int
    needing: int
    few: int


def list_companies(*, show: str, choose: Callable[[list[Any]], Sequence[Any]], now: datetime) -> Companies:
    """A page of ready companies.

    Args:
        show: all, needs (those that lack something) or few (live ones that too few operators are certified for).
        choose: those that the page shows, of the companies by name with the annotations of `_read`.
    """
    everything = _read(Company.objects.filter(ready=True), now)
    needing = [row for row in everything if row.needs]
    few = [row for row in everything if row.live_at is not None and row.certified_now < row.at_least]
    chosen = {"needs": needing, "few": few}.get(show, everything)
    return Companies(
        lines=_lines(choose(chosen), now),
        all=len(everything),
        needing=len(needing),
        few=len(few),
    )


def count_live_everywhere() -> LiveCounts:
    """The chats of all companies that live now."""
    return count_states(PoolEntry.objects.values_list("state", flat=True))


def needs_of(company: Company, now: datetime) -> tuple[str, ...]:
    """The things that one company lacks before it can do its work."""
    return _needs(_read(Company.objects.filter(pk=company.pk), now)[0])


def _read(companies: QuerySet[Company], now: datetime) -> list[Any]:
    """The companies by name with `certified_now`, `here_now`, `at_least` and a flag for each need.

    Three hundred of them cost less to read than to count three times: what is certified for all is one GROUP BY.
    """
    own = OuterRef("pk")
    sites = Site.objects.filter(company=own, origins__len__gt=0)
    dead = OutboxRow.objects.filter(company=own, state=OutboxRow.State.DEAD, done_at__isnull=True)
    rows: list[Any] = list(
        companies.annotate(
            at_least=AT_LEAST,
            no_instruction=Q(instruction_version__published_at__isnull=True),
            gaps=Q(pk__in=alarms.list_gap_companies()),
            # Without an address it lacks the site, not the code.
            no_code=Q(Exists(sites)) & ~has_code(own),
            code_gone=Exists(gone().filter(site__company=own)),
            no_site=~Exists(sites),
            no_price=~Exists(Price.objects.filter(company=own)),
            dead_mail=Exists(dead),
        ).order_by(Lower("name"), "pk")
    )
    counts = count_by_company(now, [row.pk for row in rows] if len(rows) == 1 else None)
    for row in rows:
        row.certified_now, row.here_now = counts.get(row.pk, (0, 0))
        row.no_operator = row.certified_now == 0
        row.not_live = row.live_at is None and row.live_asked_at is None
        row.asks_live = row.live_at is None and row.live_asked_at is not None
        row.few_operators = 0 < row.certified_now < row.at_least
        row.needs = _needs(row)
    return rows


def _needs(row: Any) -> tuple[str, ...]:
    return tuple(need for need in NEEDS if getattr(row, need))


def _lines(rows: Sequence[Any], now: datetime) -> list[CompanyLine]:
    ids = [row.pk for row in rows]
    states: dict[UUID, Counter[str]] = {}
    for company_id, state in PoolEntry.objects.filter(company__in=ids).values_list("company_id", "state"):
        states.setdefault(company_id, Counter())[state] += 1
    sites = Counter(Site.objects.filter(company__in=ids, origins__len__gt=0).values_list("company_id", flat=True))
    hours = list_hours(rows)
    return [
        CompanyLine(
            company=row,
            needs=_needs(row),
            is_open=is_open(hours[row.pk], now),
            sites=sites[row.pk],
            certified=row.certified_now,
            at_least=row.at_least,
            here=row.here_now,
            live=count_states(states.get(row.pk, Counter()).elements()),
        )
        for row in rows
    ]
