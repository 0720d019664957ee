"""Who could be offered a chat now, with the facts that the router weighs."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from agency.domain import capacity
from agency.domain.certifying import GRACE
from agency.domain.routing import Candidate
from agency.models import PoolEntry, Seat
from agency.services import prepared
from agency.services.certified import Known, certifications, list_known

# One company's people who have a seat, with what they hold summed up: its own certifications and no others are read. That
# these conditions are those of `certifications` is held by tests/services/test_candidates.py. The OFFSET has the planner begin
# at the company: it takes a language for rarer than that, and would look for every operator's certification (2.2 ms, not 0.9).
# The weights come in tenths.
_OF_COMPANY = """
SELECT s.operator_id, o.languages, s.capacity, s.used, s.idle_since, s.draining, o.is_lead, o.level, o.load_limit,
       c.chat_limit, c.read_major >= v.major AS has_read, held.tenths, held.own
FROM (SELECT * FROM agency_certification WHERE company_id = %(company)s OFFSET 0) c
JOIN agency_instructionversion v ON v.company_id = c.company_id
JOIN agency_seat s ON s.operator_id = c.operator_id
JOIN agency_operator o ON o.user_id = c.operator_id
JOIN agency_user u ON u.id = c.operator_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE WHEN e.offered_to_id = s.operator_id THEN %(waiting)s WHEN e.state = 'wrap_up' THEN %(wrap_up)s
                             WHEN e.turn = 'visitor' THEN %(silent)s ELSE %(waiting)s END), 0) AS tenths,
           count(*) FILTER (WHERE e.company_id = %(company)s AND e.state <> 'wrap_up') AS own
    FROM agency_poolentry e WHERE e.operator_id = s.operator_id OR e.offered_to_id = s.operator_id
) held
WHERE u.is_active AND %(language)s = ANY(o.languages)
  AND s.lease_until > %(now)s AND NOT s.paused AND s.used < s.capacity
  AND (c.major >= v.major OR c.major = v.major - 1 AND v.changed_at > %(graced)s)
  AND (c.expires_at IS NULL OR c.expires_at > %(graced)s)
"""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who could be offered a chat: how many seats, and the free slots of all of them."""

    seats: int
    free_slots: int


def list_able(company_id: UUID, language: str, now: datetime) -> list[Candidate]:
    """Who could be offered a chat of this company now; one query, whose cost is that of its own free people."""
    facts: dict[str, Any] = {
        "company": company_id,
        "language": language,
        "now": now,
        "graced": now - GRACE,
        "waiting": round(capacity.WAITING_FOR_ME * 10),
        "silent": round(capacity.VISITOR_SILENT * 10),
        "wrap_up": round(capacity.WRAP_UP * 10),
    }
    return [_from_row(company_id, row) for row in prepared.fetch(_OF_COMPANY, facts)]


def list_candidates(now: datetime, company_ids: Collection[UUID] | None = None) -> list[Candidate]:
    """Every operator with a lease, with what they may do and how busy they are; three queries.

    Args:
        company_ids: only what concerns these companies: others' certifications aren't read, nor people without one of these.
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
    """The seats that could be offered a new chat of this company, perhaps after another, and their free slots; one query."""
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


def _from_row(company_id: UUID, row: prepared.Row) -> Candidate:
    own_limit, chat_limit = row["load_limit"], row["chat_limit"]
    return Candidate(
        operator_id=row["operator_id"],
        certified=frozenset((company_id,)),
        languages=frozenset(row["languages"]),
        capacity=row["capacity"],
        used=row["used"],
        load=row["tenths"] / 10,
        idle_since=row["idle_since"],
        draining=row["draining"],
        is_lead=row["is_lead"],
        load_limit=capacity.load_limit(
            row["level"], None if own_limit is None else float(own_limit)
        ),
        chat_limits={} if chat_limit is None else {company_id: chat_limit},
        chats={company_id: row["own"]},
        unread=frozenset() if row["has_read"] else frozenset((company_id,)),
    )


def _list_held(operator_ids: Collection[UUID]) -> defaultdict[UUID, list[Held]]:
    """Company, state and turn of all that each operator holds or is asked for; a transfer counts for both."""
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
