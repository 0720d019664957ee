"""Facts of the first pages: sites with their code, and how many chats live now."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from agency.models import ChatRecord, InstallCheck, PoolEntry, Seat
from agency.services.companies.install import checks_by_site, checks_of
from agency.services.companies.sightings import last_seen
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
    """One web site with the code to paste.

    `seen_at`: when a page last asked for its config, to the hour, None if none ever did. `checks`: our last look at the
    page of each of its addresses.
    """

    name: str
    key: str
    origins: tuple[str, ...]
    snippet: str
    seen_at: datetime | None = None
    checks: tuple[InstallCheck, ...] = ()
    id: UUID | None = None


def live_states(company: Company) -> QuerySet[Any]:
    """The state of each chat of one company that lives now."""
    return PoolEntry.objects.filter(company=company).values_list("state", flat=True)


def has_had_chats(company: Company) -> bool:
    """Whether any chat of this company lives or ended, ever."""
    return ChatRecord.objects.filter(company=company).exists() or PoolEntry.objects.filter(company=company).exists()


def list_sites(company: Company) -> list[SiteLine]:
    """The company's web sites with the code to paste, by name."""
    return site_lines(seen_sites(company), checks_of(company))


def seen_sites(company: Company) -> QuerySet[Any]:
    """The company's sites by name, each with when a page last asked for its config."""
    sites: QuerySet[Any] = company.sites.annotate(seen_at=last_seen())
    return sites


def site_lines(sites: Iterable[Any], checks: Iterable[InstallCheck]) -> list[SiteLine]:
    """The rows of `seen_sites` and of `install.checks_of` with the code to paste."""
    looks = checks_by_site(checks)
    return [site_line(site, site.seen_at, looks.get(site.pk, ())) for site in sites]


def count_states(states: Iterable[str]) -> LiveCounts:
    """Count chats by the state in which they are."""
    seen = Counter(states)
    waiting = seen[PoolEntry.State.WAITING] + seen[PoolEntry.State.OFFERED]
    return LiveCounts(waiting, seen[PoolEntry.State.OPEN], seen[PoolEntry.State.WRAP_UP])


def site_line(site: Site, seen_at: datetime | None = None, checks: Iterable[InstallCheck] = ()) -> SiteLine:
    """A site with the code to paste."""
    address = f"{settings.BASE_URL}/widget/{site.key}.js"
    return SiteLine(
        site.name,
        site.key,
        tuple(site.origins),
        f'<script src="{address}" async></script>',
        seen_at,
        tuple(check for check in checks if check.origin in site.origins),
        site.pk,
    )


def count_seats(now: datetime) -> int:
    """How many operators are at their desk: seats with a lease in force."""
    return Seat.objects.filter(lease_until__gt=now).count()
