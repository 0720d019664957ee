"""Operators who could be offered a chat now, with the facts that the router weighs."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q

from agency.domain.certification import GRACE
from agency.domain.pool import capacity
from agency.domain.pool.routing import Candidate
from agency.models import PoolEntry, Seat
from agency.services.certification.valid_certificates import (
    Known,
    certifications,
    counts_sql,
    list_known,
)
from agency.services.pool import router_sql

# The free people of one company as JSON, with what they hold summed up: its own certifications and no others are read.
# That these conditions are those of `certifications` is held by tests/agency/services/pool/test_candidates.py. The
# OFFSET has the planner begin at the company's free people: it takes a language for rarer than that, and would look at
# every operator (2.2 ms, not 0.8). The weights come in tenths. Every change of what somebody holds changes their seat's
# row, so its version (xmin, the number of the transaction that wrote it) stands for all of this.
_ABLE = """
SELECT coalesce(json_agg(able), '[]')::text FROM (
    SELECT s.operator_id, s.version, o.languages, s.capacity, s.used, s.idle_since, s.draining, o.is_lead, o.level,
           o.load_limit, s.chat_limit, s.read_major >= v.major AS has_read, held.tenths, held.own
    FROM (
        SELECT s.*, s.xmin::text AS version, c.company_id, c.major, c.read_major, c.chat_limit, c.expires_at
        FROM agency_certification c JOIN agency_seat s USING (operator_id)
        WHERE c.company_id = {company} AND s.lease_until > %(now)s AND NOT s.paused AND s.used < s.capacity
        OFFSET 0
    ) s
    JOIN agency_instructionversion v USING (company_id)
    JOIN agency_operator o ON o.user_id = s.operator_id
    JOIN agency_user u ON u.id = s.operator_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE WHEN e.offered_to_id = s.operator_id THEN {waiting}
            WHEN e.state = 'wrap_up' THEN {wrap_up}
                                 WHEN e.turn = 'visitor' THEN {silent} ELSE {waiting} END), 0) AS tenths,
               count(*) FILTER (WHERE e.company_id = {company} AND e.state <> 'wrap_up') AS own
        FROM agency_poolentry e WHERE e.operator_id = s.operator_id OR e.offered_to_id = s.operator_id
    ) held
    WHERE u.is_active AND {language} = ANY(o.languages) AND {certified}
) able
"""


def able_sql(*, company: str, language: str) -> str:
    """Return a query of one value for `read_able`. Company and language are given as SQL, facts as `able_facts`."""
    return _ABLE.format(
        company=company,
        language=language,
        certified=counts_sql("s", "v"),
        waiting=round(capacity.WAITING_FOR_ME * 10),
        silent=round(capacity.VISITOR_SILENT * 10),
        wrap_up=round(capacity.WRAP_UP * 10),
    )


def able_facts(now: datetime) -> dict[str, Any]:
    """Parameters of the query of `able_sql`."""
    return {"now": now, "graced": now - GRACE}


_OF_COMPANY = able_sql(company="%(company)s", language="%(language)s")


@dataclass(frozen=True, slots=True)
class Staff:
    """The number of seats that could be offered a chat, and the free slots of all of them."""

    seats: int
    free_slots: int


def list_able(company_id: UUID, language: str, now: datetime) -> list[Candidate]:
    """List the operators who could be offered a chat of this company now. One query, at the cost of its own free
    people.
    """
    facts = able_facts(now) | {"company": company_id, "language": language}
    (row,) = router_sql.fetch(_OF_COMPANY, facts)
    return read_able(company_id, row["coalesce"])


def read_able(company_id: UUID, able: str) -> list[Candidate]:
    """The candidates that the query of `able_sql` found."""
    return [_from_able(company_id, one) for one in _decoder.decode(able)]


def list_candidates(now: datetime, company_ids: Collection[UUID] | None = None) -> list[Candidate]:
    """List every operator with a lease, what they may do and how busy they are. Three queries.

    Args:
        company_ids: only what concerns these companies: others' certifications aren't read, nor people without one of
            these.
    """
    here = Seat.objects.filter(lease_until__gt=now)
    if company_ids is not None:
        able = certifications(now).filter(company__in=company_ids).values("operator")
        here = here.filter(operator__in=able)
    seats = list(here.select_related("operator"))
    ids = [seat.operator_id for seat in seats]
    known = list_known(ids, now, company_ids)
    held = _list_held(ids)
    return [_candidate(seat, known.get(seat.pk, {}), held[seat.pk]) for seat in seats]


def count_staff(company_id: UUID, language: str, now: datetime) -> Staff:
    """Count the seats that could be offered a new chat of this company, perhaps after another, and their free slots.
    One query.
    """
    fit = Seat.objects.filter(
        lease_until__gt=now,
        paused=False,
        draining=False,
        operator__languages__contains=[language],
        operator__in=certifications(now).filter(company=company_id).values("operator"),
    )
    slots = list(fit.values_list("capacity", "used"))
    return Staff(len(slots), sum(max(0, most - used) for most, used in slots))


Held = tuple[UUID, str, str]


class _Able(msgspec.Struct):
    operator_id: UUID
    version: str
    languages: frozenset[str]
    capacity: int
    used: int
    idle_since: datetime
    draining: bool
    is_lead: bool
    level: str
    load_limit: float | None
    chat_limit: int | None
    has_read: bool
    tenths: int
    own: int


_decoder = msgspec.json.Decoder(list[_Able])


def _from_able(company_id: UUID, able: _Able) -> Candidate:
    return Candidate(
        operator_id=able.operator_id,
        certified=frozenset((company_id,)),
        languages=able.languages,
        capacity=able.capacity,
        used=able.used,
        load=able.tenths / 10,
        idle_since=able.idle_since,
        draining=able.draining,
        is_lead=able.is_lead,
        load_limit=capacity.load_limit(able.level, able.load_limit),
        chat_limits={} if able.chat_limit is None else {company_id: able.chat_limit},
        chats={company_id: able.own},
        unread=frozenset() if able.has_read else frozenset((company_id,)),
        seat_version=able.version,
    )


def _list_held(operator_ids: Collection[UUID]) -> defaultdict[UUID, list[Held]]:
    """Return company, state and turn of all that each operator holds or is asked for. A transfer counts for both."""
    found: defaultdict[UUID, list[Held]] = defaultdict(list)
    rows = PoolEntry.objects.filter(Q(operator__in=operator_ids) | Q(offered_to__in=operator_ids))
    for holder_id, asked_id, company_id, state, turn in rows.values_list(
        "operator_id", "offered_to_id", "company_id", "state", "turn"
    ):
        if holder_id is not None:
            found[holder_id].append((company_id, state, turn))
        if asked_id is not None:
            found[asked_id].append((company_id, PoolEntry.State.OFFERED, turn))
    return found


def _candidate(seat: Seat, known: dict[UUID, Known], held: Iterable[Held]) -> Candidate:
    held = list(held)
    chats: defaultdict[UUID, int] = defaultdict(int)
    for company_id, state, _ in held:
        chats[company_id] += state != "wrap_up"
    operator = seat.operator
    own_limit = None if operator.load_limit is None else float(operator.load_limit)
    return Candidate(
        operator_id=seat.operator_id,
        certified=frozenset(known),
        languages=frozenset(operator.languages),
        capacity=seat.capacity,
        used=seat.used,
        load=capacity.weighted_load((state, turn) for _, state, turn in held),
        idle_since=seat.idle_since,
        paused=seat.paused,
        draining=seat.draining,
        is_lead=operator.is_lead,
        load_limit=capacity.load_limit(operator.level, own_limit),
        chat_limits={pk: one.chat_limit for pk, one in known.items() if one.chat_limit is not None},
        chats=dict(chats),
        unread=frozenset(pk for pk, one in known.items() if not one.read),
    )
