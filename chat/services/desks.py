"""What a manager does to somebody's desk: no new chats, or signed out. Both are kept in the log, with the reason."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.live.switchboard import send_on_commit
from agency.models import Seat, User
from agency.services import presence
from agency.services.audit import note_change
from agency.services.certification import end_access
from chat.services.assignment.steps import seat_event


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
    presence.end_seat(operator_id=operator_id, now=now)
    end_access(seat.operator.user)
    note_change(
        actor=by,
        action="seat.signed_out",
        about=seat.operator,
        changes={"reason": ("", reason[:200])},
        now=now,
    )
    return True
