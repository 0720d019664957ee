"""Who holds a chat. Every change of it is here: offer, accept, bounce, requeue, release; each raises the fence.

The choice is `agency.domain.routing`'s, the rows are `agency.services.pool`'s. Lock order everywhere: pool entry, seat,
the company's rows. Operator commands carry the fence their console saw and the epoch of its seat.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from agency.domain import capacity, routing
from agency.live.switchboard import Event, send_on_commit
from agency.models import Assignment, PoolEntry, Seat
from agency.services import pool, presence
from agency.services.sweeps import own_transaction
from chat.domain import events
from chat.domain.lifecycle import OFFER_SECONDS
from chat.services.messaging import append_system, seq_of_line
from chat.services.snapshot import console_chat, offer_of, seat_of, site_names

State = PoolEntry.State
# Reasons in the trail that a command of the operator's own left.
_DECLINED, _HANDED_BACK = "declined", "handed back"


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


def assign_waiting(*, now: datetime, limit: int = 100) -> int:
    """Offer waiting chats to operators who can take them; how many were offered. Any number of processes may do this."""
    oldest = PoolEntry.objects.filter(state=State.WAITING).order_by("arrived_at")
    rows = list(oldest[:limit])
    if not rows:
        return 0
    candidates = presence.list_candidates(now)
    if len(rows) == limit:
        # Chats for whom everybody is full must not fill the round before others whose operators are free.
        able = [one for one in candidates if one.used < one.capacity and not one.paused]
        served = {company_id for one in able for company_id in one.certified}
        rows = list(oldest.filter(company__in=served)[:limit])
    bounced = pool.bounced_by(row.chat_id for row in rows if row.bounces or row.at_head)
    waiting = routing.order([_facts(row, bounced.get(row.chat_id, {})) for row in rows], now)
    offered = 0
    collided = False
    for entry in waiting:
        choice = routing.choose(entry, candidates, now)
        if choice.operator_id is None:
            continue
        if _offer(entry.chat_id, choice, now=now):
            offered += 1
            candidates = [_busier(one, choice.operator_id) for one in candidates]
        elif collided:
            # Another process is at it too; what it leaves, the next sweep offers.
            break
        else:
            # Somebody else was here: what we knew of the seats is old.
            collided = True
            candidates = presence.list_candidates(now)
    return offered


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
    if entry.company_id not in presence.list_certified_companies(by.operator_id, now):
        raise CannotAssign("not_found")
    if entry.fence != fence:
        raise CannotAssign("fence")
    seat = _seat_of(by)
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
            _gone(entry, by.operator_id, "accepted"),
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
    if _did(_DECLINED, chat_id=chat_id, fence=fence, by=by):
        return
    if entry is None or entry.offered_to_id != by.operator_id:
        raise CannotAssign("not_found")
    if entry.fence != fence:
        raise CannotAssign("fence")
    seat = _seat_of(by)
    _bounce(
        entry,
        seat,
        gone="declined",
        reason=f"{_DECLINED}: {reason}" if reason else _DECLINED,
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
            _bounce(entry, seat, gone="expired", reason="no answer in 10 s", now=now)
            count += 1
    return count


@transaction.atomic
def hand_back(*, chat_id: UUID, fence: int, by: Console, now: datetime) -> None:
    """Give an open chat back to the pool: to the head of the queue, for somebody else if there is one.

    A repeat of one given back changes nothing.

    Raises:
        CannotAssign: not_found, not_yours, fence, wrong_state, seat_taken.
    """
    if _did(_HANDED_BACK, chat_id=chat_id, fence=fence, by=by):
        return
    entry = lock_own(chat_id=chat_id, fence=fence, by=by)
    if entry.state != State.OPEN:
        raise CannotAssign("wrong_state")
    seat = _seat_of(by)
    _requeue(entry, seat, gone="requeued", reason=_HANDED_BACK, now=now)


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
                    _requeue(entry, seat, gone="lost", reason="lease ended", now=now)
                else:
                    _bounce(entry, seat, gone="expired", reason="lease ended", now=now)
            count += len(entries)
    return count


def release(entry: PoolEntry, *, now: datetime, reason: str) -> list[Event]:
    """Free the slot of a locked entry that is closing, whoever holds it or was offered it; the events that say so."""
    operator_id = entry.operator_id or entry.offered_to_id
    if operator_id is None:
        return []
    seat = presence.lock_seat(operator_id)
    presence.free(seat, now=now)
    told = [seat_event(seat)]
    if entry.state == State.OFFERED:
        told.insert(0, _gone(entry, operator_id, "closed"))
        entry.offered_to_id, entry.offer_expires_at = None, None
    entry.fence += 1
    pool.note(entry, operator_id=operator_id, kind=Assignment.Kind.RELEASE, reason=reason, now=now)
    return told


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
    _seat_of(by)
    return entry


def seat_event(seat: Seat) -> Event:
    """The event that tells an operator's consoles how their seat stands."""
    return f"u:{seat.operator_id}", events.encode(events.SeatChanged(seat_of(seat)))


def _offer(chat_id: UUID, choice: routing.Choice, *, now: datetime) -> bool:
    assert choice.operator_id is not None
    try:
        with transaction.atomic():
            entry = pool.find_locked_now(chat_id, state=State.WAITING)
            if entry is None:
                return False
            seat = presence.lock_seat(choice.operator_id)
            if seat.lease_until <= now or seat.paused:
                return False
            presence.occupy(seat)
            entry.state, entry.offered_to_id = State.OFFERED, choice.operator_id
            entry.offer_expires_at = now + timedelta(seconds=OFFER_SECONDS)
            entry.unstaffed_since = None
            entry.fence += 1
            entry.save()
            pool.note(
                entry,
                operator_id=choice.operator_id,
                kind=Assignment.Kind.OFFER,
                reason="; ".join(choice.reasons),
                now=now,
            )
            site = site_names([entry.site_id]).get(entry.site_id, "")
            offer = events.OfferMade(offer_of(entry, site))
            send_on_commit([(f"u:{choice.operator_id}", events.encode(offer)), seat_event(seat)])
            return True
    except IntegrityError:
        return False  # the seat filled up in between: the database says so, not we


def _bounce(entry: PoolEntry, seat: Seat, *, gone: str, reason: str, now: datetime) -> None:
    entry.state, entry.offered_to_id, entry.offer_expires_at = State.WAITING, None, None
    entry.bounces += 1
    entry.fence += 1
    entry.save()
    presence.free(seat, now=now)
    pool.note(
        entry, operator_id=seat.operator_id, kind=Assignment.Kind.BOUNCE, reason=reason, now=now
    )
    send_on_commit([_gone(entry, seat.operator_id, gone), seat_event(seat)])


def _requeue(entry: PoolEntry, seat: Seat, *, gone: str, reason: str, now: datetime) -> None:
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


def _seat_of(by: Console) -> Seat:
    seat = presence.lock_seat(by.operator_id)
    if seat.epoch != by.epoch:
        raise CannotAssign("seat_taken")
    return seat


def _gone(entry: PoolEntry, operator_id: UUID, reason: str) -> Event:
    return f"u:{operator_id}", events.encode(events.OfferGone(entry.chat_id, reason))


def _did(reason: str, *, chat_id: UUID, fence: int, by: Console) -> bool:
    """Whether this very command was done before: its trail bears the fence it raised."""
    return Assignment.objects.filter(
        chat_id=chat_id, operator=by.operator_id, fence=fence + 1, reason__startswith=reason
    ).exists()


def _ever_held(chat_id: UUID, operator_id: UUID) -> bool:
    return Assignment.objects.filter(
        chat_id=chat_id, operator_id=operator_id, kind=Assignment.Kind.ACCEPT
    ).exists()


def _busier(candidate: routing.Candidate, operator_id: UUID) -> routing.Candidate:
    if candidate.operator_id != operator_id:
        return candidate
    return replace(
        candidate, used=candidate.used + 1, load=candidate.load + capacity.WAITING_FOR_ME
    )


def _facts(row: PoolEntry, bounced: Mapping[UUID, int]) -> routing.Entry:
    return routing.Entry(
        chat_id=row.chat_id,
        company_id=row.company_id,
        language=row.language,
        arrived_at=row.arrived_at,
        promise_seconds=row.promise_seconds,
        at_head=row.at_head,
        bounced_by=bounced,
        bounces=row.bounces,
    )
