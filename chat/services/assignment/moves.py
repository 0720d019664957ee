"""A manager's moves of a chat: back to the queue, or to an operator by name. Both are logged."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.domain.pool import trail_reasons
from agency.domain.pool.reasons import KEPT
from agency.live.switchboard import send_on_commit
from agency.models import Operator, PoolEntry, User
from agency.services.audit import Subject, note_change
from agency.services.pool import entries
from chat.services.assignment.ask import PERSON, offer_to
from chat.services.assignment.steps import (
    CannotAssign,
    State,
    lock_seats_of,
    requeue,
    take_back,
    withdraw,
)
from chat.services.messaging import append_system


@transaction.atomic
def requeue_by_manager(*, chat_id: UUID, by: User, reason: str, now: datetime) -> bool:
    """Put a chat that somebody has or is offered at the head of the queue. False: nobody had it, or it was over.

    Args:
        reason: why, in the manager's words; the log keeps at most 200 characters of it.
    """
    entry = entries.find_locked(chat_id)
    if entry is None or entry.state not in (State.OPEN, State.OFFERED):
        return False
    had = str(entry.operator or entry.offered_to)
    seats = lock_seats_of(entry)
    why = trail_reasons.requeued(name=by.name, words=reason)
    if entry.state == State.OPEN:
        requeue(entry, seats, gone="moved", reason=why, now=now, name=by.name)
    else:
        take_back(entry, seats, reason=why, now=now)
    _note(entry, "chat.requeued", (had, ""), by=by, reason=reason, now=now)
    return True


@transaction.atomic
def move_by_manager(*, chat_id: UUID, operator_id: UUID, by: User, reason: str, now: datetime) -> None:
    """Offer a chat to one person by name: a waiting one as an offer, an open one as a transfer that its operator sees.

    Args:
        reason: why, in the manager's words; the log keeps at most 200 characters of it.

    Raises:
        CannotAssign: not_found (no such chat or person, or not certified), wrong_state (over, or already theirs), away,
            paused, language, full.
    """
    entry = entries.find_locked(chat_id)
    operator = Operator.objects.filter(pk=operator_id).first()
    if entry is None or operator is None:
        raise CannotAssign("not_found")
    if entry.state == State.WRAP_UP or operator_id in (entry.operator_id, entry.offered_to_id):
        raise CannotAssign("wrong_state")
    had = str(entry.operator or entry.offered_to or "")
    seats = lock_seats_of(entry, operator_id)
    why = trail_reasons.moved(name=by.name, words=reason)
    events = withdraw(entry, seats, gone="cancelled", reason=why, now=now)
    if entry.state == State.OPEN:
        # Its operator reads who is behind the question, and so does whoever takes it over.
        events += append_system(entry, now=now, code="moved", name=by.name, to=operator.public_name)
        entry.save(update_fields=["last_seq"])
    send_on_commit(events)
    transfer = PERSON if entry.state == State.OPEN else ""
    offer_to(entry, operator_id, why=why, transfer=transfer, now=now)
    _note(entry, "chat.moved", (had, operator.public_name), by=by, reason=reason, now=now)


def _note(
    entry: PoolEntry,
    action: str,
    holders: tuple[str, str],
    *,
    by: User,
    reason: str,
    now: datetime,
) -> None:
    note_change(
        actor=by,
        action=action,
        company=entry.company,
        about=Subject(None, str(entry.chat_id)),
        changes={"operator": holders, "reason": ("", reason[:KEPT])},
        now=now,
    )
