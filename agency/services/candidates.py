"""Who could be offered a chat now, with the facts that the router weighs."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from agency.domain.capacity import weighted_load
from agency.domain.routing import Candidate
from agency.models import PoolEntry, Seat
from agency.services.certified import certifications, list_certified


@dataclass(frozen=True, slots=True)
class Staff:
    """Who could be offered a chat: how many seats, and the free slots of all of them."""

    seats: int
    free_slots: int


def list_candidates(now: datetime) -> list[Candidate]:
    """Every operator with a lease, with what they may do and how busy they are; three queries."""
    seats = list(Seat.objects.filter(lease_until__gt=now).select_related("operator"))
    ids = [seat.operator_id for seat in seats]
    certified = list_certified(ids, now)
    loads: defaultdict[UUID, list[tuple[str, str]]] = defaultdict(list)
    busy = PoolEntry.objects.filter(Q(operator__in=ids) | Q(offered_to__in=ids))
    for holder_id, asked_id, state, turn in busy.values_list(
        "operator_id", "offered_to_id", "state", "turn"
    ):
        loads[holder_id or asked_id].append((state, turn))
    return [
        Candidate(
            operator_id=seat.operator_id,
            certified=frozenset(certified[seat.operator_id]),
            languages=frozenset(seat.operator.languages),
            capacity=seat.capacity,
            used=seat.used,
            load=weighted_load(loads[seat.operator_id]),
            idle_since=seat.idle_since,
            paused=seat.paused,
            draining=seat.draining,
        )
        for seat in seats
    ]


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
    return Staff(len(slots), sum(max(0, capacity - used) for capacity, used in slots))
