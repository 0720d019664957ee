"""Looking at a site's own pages for its code: when somebody asks, and each six hours by itself.

A browser that asks for the config proves more (sightings.py), but says nothing on the day on which the code is gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from agency.domain.sites.install import AGAIN_AFTER, EVERY, FOUND, MISSES, UNREAD, read_page
from agency.models import InstallCheck, SiteSighting
from agency.services.companies.sightings import allowed_sightings
from agency.services.outgoing.fetch import NoAnswer, fetch, redirected
from tenants import clock
from tenants.models import Company, Site

# Of a page this much is read; a shop's front page is a tenth of it.
PAGE_SIZE = 2 * 1024 * 1024
REDIRECTS = 3
# A page a person waits for: of so many addresses, in so many seconds together.
MOST_NOW, SECONDS_NOW = 3, 9.0
_SECONDS = 5.0
# Of those that are due: so many in a turn, each held for so long, so that a worker that died holds none up.
_BATCH, _HOLD = 5, timedelta(minutes=5)
_MISSING = """
    INSERT INTO agency_installcheck (site_id, origin, state, reason, next_at)
    SELECT site.id, origin, '', '', %(now)s
    FROM tenants_site site JOIN tenants_company company ON company.id = site.company_id
    CROSS JOIN LATERAL unnest(site.origins) AS origin
    WHERE company.ready
    ORDER BY site.id, origin
    ON CONFLICT (site_id, origin) DO NOTHING
"""
_LEFT = """
    DELETE FROM agency_installcheck held USING tenants_site site
    WHERE site.id = held.site_id AND NOT held.origin = ANY (site.origins)
"""


@dataclass(frozen=True, slots=True)
class PageLook:
    """The outcome of a look at a page. `reason`: why it couldn't be read."""

    state: str
    reason: str = ""


def look_at(origin: str, key: str, *, seconds: float = _SECONDS) -> PageLook:
    """Read the front page of an address and look for a site's code.

    Args:
        seconds: for everything together, redirects too.
    """
    url, ends = f"{origin}/", clock.steady() + seconds
    try:
        for _turn in range(REDIRECTS + 1):
            answer = fetch(url, seconds=max(0.1, ends - clock.steady()), size=PAGE_SIZE)
            there = redirected(url, answer)
            if there is None:
                break
            url = there
        else:
            return PageLook(UNREAD, "redirects")
    except NoAnswer as problem:
        return PageLook(UNREAD, problem.code)
    if answer.status >= 400:
        return PageLook(UNREAD, str(answer.status))
    return PageLook(read_page(answer.unpack(PAGE_SIZE), key))


def check_now(site: Site, *, now: datetime) -> list[InstallCheck]:
    """Look at a site's addresses while somebody waits, the first three of them."""
    _note_addresses(now)
    ends = clock.steady() + SECONDS_NOW
    checks = list(site.install_checks.filter(origin__in=site.origins[:MOST_NOW]).order_by("id"))
    for check in checks:
        look = look_at(check.origin, site.key, seconds=min(_SECONDS, max(0.1, ends - clock.steady())))
        _write(check, look, clock.now())
    return checks


def check_due(*, now: datetime) -> int:
    """Look at some of the addresses that are due. Any number of workers may do so at once.

    Returns:
        The number of addresses that were looked at.
    """
    _note_addresses(now)
    with transaction.atomic():
        due = InstallCheck.objects.filter(next_at__lte=now).order_by("next_at")
        checks = list(due.select_related("site").select_for_update(skip_locked=True, of=("self",))[:_BATCH])
        InstallCheck.objects.filter(pk__in=[check.pk for check in checks]).update(next_at=now + _HOLD)
    for check in checks:
        _write(check, look_at(check.origin, check.site.key), clock.now())
    return len(checks)


def gone() -> QuerySet[InstallCheck]:
    """Return the addresses of live companies on which the code was found once and no longer is.

    Two looks, ten minutes apart, missed it, and no browser that had the code asked for the site's config since.
    """
    seen = SiteSighting.objects.filter(
        site=OuterRef("site"), origin=OuterRef("origin"), last_at__gt=OuterRef("missed_at")
    )
    missed = InstallCheck.objects.filter(
        found_at__isnull=False, state__in=MISSES, checked_at__gte=F("missed_at") + AGAIN_AFTER
    )
    return missed.filter(~Exists(seen), site__company__ready=True, site__company__live_at__isnull=False)


def has_code(company: Any) -> Q:
    """Return a condition of companies: the code of a site was seen by a browser or found by us.

    Args:
        company: its id, or an OuterRef to it.
    """
    seen = allowed_sightings().filter(site__company=company)
    found = InstallCheck.objects.filter(site__company=company, state=FOUND)
    return Q(Exists(seen)) | Q(Exists(found))


def checks_of(company: Company) -> QuerySet[InstallCheck]:
    """The last looks at the addresses of a company's sites."""
    return InstallCheck.objects.filter(site__company=company, checked_at__isnull=False).order_by("id")


def checks_by_site(rows: Iterable[InstallCheck]) -> dict[UUID, list[InstallCheck]]:
    """The rows of `checks_of` by their site."""
    found: dict[UUID, list[InstallCheck]] = {}
    for check in rows:
        found.setdefault(check.site_id, []).append(check)
    return found


def _note_addresses(now: datetime) -> None:
    """Make the rows of addresses that are new, and delete those of addresses that a site no longer has."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"now": now})
        cursor.execute(_LEFT)


def _write(check: InstallCheck, look: PageLook, at: datetime) -> None:
    """Keep what a look found. A code that has just gone missing is looked for again soon."""
    check.state, check.reason, check.checked_at = look.state, look.reason, at
    check.next_at = at + EVERY
    if look.state == FOUND:
        check.found_at, check.missed_at = at, None
    elif look.state in MISSES and check.missed_at is None:
        check.missed_at = at
        check.next_at = at + (AGAIN_AFTER if check.found_at is not None else EVERY)
    check.save(update_fields=["state", "reason", "checked_at", "found_at", "missed_at", "next_at"])
