"""A manager's commands to an operator's desk: no new chats, signed out, or a company less. Each is logged."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from agency.domain.pool import trail_reasons
from agency.domain.pool.reasons import KEPT
from agency.live.switchboard import send_on_commit
from agency.models import Operator, PoolEntry, Seat, User
from agency.services.audit import note_change
from agency.services.certification import certify
from agency.services.pool import seats as pool_seats
from chat.services.assignment.steps import State, lock_seats, requeue, seat_event, take_back
from tenants.models import Company

_REVOKED = trail_reasons.certification_revoked()


@transaction.atomic
def drain_desk(*, operator_id: UUID, on: bool, by: User, reason: str, now: datetime) -> bool:
    """Stop new chats for one operator, or let them come again, and tell the console. False if there is nothing to
    change.

    Args:
        reason: why, in the manager's words; the log keeps at most 200 characters of it.
    """
    before = Seat.objects.filter(pk=operator_id).values_list("draining", flat=True).first()
    seat = pool_seats.drain(operator_id=operator_id, on=on, reason=Seat.DrainReason.MANAGER, now=now)
    if seat is None or before is None or (not on and not before):
        return False
    note_change(
        actor=by,
        action="seat.drained" if on else "seat.undrained",
        about=seat.operator,
        changes={"reason": ("", reason[:KEPT])},
        now=now,
    )
    send_on_commit([seat_event(seat)])
    return True


@transaction.atomic
def sign_out(*, operator_id: UUID, by: User, reason: str, now: datetime) -> bool:
    """End an operator's seat and close their console within 2 s. The sweep hands the chats on. False if they weren't
    here.

    Args:
        reason: why, in the manager's words; the log keeps at most 200 characters of it.
    """
    seat = Seat.objects.select_related("operator__user").filter(pk=operator_id).first()
    if seat is None or seat.lease_until <= now:
        return False
    pool_seats.end_access(user_id=operator_id, now=now)
    note_change(
        actor=by,
        action="seat.signed_out",
        about=seat.operator,
        changes={"reason": ("", reason[:KEPT])},
        now=now,
    )
    return True


def revoke(*, operator: Operator, company: Company, by: User, hand_over: bool, now: datetime) -> bool:
    """Take a certification back, and say what becomes of the company's chats in hand. False if there was none.

    The seat goes on, with the chats of other companies. What is offered of this one is taken back, chats that are
    handed over are in the queue, the console is told; those to be finished stay the operator's like any other.

    Args:
        hand_over: whether they go to colleagues now, at the head of the queue; else the operator finishes them.
    """
    while True:
        with transaction.atomic():
            taken = _take(operator, company, hand_over=hand_over, now=now)
            if taken is not None:
                handed_over = taken if hand_over else None
                return certify.revoke(operator=operator, company=company, by=by, now=now, handed_over=handed_over)


def count_in_hand(operator: Operator, company: Company) -> int:
    """How many open chats of a company an operator holds."""
    return _in_hand(operator, company).count()


def _take(operator: Operator, company: Company, *, hand_over: bool, now: datetime) -> int | None:
    """Put the company's chats that are offered to an operator back into the queue, and with `hand_over` the open ones.

    Returns:
        How many were open; None if one came before the seat was locked: nothing is done then, try again.
    """
    rows = PoolEntry.objects.filter(company=company, offered_to=operator, state=State.OFFERED)
    if hand_over:
        rows |= _in_hand(operator, company)
    entries = list(rows.select_for_update(no_key=True, of=("self",)).select_related("company").order_by("chat_id"))
    asked = {entry.offered_to_id for entry in entries if entry.offered_to_id}
    seats = lock_seats({operator.pk, *asked})
    # Entries are locked before seats; whoever offers or accepts needs this seat, so from here on none can come.
    if set(rows.values_list("pk", flat=True)) != {entry.pk for entry in entries}:
        return None
    opened = [entry for entry in entries if entry.state == State.OPEN]
    for entry in entries:
        if entry in opened:
            requeue(entry, seats, gone="requeued", reason=_REVOKED, now=now)
        else:
            take_back(entry, seats, reason=_REVOKED, now=now)
    return len(opened)


def _in_hand(operator: Operator, company: Company) -> QuerySet[PoolEntry]:
    return PoolEntry.objects.filter(operator=operator, company=company, state=State.OPEN)
