"""On which sites the code has been seen: written by web processes, read by whoever waits for it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, F, Func, Max, QuerySet

from agency.models import SiteSighting

# In whatever number of processes: a row is written anew after an hour. A site removed meanwhile leaves none.
_WRITE = """
    INSERT INTO agency_sitesighting AS held (site_id, origin, first_at, last_at)
    SELECT site.id, said.origin, %(now)s, %(now)s
    FROM unnest(%(sites)s::uuid[], %(origins)s::text[]) AS said(site, origin)
    JOIN tenants_site site ON site.id = said.site
    ORDER BY site.id, said.origin
    ON CONFLICT (site_id, origin) DO UPDATE SET last_at = excluded.last_at
    WHERE held.last_at <= excluded.last_at - interval '1 hour'
"""


class _IsOneOf(Func):
    """Whether a value is among those of an array."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def note_sightings(pairs: Iterable[tuple[UUID, str]], now: datetime) -> None:
    """Store where the code was just seen, in one statement.

    Args:
        pairs: a site and an origin that it allows.
    """
    seen = sorted(set(pairs))
    facts: dict[str, Any] = {
        "now": now,
        "sites": [site_id for site_id, _ in seen],
        "origins": [origin for _, origin in seen],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, facts)


def allowed_sightings() -> QuerySet[SiteSighting]:
    """Those on an origin that the site still allows: one of an address that was changed since proves nothing."""
    return SiteSighting.objects.filter(_IsOneOf(F("origin"), F("site__origins")))


def last_seen() -> Max:
    """Return, as an annotation of sites, when the code was last seen on one of its addresses, to the hour."""
    return Max("sightings__last_at", filter=_IsOneOf(F("sightings__origin"), F("origins")))
