"""What becomes of an offer: accepted, declined, or over after 10 s."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.live.switchboard import send_on_commit
from agency.models import Assignment, PoolEntry
from agency.services import certified, pool, presence
from agency.services.sweeps import own_transaction
from chat.domain import events
from chat.services.assignment.steps import (
    DECLINED,
    CannotAssign,
    Console,
    bounce,
    did_before,
    offer_gone,
    seat_event,
    seat_of_console,
)
from chat.services.messaging import append_system, seq_of_line
from chat.services.snapshot import console_chat

State = PoolEntry.State


@transaction.atomic
def accept(*, chat_id: UUID, fence: int, by: Console, now: datetime) -> int:
    """Take the offered chat; the seq of the line that says so. A repeat of an accepted one changes nothing.

    Raises:
        CannotAssign: not_found, fence, wrong_state, seat_taken.
    """
    entry = pool.find_locked(chat_id)
    if entry is not None and entry.operator_id == by.operator_id and entry.fence == fence + 1:
        return seq_of_line(entry, "accepted")
    if entry is None or entry.offered_to_id != by.operator_id:
        raise CannotAssign("not_found")
    # The offer may be older than the end of a certification; it expires by itself.
    if entry.company_id not in certified.list_certified_companies(by.operator_id, now):
        raise CannotAssign("not_found")
    if entry.fence != fence:
        raise CannotAssign("fence")
    seat = seat_of_console(by)
    entry.state, entry.operator_id, entry.offered_to_id = State.OPEN, by.operator_id, None
    entry.offer_expires_at, entry.at_head = None, False
    if entry.assigned_at is None:
        entry.assigned_at = now
        entry.concurrency = 1 + pool.count_open(by.operator_id)
    entry.fence += 1
    told = append_system(entry, now=now, code="accepted", name=by.name)
    entry.save()
    pool.note(
        entry, operator_id=by.operator_id, kind=Assignment.Kind.ACCEPT, reason="accepted", now=now
    )
    send_on_commit(
        [
            told[0],
            offer_gone(entry, by.operator_id, "accepted"),
            (
                f"u:{by.operator_id}",
                events.encode(events.ChatAdded(console_chat(entry))),
            ),
            seat_event(seat),
        ]
    )
    return entry.last_seq


@transaction.atomic
def decline(*, chat_id: UUID, fence: int, by: Console, reason: str, now: datetime) -> None:
    """Pass the offer on. A repeat of a declined one changes nothing.

    Raises:
        CannotAssign: not_found, fence, seat_taken.
    """
    entry = pool.find_locked(chat_id)
    if did_before(DECLINED, chat_id=chat_id, fence=fence, by=by):
        return
    if entry is None or entry.offered_to_id != by.operator_id:
        raise CannotAssign("not_found")
    if entry.fence != fence:
        raise CannotAssign("fence")
    seat = seat_of_console(by)
    bounce(
        entry,
        seat,
        gone="declined",
        reason=f"{DECLINED}: {reason}" if reason else DECLINED,
        now=now,
    )


def expire_offers(*, now: datetime) -> int:
    """Take back offers that nobody answered within 10 s."""
    due = PoolEntry.objects.filter(state=State.OFFERED, offer_expires_at__lte=now)
    count = 0
    for chat_id in due.order_by("chat_id").values_list("chat_id", flat=True)[:500]:
        with own_transaction(chat_id):
            entry = pool.find_locked_now(chat_id, state=State.OFFERED, offer_expires_at__lte=now)
            if entry is None or entry.offered_to_id is None:
                continue
            seat = presence.lock_seat(entry.offered_to_id)
            bounce(entry, seat, gone="expired", reason="no answer in 10 s", now=now)
            count += 1
    return count
