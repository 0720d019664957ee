"""The steps that every change of a holder is made of: locked rows in, changed rows, trail and events out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from agency.domain.pool.reasons import PoolReason
from agency.domain.pool.routing import CALL_AFTER_BOUNCES
from agency.domain.refusal import Refusal
from agency.live.switchboard import Event, send_on_commit
from agency.models import Assignment, PoolEntry, Seat
from agency.services.pool import entries
from agency.services.pool import seats as pool_seats
from chat.domain import events
from chat.services.console.floor import call_events, call_gone
from chat.services.console.snapshot import console_chat
from chat.services.messaging import append_system
from chat.services.wire import entry_of, seat_of

State = PoolEntry.State
Kind = Assignment.Kind


class CannotAssign(Refusal):
    """Raised for a command that doesn't fit. `code` is the wire's error code."""


@dataclass(frozen=True, slots=True)
class Console:
    """The operator who gives a command, and the epoch of the seat their console took."""

    operator_id: UUID
    epoch: int
    name: str


def lock_own(*, chat_id: UUID, fence: int, by: Console) -> PoolEntry:
    """The locked entry of a chat this console holds, and its seat locked, with that of whoever is asked to take it
    over.

    Raises:
        CannotAssign: not_found, not_yours, fence, seat_taken.
    """
    entry = find_own(chat_id=chat_id, fence=fence, by=by)
    lock_seats_of(entry, by=by)
    return entry


def find_own(*, chat_id: UUID, fence: int, by: Console) -> PoolEntry:
    """The locked entry alone, for those who lock more seats than its own.

    Raises:
        CannotAssign: not_found, not_yours, fence.
    """
    entry = entries.find_locked(chat_id)
    if entry is None or entry.operator_id is None:
        raise CannotAssign("not_found")
    if entry.operator_id != by.operator_id:
        # Somebody who never held it learns nothing; who lost it is told so.
        raise CannotAssign("not_yours" if ever_held(chat_id, by.operator_id) else "not_found")
    if entry.fence != fence:
        raise CannotAssign("fence")
    return entry


def lock_seats(operator_ids: Iterable[UUID]) -> dict[UUID, Seat]:
    """Lock the seats of these operators in id order. An operator who never had one is missing."""
    rows = Seat.objects.select_for_update(no_key=True).filter(pk__in=set(operator_ids))
    return {seat.pk: seat for seat in rows.order_by("pk")}


def lock_seats_of(entry: PoolEntry, *more: UUID, by: Console | None = None) -> dict[UUID, Seat]:
    """The seats of whoever holds the chat and whoever is asked for it, and these, locked in id order.

    Args:
        by: the console that gives the command; its seat is among them.

    Raises:
        CannotAssign: seat_taken (another console holds that seat).
    """
    wanted = {entry.operator_id, entry.offered_to_id, *more, by.operator_id if by else None}
    seats = lock_seats(pk for pk in wanted if pk is not None)
    if by is not None and (by.operator_id not in seats or seats[by.operator_id].epoch != by.epoch):
        raise CannotAssign("seat_taken")
    return seats


def seat_of_console(by: Console) -> Seat:
    """The locked seat of this console.

    Raises:
        CannotAssign: seat_taken.
    """
    seat = pool_seats.lock_seat(by.operator_id)
    if seat.epoch != by.epoch:
        raise CannotAssign("seat_taken")
    return seat


def give(entry: PoolEntry, seat: Seat, *, kind: Kind, name: str, reason: PoolReason, now: datetime) -> int:
    """Assign a locked entry to the seat's operator. The slot must already be taken.

    Returns:
        The seq of the system message.

    The caller has freed the slot of whoever held it, and tells them.

    Args:
        kind: ACCEPT (of an offer or a transfer), PICK or TAKE.
        name: the operator's public name, as the visitor reads it.
    """
    code = "taken" if kind == Kind.TAKE else "transferred" if entry.operator_id else "accepted"
    was_asked = entry.offered_to_id == seat.pk
    entry.state, entry.operator_id, entry.at_head = State.OPEN, seat.pk, False
    entry.offered_to, entry.offer_expires_at, entry.transfer = None, None, ""
    entry.unstaffed_since = None
    if entry.assigned_at is None:
        entry.assigned_at = now
        entry.concurrency = 1 + entries.count_open(seat.pk)
    entry.fence += 1
    to_send = append_system(entry, now=now, code=code, name=name)[:1]
    to_send += call_gone(entry, "taken", now)
    entry.save()
    entries.note(entry, operator_id=seat.pk, kind=kind, reason=reason, now=now)
    if was_asked:
        to_send.append(offer_gone(entry, seat.pk, "accepted"))
    added = events.encode(events.ChatAdded(console_chat(entry)))
    send_on_commit([*to_send, (f"u:{seat.pk}", added), seat_event(seat)])
    return entry.last_seq


def release(entry: PoolEntry, *, now: datetime, reason: PoolReason) -> list[Event]:
    """Free the slots held by the operator of a closing, locked entry and by anyone it is offered to. Returns the
    events to send.
    """
    to_send = call_gone(entry, "closed", now)
    operator_id = entry.operator_id or entry.offered_to_id
    if operator_id is None:
        return to_send
    seats = lock_seats_of(entry)
    to_send += withdraw(entry, seats, gone="closed", reason=reason, now=now)
    if entry.operator_id is not None:
        pool_seats.free(seats[operator_id], now=now)
        to_send.append(seat_event(seats[operator_id]))
    entry.fence += 1
    entries.note(entry, operator_id=operator_id, kind=Kind.RELEASE, reason=reason, now=now)
    return to_send


def withdraw(
    entry: PoolEntry,
    seats: dict[UUID, Seat],
    *,
    gone: str,
    reason: PoolReason,
    now: datetime,
    name: str = "",
) -> list[Event]:
    """Take back a pending offer or transfer of a locked entry, if there is one. Returns the events to send.

    The caller raises the fence with what it does besides, and saves the entry. A transfer leaves its own line in the
    trail, under the fence it was asked with: what is done to the holder's part bears the next one.
    """
    asked = entry.offered_to_id
    if asked is None:
        return []
    if entry.transfer:
        entries.note(entry, operator_id=asked, kind=Kind.RELEASE, reason=reason, now=now)
    entry.offered_to, entry.offer_expires_at, entry.transfer = None, None, ""
    pool_seats.free(seats[asked], now=now)
    return [offer_gone(entry, asked, gone, name), seat_event(seats[asked])]


def bounce(entry: PoolEntry, seat: Seat, *, gone: str, reason: PoolReason, now: datetime) -> None:
    """End an offer that its operator let pass: the chat waits again, and at the second time the lead operators are
    called.
    """
    entry.state, entry.offered_to, entry.offer_expires_at = State.WAITING, None, None
    entry.bounces += 1
    entry.fence += 1
    if entry.bounces >= CALL_AFTER_BOUNCES and entry.called_at is None:
        entry.called_at = now
    entry.save()
    pool_seats.free(seat, now=now)
    entries.note(entry, operator_id=seat.pk, kind=Kind.BOUNCE, reason=reason, now=now)
    to_send = [offer_gone(entry, seat.pk, gone), seat_event(seat)]
    send_on_commit([*to_send, *call_events(entry, now)])


def requeue(
    entry: PoolEntry,
    seats: dict[UUID, Seat],
    *,
    gone: str,
    reason: PoolReason,
    now: datetime,
    name: str = "",
) -> None:
    """Take an open chat from its operator: it goes to the head of the queue. The visitor's clock runs on.

    Args:
        name: whose doing it is, for the operator, if it isn't their own.
    """
    assert entry.operator_id is not None
    seat = seats[entry.operator_id]
    to_send = withdraw(entry, seats, gone="cancelled", reason=reason, now=now)
    entry.state, entry.operator, entry.at_head = State.WAITING, None, True
    entry.fence += 1
    to_send += append_system(entry, now=now, code="requeued")
    entry.save()
    pool_seats.free(seat, now=now)
    entries.note(entry, operator_id=seat.pk, kind=Kind.REQUEUE, reason=reason, now=now)
    send_on_commit([*to_send, removed(entry, seat.pk, gone, name), seat_event(seat)])


def take_back(entry: PoolEntry, seats: dict[UUID, Seat], *, reason: PoolReason, now: datetime) -> None:
    """Take an offer back that its operator did not let pass: the chat goes to the head of the queue."""
    asked = entry.offered_to_id
    assert asked is not None
    to_send = withdraw(entry, seats, gone="cancelled", reason=reason, now=now)
    entry.state, entry.at_head = State.WAITING, True
    entry.fence += 1
    entry.save()
    entries.note(entry, operator_id=asked, kind=Kind.REQUEUE, reason=reason, now=now)
    send_on_commit([*to_send, *call_events(entry, now)])


def seat_event(seat: Seat) -> Event:
    """The event that tells an operator's consoles how their seat stands."""
    return f"u:{seat.operator_id}", events.encode(events.SeatChanged(seat_of(seat)))


def changed(entry: PoolEntry) -> Event:
    """The event that tells the holder's consoles how their chat stands."""
    return f"u:{entry.operator_id}", events.encode(events.ChatChanged(entry_of(entry)))


def removed(entry: PoolEntry, operator_id: UUID, reason: str, name: str = "") -> Event:
    """Return the event that takes a chat from its former holder's consoles. `name` says whose doing it was."""
    return f"u:{operator_id}", events.encode(events.ChatRemoved(entry.chat_id, reason, name))


def offer_gone(entry: PoolEntry, operator_id: UUID, reason: str, name: str = "") -> Event:
    """Return the event that takes an offer from the asked operator's consoles. `name`: who has the chat instead."""
    return f"u:{operator_id}", events.encode(events.OfferGone(entry.chat_id, reason, name))


def did_before(left: Q, *, chat_id: UUID, fence: int, by: Console) -> bool:
    """Whether this very command was done before: the line that it left in the trail bears the fence it raised."""
    own = Assignment.objects.filter(chat_id=chat_id, operator=by.operator_id, fence=fence + 1)
    return own.filter(left).exists()


def ever_held(chat_id: UUID, operator_id: UUID) -> bool:
    """Whether this operator holds or held the chat."""
    return Assignment.objects.filter(chat_id=chat_id, operator_id=operator_id, kind__in=Assignment.HELD).exists()
