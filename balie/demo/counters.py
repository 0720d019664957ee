"""The demo's past in the counters: pages, openings and invitations around the chats that were."""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

from agency.domain.facts.counters import Counts
from agency.domain.hours.periods import half_hour
from agency.services.facts.counters import Place, add_counts
from balie.demo.past import DAYS, ZONE
from chat.models import Chat
from chat.services.texts.texts import pick_greeting
from tenants.context import in_company
from tenants.models import Site

_HALF_HOUR = timedelta(minutes=30)
# Local hours in which somebody is on the pages, and how many pages each chat comes with.
_BUSY, _PAGES = range(7, 24), (20, 45)


def write_counters(*, now: datetime) -> None:
    """Give each site of the demo the counters of its past."""
    for site in Site.objects.select_related("company"):
        add_counts(_counted(site, now))


def _counted(site: Site, now: datetime) -> dict[Place, Counts]:
    draw = Random(f"counters {site.company.slug}")
    counts: defaultdict[Place, Counts] = defaultdict(Counts)
    at = half_hour(now, "UTC") - timedelta(days=DAYS)
    while at <= now:
        if at.astimezone(ZONE).hour in _BUSY:
            counts[Place(site.pk, "", at)] += Counts(shown=draw.randint(*_PAGES))
        at += _HALF_HOUR
    with in_company(site.company):
        chats = list(Chat.objects.order_by("opened_at").values_list("opened_at", "page_url"))
        keys = {url: _key(site, url) for _, url in chats}
    for opened_at, url in chats:
        start, went_away = half_hour(opened_at, "UTC"), draw.randrange(2)
        invited = draw.randrange(3) if site.invite_after else 0
        accepted = min(invited, draw.randrange(2))
        counts[Place(site.pk, "", start)] += Counts(shown=draw.randint(*_PAGES))
        counts[Place(site.pk, keys[url], start)] += Counts(
            opened=1 + went_away, began=1, accepted=accepted, invited=invited, dismissed=(invited - accepted) // 2
        )
    return dict(counts)


def _key(site: Site, url: str) -> str:
    greeting = pick_greeting(site.language, site.company.tone, url, None)
    return greeting.key if greeting else ""
