"""Seats: who is here. Presence is the lease (15 s, renewed each 5 s), not a socket."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from agency.domain.capacity import LEVEL_CAPACITY, weighted_load
from agency.domain.routing import Candidate
from agency.models import Certification, Operator, PoolEntry, Seat

LEASE = timedelta(seconds=15)
# An operator certified for the version before the newest may go on for a week.
GRACE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who could be offered a chat: how many seats, and the free slots of all of them."""

    seats: int
    free_slots: int


@transaction.atomic
def take_seat(*, operator: Operator, now: datetime) -> Seat:
    """Give the seat to the console that asks: its epoch rises, and older consoles can only read."""
    Seat.objects.get_or_create(operator=operator)
    seat = Seat.objects.select_for_update().get(operator=operator)
    seat.epoch += 1
    seat.lease_until = now + LEASE
    seat.capacity = LEVEL_CAPACITY[operator.level]
    if seat.used == 0:
        seat.idle_since = now
    seat.draining = False
    seat.save(update_fields=["epoch", "lease_until", "capacity", "idle_since", "draining"])
    return seat


def find_or_make_seat(operator: Operator) -> Seat:
    """The operator's seat, as it is."""
    seat, _ = Seat.objects.get_or_create(operator=operator)
    return seat


def renew(*, operator_id: UUID, epoch: int, now: datetime) -> Seat | None:
    """Renew the lease; None if another console holds the seat by now."""
    renewed = Seat.objects.filter(operator_id=operator_id, epoch=epoch).update(
        lease_until=now + LEASE
    )
    return Seat.objects.get(operator_id=operator_id) if renewed else None


def pause(*, operator_id: UUID, epoch: int, on: bool, reason: str) -> Seat | None:
    """Begin or end a break; None if another console holds the seat by now."""
    changed = Seat.objects.filter(operator_id=operator_id, epoch=epoch).update(
        paused=on, pause_reason=reason if on else ""
    )
    return Seat.objects.get(operator_id=operator_id) if changed else None


def end_lease(*, operator_id: UUID, now: datetime) -> None:
    """The operator signed out: the seat is free at once, and the sweep hands its chats on."""
    Seat.objects.filter(operator_id=operator_id, lease_until__gt=now).update(lease_until=now)


def end_seat(*, operator_id: UUID, now: datetime) -> None:
    """End a seat for good: the lease is over and its epoch past, so no console that is still open can renew it or write."""
    end_lease(operator_id=operator_id, now=now)
    Seat.objects.filter(operator_id=operator_id).update(epoch=F("epoch") + 1)


def lock_seat(operator_id: UUID) -> Seat:
    """The seat, locked until the transaction ends. After the pool entries, before the company's rows."""
    return Seat.objects.select_for_update(no_key=True).get(operator_id=operator_id)


def occupy(seat: Seat) -> None:
    """Use one slot of a locked seat. IntegrityError if there is none: the database holds that rule."""
    Seat.objects.filter(pk=seat.pk).update(used=F("used") + 1)
    seat.used += 1


def free(seat: Seat, *, now: datetime) -> None:
    """Give back one slot of a locked seat."""
    seat.used -= 1
    if seat.used == 0:
        seat.idle_since = now
    seat.save(update_fields=["used", "idle_since"])


def list_lost_seats(now: datetime) -> list[UUID]:
    """Operators whose lease ended while they hold or are offered chats."""
    held = PoolEntry.objects.filter(operator__seat__lease_until__lte=now, state="open")
    offered = PoolEntry.objects.filter(offered_to__seat__lease_until__lte=now, state="offered")
    return sorted(
        {
            *held.values_list("operator_id", flat=True),
            *offered.values_list("offered_to_id", flat=True),
        }
    )


def list_candidates(now: datetime) -> list[Candidate]:
    """Every operator with a lease, with what they may do and how busy they are; three queries."""
    seats = list(Seat.objects.filter(lease_until__gt=now).select_related("operator"))
    ids = [seat.operator_id for seat in seats]
    certified = _certified(ids, now)
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
        operator__in=_certifications(now).filter(company=company_id).values("operator"),
    )
    slots = list(fit.values_list("capacity", "used"))
    return Staff(len(slots), sum(max(0, capacity - used) for capacity, used in slots))


def list_certified_companies(operator_id: UUID, now: datetime) -> list[UUID]:
    """The companies this operator may be offered chats of: certified for the current instruction, or in its grace."""
    return sorted(_certified([operator_id], now)[operator_id])


def count_certified(operator_ids: Iterable[UUID], now: datetime) -> dict[UUID, int]:
    """For how many companies each of these operators may be offered chats; one query."""
    return {pk: len(companies) for pk, companies in _certified(operator_ids, now).items()}


def _certified(operator_ids: Iterable[UUID], now: datetime) -> defaultdict[UUID, set[UUID]]:
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    rows = _certifications(now).filter(operator__in=operator_ids)
    for operator_id, company_id in rows.values_list("operator_id", "company_id"):
        found[operator_id].add(company_id)
    return found


def _certifications(now: datetime) -> QuerySet[Certification]:
    """Those that count now."""
    current = Q(company__instruction_version__major__lte=F("major"))
    in_grace = Q(
        company__instruction_version__major=F("major") + 1,
        company__instruction_version__changed_at__gt=now - GRACE,
    )
    return Certification.objects.filter(
        current | in_grace, company__ready=True, operator__user__is_active=True
    )
