"""The counters of the sites: added to by web processes, read by site and half hour."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from agency.domain.facts.counters import COUNTED, Counts
from agency.domain.hours.periods import day_bounds
from agency.models import SiteCounter

# Any number of processes add to the same rows, in the same order, so they never wait for each other in a ring. A site
# removed meanwhile leaves nothing.
_ADD = f"""
    INSERT INTO agency_sitecounter AS held (company_id, site_id, greeting, starts_at, {", ".join(COUNTED)})
    SELECT site.company_id, site.id, said.greeting, said.starts_at, {", ".join(f"said.{name}" for name in COUNTED)}
    FROM unnest(%(sites)s::uuid[], %(greetings)s::text[], %(starts)s::timestamptz[],
                {", ".join(f"%({name})s::int[]" for name in COUNTED)})
        AS said (site, greeting, starts_at, {", ".join(COUNTED)})
    JOIN tenants_site site ON site.id = said.site
    ORDER BY site.company_id, site.id, said.starts_at, said.greeting
    ON CONFLICT (company_id, site_id, starts_at, greeting)
    DO UPDATE SET {", ".join(f"{name} = held.{name} + excluded.{name}" for name in COUNTED)}
"""  # noqa: S608 -- names of ours


class Place(NamedTuple):
    """Where and when something is counted. `greeting`: the key of one, or "". `starts_at`: of the half hour (UTC)."""

    site_id: UUID
    greeting: str
    starts_at: datetime


def add_counts(counts: Mapping[Place, Counts]) -> None:
    """Add to what is counted so far, in one statement."""
    columns = zip(*(one.figures for one in counts.values()), strict=True)
    facts: dict[str, Any] = {
        "sites": [place.site_id for place in counts],
        "greetings": [place.greeting for place in counts],
        "starts": [place.starts_at for place in counts],
        **dict(zip(COUNTED, map(list, columns), strict=True)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, facts)


def read_day(*, company_id: UUID, site_id: UUID, day: date, zone: str) -> dict[datetime, dict[str, Counts]]:
    """Read what was counted on a site on a local day: by the start of each half hour (UTC), by greeting.

    A half hour in which nothing was counted is missing. One query.
    """
    begin, end = day_bounds(day, zone)
    rows = SiteCounter.objects.filter(
        company_id=company_id, site_id=site_id, starts_at__gte=begin, starts_at__lt=end
    ).order_by("starts_at", "greeting")
    found: defaultdict[datetime, dict[str, Counts]] = defaultdict(dict)
    for row in rows:
        found[row.starts_at][row.greeting] = Counts(*(getattr(row, name) for name in COUNTED))
    return dict(found)
