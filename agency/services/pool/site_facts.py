"""Facts that change by hand only: sites, hours, promises, and which operators may answer for which companies.

A process keeps it and asks each time for its version alone, as certifications are 100,000 rows where 400 operators each
know 250 of 1,000 companies.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast

from agency.domain.hours import hours as clock
from agency.domain.hours.hours import Hours
from agency.domain.pool.slots import bits
from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.models import Operator, Promise
from agency.services.certification.valid_certificates import certifications
from agency.services.hours.agreement import list_hours
from tenants.models import Site

# Time changes it too: a certification expires, a day ends. Read again after so long, whatever its version.
GOOD_FOR = timedelta(seconds=60)

# xmin is the transaction that wrote a row, so a row added, changed or removed changes count or sum, whoever did it and
# in whatever order they committed. Of people only who is active counts: a sign-in writes there too.
_VERSION = """
    SELECT count(*), sum(xmin::text::bigint) FROM tenants_site
    UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM tenants_company
    UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM agency_openinghours
    UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM agency_datedhours
    UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM agency_promise
    UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM agency_instructionversion
    UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM agency_operator
    UNION ALL SELECT count(*), sum(xmin::text::bigint) FROM agency_certification
    UNION ALL SELECT count(*), sum(hashtext(id::text)) FROM agency_user WHERE is_active
"""


@dataclass(slots=True)
class PoolFacts:
    """The sites of all ready companies, and the operators as numbers, so that a set of them is a
    whole number of bits.
    """

    version: tuple[Any, ...]
    good_until: datetime
    sites: list[Site]
    hours: dict[UUID, Hours]
    promises: dict[UUID, int]
    numbers: dict[UUID, int]
    certified: dict[UUID, int]
    speakers: dict[str, int]
    # Chats at once, for those who may have only so many of a company's: company, operator's number, chats.
    limits: dict[UUID, dict[int, int]]
    _doors: dict[UUID, tuple[datetime, datetime | None, datetime | None]] = field(default_factory=dict)

    def who(self, company_id: UUID, language: str) -> int:
        """Return the operators who may answer this company's chats in this language."""
        return self.certified.get(company_id, 0) & self.speakers.get(language, 0)

    def promise_of(self, company_id: UUID) -> int:
        """Seconds to a first answer."""
        return self.promises.get(company_id, DEFAULT_PROMISE_SECONDS)

    def doors(self, company_id: UUID, now: datetime) -> tuple[datetime | None, datetime | None]:
        """When the company closes (None: it is closed) and opens (None: it is open, or doesn't soon). Exact to the
        instant.

        Remembered up to that instant: hours are the dearest part of a reading.
        """
        held = self._doors.get(company_id)
        if held is None or now >= held[0]:
            hours = self.hours[company_id]
            closes = clock.closes_at(hours, now)
            opens = None if closes is not None else clock.opens_at(hours, now)
            held = self._doors[company_id] = (closes or opens or self.good_until, closes, opens)
        return held[1:]


def read_standing(now: datetime, version: tuple[Any, ...] | None = None) -> PoolFacts:
    """Read all of it: eight queries, whatever the number of companies."""
    version = version or read_version()
    sites = list(Site.objects.filter(company__ready=True).select_related("company"))
    companies = {site.company_id: site.company for site in sites}
    promises, next_promise = _promises(now)
    speaks = list(Operator.objects.order_by("pk").values_list("pk", "languages"))
    numbers = {pk: number for number, (pk, _) in enumerate(speaks)}
    spoken: defaultdict[str, list[int]] = defaultdict(list)
    for pk, languages in speaks:
        for language in languages:
            spoken[language].append(numbers[pk])
    return PoolFacts(
        version=version,
        good_until=min(now + GOOD_FOR, next_promise or now + GOOD_FOR),
        sites=sites,
        hours=list_hours(companies.values()),
        promises=promises,
        numbers=numbers,
        certified=_certified(now, numbers),
        speakers={language: bits(who) for language, who in spoken.items()},
        limits=_limits(now, numbers),
    )


def refresh(held: PoolFacts | None, now: datetime) -> PoolFacts:
    """Return the remembered facts while they are good, at the price of their version, else new ones."""
    version = read_version()
    if held is not None and held.version == version and now < held.good_until:
        return held
    return read_standing(now, version)


def read_version() -> tuple[Any, ...]:
    """Changes with every row that is written."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        return tuple(cursor.fetchall())


def _certified(now: datetime, numbers: dict[UUID, int]) -> dict[UUID, int]:
    """Return who counts for each company. As one text a company: 100,000 UUIDs one by one would take a second."""
    by_text = {str(pk): number for pk, number in numbers.items()}
    who = StringAgg(Cast("operator", TextField()), delimiter=" ")
    rows = certifications(now).order_by().values("company").annotate(who=who)
    return {
        company_id: bits([by_text[one] for one in found.split() if one in by_text])
        for company_id, found in rows.values_list("company", "who")
    }


def _limits(now: datetime, numbers: dict[UUID, int]) -> dict[UUID, dict[int, int]]:
    found: defaultdict[UUID, dict[int, int]] = defaultdict(dict)
    rows = certifications(now).filter(chat_limit__isnull=False)
    for company_id, operator_id, limit in rows.values_list("company", "operator", "chat_limit"):
        if limit is not None and operator_id in numbers:
            found[company_id][numbers[operator_id]] = limit
    return dict(found)


def _promises(now: datetime) -> tuple[dict[UUID, int], datetime | None]:
    """The promises in force, and when the next one comes into force."""
    rows = Promise.objects.order_by("company_id", "version")
    promises, coming = {}, []
    for company_id, seconds, valid_from in rows.values_list("company", "seconds", "valid_from"):
        if valid_from <= now:
            promises[company_id] = seconds
        else:
            coming.append(valid_from)
    return promises, min(coming, default=None)
