"""What the first pages show: companies with their sites and people, and how many chats live now."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch

from agency.models import Certification, ChatRecord, InstructionVersion, PoolEntry, Seat
from agency.services.access import portal_url
from agency.services.presence import GRACE
from tenants.models import Company, Site


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """Chats of one company, or of all, that live now."""

    waiting: int
    open: int
    wrap_up: int

    @property
    def total(self) -> int:
        """Chats with a visitor in them."""
        return self.waiting + self.open


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One web site with the code to paste."""

    name: str
    key: str
    origins: tuple[str, ...]
    snippet: str


@dataclass(frozen=True, slots=True)
class Knower:
    """An operator who may answer for a company, and the seat right now."""

    name: str
    major: int
    is_current: bool
    is_here: bool
    paused: bool
    used: int
    capacity: int


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """One company as the manager's first page shows it."""

    company: Company
    portal_url: str
    sites: tuple[SiteLine, ...]
    knowers: tuple[Knower, ...]
    live: LiveCounts

    @property
    def here(self) -> int:
        """How many certified operators are at their desk."""
        return sum(knower.is_here for knower in self.knowers)


def count_live(company: Company) -> LiveCounts:
    """The chats of one company that live now."""
    return _counts(PoolEntry.objects.filter(company=company).values_list("state", flat=True))


def has_had_chats(company: Company) -> bool:
    """Whether any chat of this company lives or ended, ever."""
    return (
        ChatRecord.objects.filter(company=company).exists()
        or PoolEntry.objects.filter(company=company).exists()
    )


def list_sites(company: Company) -> list[SiteLine]:
    """The company's web sites with the code to paste, by name."""
    return [_site_line(site) for site in company.sites.all()]


def list_companies(now: datetime) -> list[CompanyLine]:
    """Every ready company, by name: sites, certified operators with their seats, chats that live now. Six queries."""
    companies = list(
        Company.objects.filter(ready=True)
        .order_by("name")
        .prefetch_related(
            "sites",
            "domains",
            Prefetch(
                "certifications",
                Certification.objects.select_related("operator").order_by("operator__public_name"),
            ),
        )
    )
    states: dict[object, list[str]] = {}
    for company_id, state in PoolEntry.objects.values_list("company_id", "state"):
        states.setdefault(company_id, []).append(state)
    seats = {seat.operator_id: seat for seat in Seat.objects.all()}
    versions = {row.company_id: row for row in InstructionVersion.objects.all()}
    return [
        CompanyLine(
            company=company,
            portal_url=_portal_link(company),
            sites=tuple(_site_line(site) for site in company.sites.all()),
            knowers=tuple(
                _knower(row, seats.get(row.operator_id), versions.get(company.id), now)
                for row in company.certifications.all()
            ),
            live=_counts(states.get(company.id, [])),
        )
        for company in companies
    ]


def _counts(states: Iterable[str]) -> LiveCounts:
    seen = Counter(states)
    waiting = seen[PoolEntry.State.WAITING] + seen[PoolEntry.State.OFFERED]
    return LiveCounts(waiting, seen[PoolEntry.State.OPEN], seen[PoolEntry.State.WRAP_UP])


def _site_line(site: Site) -> SiteLine:
    address = f"{settings.BASE_URL}/widget/{site.key}.js"
    return SiteLine(
        site.name, site.key, tuple(site.origins), f'<script src="{address}" async></script>'
    )


def _portal_link(company: Company) -> str:
    hosts = [domain.domain for domain in company.domains.all() if domain.is_primary]
    return portal_url(hosts[0]) if hosts else ""


def _knower(
    row: Certification, seat: Seat | None, version: InstructionVersion | None, now: datetime
) -> Knower:
    newest = version.major if version else row.major
    in_grace = version is not None and row.major == newest - 1 and now < version.changed_at + GRACE
    return Knower(
        name=row.operator.public_name,
        major=row.major,
        is_current=row.major >= newest or in_grace,
        is_here=seat is not None and seat.lease_until > now,
        paused=seat is not None and seat.paused,
        used=seat.used if seat else 0,
        capacity=seat.capacity if seat else 0,
    )


def count_seats(now: datetime) -> int:
    """How many operators are at their desk: seats with a lease in force."""
    return Seat.objects.filter(lease_until__gt=now).count()
