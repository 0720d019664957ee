"""Chats that leave their operator: handed back, or lost with a console that died."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from agency.models import PoolEntry
from agency.services import presence
from agency.services.sweeps import own_transaction
from chat.services.assignment.steps import (
    HANDED_BACK,
    CannotAssign,
    Console,
    bounce,
    did_before,
    lock_own,
    requeue,
    seat_of_console,
)

State = PoolEntry.State


@transaction.atomic
def hand_back(*, chat_id: UUID, fence: int, by: Console, now: datetime) -> None:
    """Give an open chat back to the pool: to the head of the queue, for somebody else if there is one.

    A repeat of one given back changes nothing.

    Raises:
        CannotAssign: not_found, not_yours, fence, wrong_state, seat_taken.
    """
    if did_before(HANDED_BACK, chat_id=chat_id, fence=fence, by=by):
        return
    entry = lock_own(chat_id=chat_id, fence=fence, by=by)
    if entry.state != State.OPEN:
        raise CannotAssign("wrong_state")
    seat = seat_of_console(by)
    requeue(entry, seat, gone="requeued", reason=HANDED_BACK, now=now)


def requeue_lost_seats(*, now: datetime) -> int:
    """Hand on the chats and offers of operators whose lease has ended; how many."""
    count = 0
    for operator_id in presence.list_lost_seats(now):
        with own_transaction(operator_id):
            # Chats and offers in one query: two would lock them out of id order, and the writer's batch locks both.
            entries = list(
                PoolEntry.objects.select_for_update(no_key=True, of=("self",))
                .select_related("company")
                .filter(
                    Q(operator=operator_id, state=State.OPEN)
                    | Q(offered_to=operator_id, state=State.OFFERED)
                )
                .order_by("chat_id")
            )
            seat = presence.lock_seat(operator_id)
            if seat.lease_until > now:
                continue
            for entry in entries:
                if entry.state == State.OPEN:
                    requeue(entry, seat, gone="lost", reason="lease ended", now=now)
                else:
                    bounce(entry, seat, gone="expired", reason="lease ended", now=now)
            count += len(entries)
    return count
