"""What each site offers now. One answer per site, from at most six queries for all sites together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agency.domain import hours as clock
from agency.domain.routing import Candidate
from agency.models import Promise
from agency.services.candidates import Staff, count_staff, list_candidates
from agency.services.coverage import DEFAULT_PROMISE_SECONDS, list_hours
from tenants.models import Company, Site


@dataclass(frozen=True, slots=True)
class SiteState:
    """Whether a site offers chat; `free_slots` over all certified operators who may be offered one."""

    site: Site
    mode: str
    promise_seconds: int
    closes_at: datetime | None
    opens_at: datetime | None
    free_slots: int


def list_site_states(now: datetime) -> list[SiteState]:
    """Every site of every ready company."""
    sites = list(Site.objects.filter(company__ready=True).select_related("company"))
    companies = {site.company_id: site.company for site in sites}
    hours = list_hours(companies.values())
    promises = _promises(now)
    candidates = list_candidates(now)
    states = []
    for site in sites:
        own = hours[site.company_id]
        closes = clock.closes_at(own, now)
        free = free_slots(site.company_id, site.language, candidates)
        staffed = closes is not None and free > 0
        states.append(
            SiteState(
                site=site,
                mode="chat" if staffed else site.unstaffed,
                promise_seconds=promises.get(site.company_id, DEFAULT_PROMISE_SECONDS),
                closes_at=closes,
                opens_at=None if closes is not None else clock.opens_at(own, now),
                free_slots=free,
            )
        )
    return states


def free_slots(company_id: UUID, language: str, candidates: Iterable[Candidate]) -> int:
    """Slots that a new chat of this company could take now."""
    return sum(
        candidate.capacity - candidate.used
        for candidate in _fit(company_id, language, candidates)
        if candidate.used < candidate.capacity
    )


def find_staff(company: Company, language: str, now: datetime) -> Staff | None:
    """Who could be offered a first message that comes now; None if it isn't taken: out of hours, or nobody is here.

    Everybody at their limit is no reason to refuse: the visitor waits.
    """
    if not clock.is_open(list_hours([company])[company.pk], now):
        return None
    staff = count_staff(company.pk, language, now)
    return staff if staff.seats else None


def _fit(company_id: UUID, language: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    return [
        candidate
        for candidate in candidates
        if company_id in candidate.certified
        and language in candidate.languages
        and not candidate.paused
        and not candidate.draining
    ]


def _promises(now: datetime) -> dict[UUID, int]:
    rows = Promise.objects.filter(valid_from__lte=now).order_by("company_id", "version")
    return dict(rows.values_list("company_id", "seconds"))
