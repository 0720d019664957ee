"""The steps that every change of a holder is made of: locked rows in, changed rows, trail and events out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agency.live.switchboard import Event, send_on_commit
from agency.models import Assignment, PoolEntry, Seat
from agency.services import pool, presence
from chat.domain import events
from chat.services.messaging import append_system
from chat.services.wire import seat_of

State = PoolEntry.State
# Reasons in the trail that a command of the operator's own left.
DECLINED, HANDED_BACK = "declined", "handed back"


class CannotAssign(Exception):
    """A command that doesn't fit; `code` is the wire's error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Console:
    """Who gives a command: the operator and the epoch of the seat their console took."""

    operator_id: UUID
    epoch: int
    name: str


def lock_own(*, chat_id: UUID, fence: int, by: Console) -> PoolEntry:
    """The locked entry of a chat this console holds.

    Raises:
        CannotAssign: not_found, not_yours, fence, seat_taken.
    """
    entry = pool.find_locked(chat_id)
    if entry is None or entry.operator_id is None:
        raise CannotAssign("not_found")
    if entry.operator_id != by.operator_id:
        # Somebody who never held it learns nothing; who lost it is told so.
        raise CannotAssign("not_yours" if _ever_held(chat_id, by.operator_id) else "not_found")
    if entry.fence != fence:
        raise CannotAssign("fence")
    seat_of_console(by)
    return entry


def seat_event(seat: Seat) -> Event:
    """The event that tells an operator's consoles how their seat stands."""
    return f"u:{seat.operator_id}", events.encode(events.SeatChanged(seat_of(seat)))


def release(entry: PoolEntry, *, now: datetime, reason: str) -> list[Event]:
    """Free the slot of a locked entry that is closing, whoever holds it or was offered it; the events that say so."""
    operator_id = entry.operator_id or entry.offered_to_id
    if operator_id is None:
        return []
    seat = presence.lock_seat(operator_id)
    presence.free(seat, now=now)
    told = [seat_event(seat)]
    if entry.state == State.OFFERED:
        told.insert(0, offer_gone(entry, operator_id, "closed"))
        entry.offered_to_id, entry.offer_expires_at = None, None
    entry.fence += 1
    pool.note(entry, operator_id=operator_id, kind=Assignment.Kind.RELEASE, reason=reason, now=now)
    return told


def bounce(entry: PoolEntry, seat: Seat, *, gone: str, reason: str, now: datetime) -> None:
    entry.state, entry.offered_to_id, entry.offer_expires_at = State.WAITING, None, None
    entry.bounces += 1
    entry.fence += 1
    entry.save()
    presence.free(seat, now=now)
    pool.note(
        entry, operator_id=seat.operator_id, kind=Assignment.Kind.BOUNCE, reason=reason, now=now
    )
    send_on_commit([offer_gone(entry, seat.operator_id, gone), seat_event(seat)])


def requeue(entry: PoolEntry, seat: Seat, *, gone: str, reason: str, now: datetime) -> None:
    """The visitor's clock runs on: `arrived_at` stays, the chat goes to the head."""
    lost_by = seat.operator_id
    entry.state, entry.operator_id, entry.at_head = State.WAITING, None, True
    entry.fence += 1
    told = append_system(entry, now=now, code="requeued")
    entry.save()
    presence.free(seat, now=now)
    pool.note(entry, operator_id=lost_by, kind=Assignment.Kind.REQUEUE, reason=reason, now=now)
    removed = events.ChatRemoved(entry.chat_id, gone)
    send_on_commit([*told, (f"u:{lost_by}", events.encode(removed)), seat_event(seat)])


def seat_of_console(by: Console) -> Seat:
    seat = presence.lock_seat(by.operator_id)
    if seat.epoch != by.epoch:
        raise CannotAssign("seat_taken")
    return seat


def offer_gone(entry: PoolEntry, operator_id: UUID, reason: str) -> Event:
    return f"u:{operator_id}", events.encode(events.OfferGone(entry.chat_id, reason))


def did_before(reason: str, *, chat_id: UUID, fence: int, by: Console) -> bool:
    """Whether this very command was done before: its trail bears the fence it raised."""
    return Assignment.objects.filter(
        chat_id=chat_id, operator=by.operator_id, fence=fence + 1, reason__startswith=reason
    ).exists()


def _ever_held(chat_id: UUID, operator_id: UUID) -> bool:
    return Assignment.objects.filter(
        chat_id=chat_id, operator_id=operator_id, kind=Assignment.Kind.ACCEPT
    ).exists()
