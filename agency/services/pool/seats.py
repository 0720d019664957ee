"""Seats: who is here. Presence is the lease (15 s, renewed each 5 s), not a socket."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Least

from agency.domain.pool.capacity import LEVEL_CAPACITY
from agency.models import Operator, PoolEntry, Seat, User
from agency.services.pool.drains import follow_shifts

LEASE = timedelta(seconds=15)
# Longer than a page takes to load anew and say hello.
CLOSING = timedelta(seconds=5)
# Twice a lease: long enough to see that a console closed, and to open it again.
KEEP = timedelta(seconds=30)


@transaction.atomic
def take_seat(*, operator: Operator, now: datetime, session: str = "") -> Seat:
    """Give the seat to the console that asks: its epoch rises, and older consoles can only read.

    A page that is loaded again drains as it did. Who was away longer than a lease begins anew, in the shift that runs
    now or without one; only a manager's drain outlives that.

    Args:
        session: the session of the console that asks.
    """
    Seat.objects.get_or_create(operator=operator)
    seat = Seat.objects.select_for_update().get(operator=operator)
    if max(seat.lease_until, seat.kept_until or seat.lease_until) <= now:
        seat.shift_ends_at = None
        if seat.drain_reason != Seat.DrainReason.MANAGER:
            seat.draining, seat.drain_reason = False, ""
    seat.epoch += 1
    seat.lease_until, seat.kept_until, seat.session = now + LEASE, None, session
    seat.capacity = LEVEL_CAPACITY[operator.level]
    if seat.used == 0:
        seat.idle_since = now
    seat.as_of = now
    seat.save(
        update_fields=[
            "as_of",
            "epoch",
            "lease_until",
            "kept_until",
            "session",
            "capacity",
            "idle_since",
            "draining",
            "drain_reason",
            "shift_ends_at",
        ]
    )
    if follow_shifts(now=now, operator_id=operator.pk):
        seat.refresh_from_db()
    return seat


def find_or_make_seat(operator: Operator) -> Seat:
    """The operator's seat, as it is."""
    seat, _ = Seat.objects.get_or_create(operator=operator)
    return seat


def renew(*, operator_id: UUID, epoch: int, now: datetime) -> Seat | None:
    """Renew the lease. None if another console holds the seat by now."""
    renewed = Seat.objects.filter(operator_id=operator_id, epoch=epoch).update(lease_until=now + LEASE, as_of=now)
    return Seat.objects.select_related("operator").get(pk=operator_id) if renewed else None


def shorten(*, operator_id: UUID, epoch: int, now: datetime) -> None:
    """Let the lease end within 5 s, as its console is being closed. A page that is loaded again takes the seat before
    that.
    """
    Seat.objects.filter(operator_id=operator_id, epoch=epoch).update(
        lease_until=Least("lease_until", Value(now + CLOSING)), as_of=now
    )


def pause(*, operator_id: UUID, epoch: int, on: bool, reason: str, now: datetime) -> Seat | None:
    """Begin or end a break. None if another console holds the seat by now.

    A break that goes on under another reason began when it began.
    """
    changed = Seat.objects.filter(operator_id=operator_id, epoch=epoch).update(
        paused=on,
        pause_reason=reason if on else "",
        paused_at=Coalesce("paused_at", Value(now)) if on else None,
        as_of=now,
    )
    return Seat.objects.get(operator_id=operator_id) if changed else None


@transaction.atomic
def drain(*, operator_id: UUID, on: bool, reason: str, now: datetime) -> Seat | None:
    """Stop new chats for one operator, or let them come again. Held chats go on.

    The operator ends only their own drain, a manager also ends that; a manager's goes over the others. What the shift
    asks for holds again at once when another drain ends.

    Args:
        reason: who says so, one of `Seat.DrainReason`: "manager" or "own" ("shift" is `follow_shifts`'s to say).

    Returns:
        The seat as it is then; None if there is none, or if this drain is not theirs to end.
    """
    if reason not in (Seat.DrainReason.MANAGER, Seat.DrainReason.OWN):
        raise ValueError(f"nobody drains a seat for {reason!r}")
    seat = Seat.objects.select_for_update(no_key=True).filter(operator_id=operator_id).first()
    if seat is None:
        return None
    by_manager = reason == Seat.DrainReason.MANAGER
    if on:
        if by_manager or not seat.draining:
            seat.draining, seat.drain_reason = True, reason
    elif not seat.draining:
        return seat
    elif seat.drain_reason == reason or (by_manager and seat.drain_reason == Seat.DrainReason.OWN):
        seat.draining, seat.drain_reason = False, ""
    else:
        return None
    seat.as_of = now
    seat.save(update_fields=["draining", "drain_reason", "as_of"])
    follow_shifts(now=now, operator_id=operator_id)
    seat.refresh_from_db()
    return seat


def end_lease(*, operator_id: UUID, now: datetime) -> None:
    """Free the seat at once. The sweep hands its chats on."""
    Seat.objects.filter(operator_id=operator_id, lease_until__gt=now).update(lease_until=now, as_of=now)


def end_access(*, user_id: UUID, now: datetime, keep: bool = False) -> None:
    """End what somebody has open because their rights shrank, in the transaction that shrinks them.

    From its commit on nothing is offered to their seat, no console of theirs can renew it or write, and every socket
    closes within 2 s. Somebody without a seat loses only their sockets.

    Args:
        keep: as in `end_seat`.
    """
    User.objects.filter(pk=user_id).update(access_epoch=F("access_epoch") + 1)
    end_seat(operator_id=user_id, now=now, keep=keep)


def end_seat(*, operator_id: UUID, now: datetime, keep: bool = False) -> None:
    """End a seat: the lease is over and its epoch past, so no console that is still open can renew it or write.

    Args:
        keep: whether the chats that are held wait 30 s for their operator to come back; else the next sweep hands them
            on.
    """
    seat = Seat.objects.filter(operator_id=operator_id)
    if keep:
        seat.filter(lease_until__gt=now).update(lease_until=now, kept_until=now + KEEP, as_of=now)
    else:
        seat.update(lease_until=Least("lease_until", Value(now)), kept_until=None, as_of=now)
    seat.update(epoch=F("epoch") + 1, session="", as_of=now)


def leave(*, operator_id: UUID, session: str, now: datetime) -> None:
    """End the seat if a console of this session holds it: its operator signed out. Another
    session's console goes on.
    """
    if session and Seat.objects.filter(operator_id=operator_id, session=session).exists():
        end_seat(operator_id=operator_id, now=now)


def leave_ended(ended: Iterable[tuple[UUID, int]], *, now: datetime) -> None:
    """End the seats of consoles whose session is over, unless something else ended them or another console took them.

    Args:
        ended: operator, and the epoch of the seat that their console took.
    """
    for operator_id, epoch in ended:
        if Seat.objects.filter(operator_id=operator_id, epoch=epoch).exists():
            end_seat(operator_id=operator_id, now=now)


def lock_seat(operator_id: UUID) -> Seat:
    """The seat, locked until the transaction ends. After the pool entries, before the company's rows."""
    return Seat.objects.select_for_update(no_key=True).get(operator_id=operator_id)


def occupy(seat: Seat, *, now: datetime) -> None:
    """Use one slot of a locked seat. IntegrityError if there is none: the database holds that rule."""
    Seat.objects.filter(pk=seat.pk).update(used=F("used") + 1, as_of=now)
    seat.used += 1


def free(seat: Seat, *, now: datetime) -> None:
    """Give back one slot of a locked seat."""
    seat.used -= 1
    if seat.used == 0:
        seat.idle_since = now
    seat.as_of = now
    seat.save(update_fields=["used", "idle_since", "as_of"])


def list_lost_seats(now: datetime) -> list[UUID]:
    """List operators whose lease ended while they hold chats that aren't kept for them, or are asked to take one."""
    held = PoolEntry.objects.filter(operator__seat__lease_until__lte=now, state="open").exclude(
        operator__seat__kept_until__gt=now
    )
    offered = PoolEntry.objects.filter(offered_to__seat__lease_until__lte=now)
    return sorted(
        {
            *held.values_list("operator_id", flat=True),
            *offered.values_list("offered_to_id", flat=True),
        }
    )
