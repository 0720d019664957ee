"""What a manager does to somebody's desk: no new chats, signed out, or a company less. All of it is kept in the log."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from agency.live.switchboard import send_on_commit
from agency.models import Operator, PoolEntry, Seat, User
from agency.services import certification, presence
from agency.services.audit import note_change
from chat.services.assignment.steps import State, lock_seats, requeue, seat_event
from tenants.models import Company


@transaction.atomic
def drain_desk(*, operator_id: UUID, on: bool, by: User, reason: str, now: datetime) -> bool:
    """Stop new chats for one operator, or let them come again; the console is told. False: there is nothing to change.

    Args:
        reason: why, in the manager's words; the log keeps at most 200 characters of it.
    """
    before = Seat.objects.filter(pk=operator_id).values_list("draining", flat=True).first()
    seat = presence.drain(operator_id=operator_id, on=on, reason=Seat.DrainReason.MANAGER, now=now)
    if seat is None or before is None or (not on and not before):
        return False
    note_change(
        actor=by,
        action="seat.drained" if on else "seat.undrained",
        about=seat.operator,
        changes={"reason": ("", reason[:200])},
        now=now,
    )
    send_on_commit([seat_event(seat)])
    return True


@transaction.atomic
def sign_out(*, operator_id: UUID, by: User, reason: str, now: datetime) -> bool:
    """End somebody's seat and close their console within 2 s; the sweep hands the chats on. False: they weren't here.

    Args:
        reason: why, in the manager's words; the log keeps at most 200 characters of it.
    """
    seat = Seat.objects.select_related("operator__user").filter(pk=operator_id).first()
    if seat is None or seat.lease_until <= now:
        return False
    presence.end_access(user_id=operator_id, now=now)
    note_change(
        actor=by,
        action="seat.signed_out",
        about=seat.operator,
        changes={"reason": ("", reason[:200])},
        now=now,
    )
    return True


def revoke(
    *, operator: Operator, company: Company, by: User, hand_over: bool, now: datetime
) -> bool:
    """Take a certification back, and say what becomes of the company's chats in hand. False if there was none.

    Whatever is chosen holds in the database from the commit on: chats that are handed over are in the queue then, and those to
    be finished are still the operator's when the console is opened again.

    Args:
        hand_over: whether they go to colleagues now, at the head of the queue; else the operator finishes them.
    """
    while True:
        with transaction.atomic():
            handed_over = _hand_over(operator, company, now) if hand_over else None
            if not hand_over or handed_over is not None:
                return certification.revoke(
                    operator=operator, company=company, by=by, now=now, handed_over=handed_over
                )


def count_in_hand(operator: Operator, company: Company) -> int:
    """How many open chats of a company an operator holds."""
    return _in_hand(operator, company).count()


def _hand_over(operator: Operator, company: Company, now: datetime) -> int | None:
    """Put the company's open chats of an operator back into the queue.

    Returns:
        How many; None if one was accepted before the seat was locked: nothing is done then, try again.
    """
    entries = list(
        _in_hand(operator, company)
        .select_for_update(no_key=True, of=("self",))
        .select_related("company")
        .order_by("chat_id")
    )
    asked = {entry.offered_to_id for entry in entries if entry.offered_to_id}
    seats = lock_seats({operator.pk, *asked})
    # Entries are locked before seats; whoever accepts needs this seat, so from here on none can come.
    if _in_hand(operator, company).count() > len(entries):
        return None
    for entry in entries:
        requeue(entry, seats, gone="requeued", reason="certification revoked", now=now)
    return len(entries)


def _in_hand(operator: Operator, company: Company) -> QuerySet[PoolEntry]:
    return PoolEntry.objects.filter(operator=operator, company=company, state=State.OPEN)
