"""The manager's list of companies: what each needs, and what happens there now. As many queries for 250 as for one."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from agency.domain.hours import is_open
from agency.models import OutboxRow, PoolEntry, Seat
from agency.services import alarms
from agency.services.certified import certifications
from agency.services.coverage import list_hours
from agency.services.overview import LiveCounts
from agency.services.shortages import with_certified
from agency.services.sightings import allowed_sightings
from billing.models import Price
from tenants.models import Company, Site

PAGE = 50
State = PoolEntry.State
# What a company can lack, in the order in which it hurts; each is an annotation below.
NEEDS = (
    "no_operator",
    "no_site",
    "no_instruction",
    "few_operators",
    "gaps",
    "no_code",
    "no_price",
    "dead_mail",
)


@dataclass(frozen=True, slots=True)
class Line:
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
    """One page of the list. `total` fit the search; of all companies `needing` lack something, `few` people."""

    lines: list[Line]
    total: int
    all: int
    needing: int
    few: int
    start: int

    @property
    def has_more(self) -> bool:
        """Whether there is a next page."""
        return self.start + PAGE < self.total


def list_companies(*, query: str, show: str, start: int, now: datetime) -> Companies:
    """Ready companies by name, a page of 50.

    Args:
        query: part of a name, monogram or portal address.
        show: all, needs (those that lack something) or few (those that too few operators are certified for).
        start: how many come before the page.
    """
    everything = _annotated(now)
    lacking = Q(*((need, True) for need in NEEDS), _connector=Q.OR)
    few = Q(certified_now__lt=F("at_least"))
    found = everything.filter({"needs": lacking, "few": few}.get(show, Q()))
    if query:
        found = found.filter(
            Q(name__icontains=query) | Q(slug__icontains=query) | Q(monogram__iexact=query)
        )
    rows = list(found.order_by(Lower("name"), "pk")[start : start + PAGE])
    return Companies(
        lines=_lines(rows, now),
        total=found.count(),
        all=Company.objects.filter(ready=True).count(),
        needing=everything.filter(lacking).count(),
        few=everything.filter(few).count(),
        start=start,
    )


def count_live_everywhere() -> LiveCounts:
    """The chats of all companies that live now."""
    return _counts(Counter(PoolEntry.objects.values_list("state", flat=True)))


def needs_of(company: Company, now: datetime) -> tuple[str, ...]:
    """What one company lacks before it can do its work."""
    return _needs(_annotated(now).get(pk=company.pk))


def _annotated(now: datetime) -> QuerySet[Company]:
    own = OuterRef("pk")
    sites = Site.objects.filter(company=own, origins__len__gt=0)
    dead = OutboxRow.objects.filter(company=own, state=OutboxRow.State.DEAD, done_at__isnull=True)
    ready = with_certified(Company.objects.filter(ready=True), now)
    return ready.annotate(
        no_operator=Q(certified_now=0),
        few_operators=Q(certified_now__gt=0, certified_now__lt=F("at_least")),
        no_instruction=Q(instruction_version__published_at__isnull=True),
        gaps=Q(pk__in=alarms.list_gap_companies(now)),
        # Without an address it lacks the site, not the code.
        no_code=Exists(sites) & ~Exists(allowed_sightings().filter(site__company=own)),
        no_site=~Exists(sites),
        no_price=~Exists(Price.objects.filter(company=own)),
        dead_mail=Exists(dead),
    )


def _needs(row: Company) -> tuple[str, ...]:
    return tuple(need for need in NEEDS if getattr(row, need))


def _lines(rows: list[Company], now: datetime) -> list[Line]:
    ids = [row.pk for row in rows]
    certified: dict[UUID, set[UUID]] = {}
    for company_id, operator_id in (
        certifications(now).filter(company__in=ids).values_list("company_id", "operator_id")
    ):
        certified.setdefault(company_id, set()).add(operator_id)
    here = set(Seat.objects.filter(lease_until__gt=now).values_list("operator_id", flat=True))
    states: dict[UUID, Counter[str]] = {}
    for company_id, state in PoolEntry.objects.filter(company__in=ids).values_list(
        "company_id", "state"
    ):
        states.setdefault(company_id, Counter())[state] += 1
    sites = Counter(
        Site.objects.filter(company__in=ids, origins__len__gt=0).values_list(
            "company_id", flat=True
        )
    )
    hours = list_hours(rows)
    return [
        Line(
            company=row,
            needs=_needs(row),
            is_open=is_open(hours[row.pk], now),
            sites=sites[row.pk],
            certified=len(certified.get(row.pk, ())),
            at_least=row.at_least,
            here=len(certified.get(row.pk, set()) & here),
            live=_counts(states.get(row.pk, Counter())),
        )
        for row in rows
    ]


def _counts(seen: Counter[str]) -> LiveCounts:
    return LiveCounts(
        seen[State.WAITING] + seen[State.OFFERED], seen[State.OPEN], seen[State.WRAP_UP]
    )
