"""The demo's past at the sites: chat in their hours while somebody could answer, else the site's own answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from agency.domain.facts import presence
from agency.domain.hours.hours import Stretch, is_open
from agency.domain.pool import reasons, site_reasons
from agency.domain.pool.overflow import FULL, OPEN
from agency.domain.pool.reasons import PoolReason
from agency.domain.shifts.shift_times import merged
from agency.models import AvailabilityWatch, Certification, PresenceInterval, SiteAvailability
from agency.services.facts.availability import GAP
from agency.services.hours.agreement import list_hours
from agency.services.pool.availability import CHAT
from balie.demo.past import DAYS, ZONE
from tenants.models import Site


def write_offered(*, now: datetime) -> None:
    """Give each site of the demo an answer for each moment of its past. Of the last seconds nobody knows."""
    now -= GAP
    sites = list(Site.objects.select_related("company"))
    hours = list_hours([site.company for site in sites])
    begin = (now - timedelta(days=DAYS)).astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    for site in sites:
        people = set(Certification.objects.filter(company=site.company_id).values_list("operator_id", flat=True))
        here = _there(people, begin)
        cuts = {begin, now, *(cut for one in here for cut in one), *_hours_between(begin, now)}
        rows: list[SiteAvailability] = []
        for starts_at, ends_at in pairwise(sorted(cut for cut in cuts if begin <= cut <= now)):
            reason = reasons.NONE
            if not is_open(hours[site.company_id], starts_at):
                reason = site_reasons.outside_hours()
            elif not any(since <= starts_at < until for since, until in here):
                reason = site_reasons.nobody_here(of=len(people))
            if rows and rows[-1].code == reason.code:
                rows[-1].ends_at = ends_at
            else:
                rows.append(_row(site, reason, starts_at, ends_at))
        SiteAvailability.objects.bulk_create(rows)
    AvailabilityWatch.objects.update_or_create(pk=1, defaults={"seen_at": now})


def _row(site: Site, reason: PoolReason, starts_at: datetime, ends_at: datetime) -> SiteAvailability:
    return SiteAvailability(
        company_id=site.company_id,
        site_id=site.pk,
        mode=site.unstaffed if reason.code else CHAT,
        level=FULL if reason.code else OPEN,
        code=reason.code,
        facts=reasons.write(reason),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _there(people: set[UUID], begin: datetime) -> list[Stretch]:
    """Return when at least one of these people took chats, in order, without overlap."""
    rows = PresenceInterval.objects.filter(
        operator_id__in=people, state__in=(presence.FREE, presence.FULL), ends_at__gt=begin
    )
    return merged(rows.values_list("starts_at", "ends_at"))


def _hours_between(begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield each full hour: the demo's companies open and close at one."""
    while begin < end:
        yield begin
        begin += timedelta(hours=1)
