"""From a public name (site key, portal host) to a company. Only ready companies are found."""

import re
import time
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from tenants import memory
from tenants.models import Company, Domain, Site

# How long a found or missing name is believed, in seconds: a new site answers within 2 s, and a guesser of
# keys costs one query per key and 2 s at most.
TTL = 2.0
# A guesser of keys fills no more than this, about 2 MB.
_MOST = 4_096
# Anything else is nobody's key, and may hold what PostgreSQL refuses (NUL).
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """The facts of a site for the live path: enough to find its company's schema and to check an origin."""

    id: UUID
    key: str
    name: str
    language: str
    origins: frozenset[str]
    company_id: UUID
    schema_name: str


_sites: dict[str, tuple[float, SiteFacts | None]] = memory.bounded(_MOST)


def find_site(key: str) -> SiteFacts | None:
    """The site with this public key, at most 2 s old, or None."""
    now = time.monotonic()
    held = _sites.get(key)
    if held is not None and held[0] > now:
        return held[1]
    row = (
        Site.objects.select_related("company").filter(key=key, company__ready=True).first()
        if _KEY.fullmatch(key)
        else None
    )
    facts = _facts(row) if row is not None else None
    _sites[key] = (now + TTL, facts)
    return facts


def remembered_site(key: str) -> SiteFacts | None:
    """The site with this public key if it was found within the last 2 s: no query, so no thread is needed."""
    held = _sites.get(key)
    return held[1] if held is not None and held[0] > time.monotonic() else None


def find_company_by_host(host: str) -> Company | None:
    """The ready company whose portal answers on `host` (no port), or None."""
    domain = Domain.objects.select_related("tenant").filter(domain=host, tenant__ready=True).first()
    return domain.tenant if domain else None


def hold_live(company_id: UUID) -> bool:
    """Keep a live company from being paused or dropped until the transaction ends. False if it is paused or gone."""
    with connection.cursor() as cursor:
        # Not left to the foreign keys of what is written next: those are looked at when the transaction commits. No
        # more than the key is held, so that nobody who saves settings holds up a visitor; a pause locks the whole row.
        cursor.execute(
            "SELECT 1 FROM tenants_company WHERE id = %s AND ready AND live_at IS NOT NULL FOR KEY SHARE", [company_id]
        )
        return cursor.fetchone() is not None


def _facts(row: Site) -> SiteFacts:
    return SiteFacts(
        id=row.id,
        key=row.key,
        name=row.name,
        language=row.language,
        origins=frozenset(row.origins),
        company_id=row.company_id,
        schema_name=row.company.schema_name,
    )
