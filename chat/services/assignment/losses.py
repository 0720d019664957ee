"""Chats that leave their operator: handed back, lost with a console that died, or handed on when the shift is over."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from agency.domain.pool import trail_reasons
from agency.live.switchboard import send_on_commit
from agency.models import PoolEntry, Seat
from agency.services.pool import drains
from agency.services.pool import entries as pool_entries
from agency.services.pool import seats as pool_seats
from agency.services.sweeps import own_transaction
from chat.services.assignment.ask import choose_other
from chat.services.assignment.steps import (
    CannotAssign,
    Console,
    State,
    bounce,
    did_before,
    find_own,
    lock_seats,
    lock_seats_of,
    requeue,
    seat_event,
    take_back,
)
from chat.services.assignment.transfers import pass_transfer

_LEASE_ENDED, _SHIFT_ENDED = trail_reasons.lease_ended(), trail_reasons.shift_ended()
_BREAK, _HANDED_BACK = trail_reasons.break_began(), trail_reasons.handed_back()


@transaction.atomic
def hand_back(*, chat_id: UUID, fence: int, by: Console, now: datetime) -> None:
    """Give an open chat back to the pool: to the head of the queue, for somebody else if there is one.

    A repeat of one given back changes nothing.

    Raises:
        CannotAssign: not_found, not_yours, fence, wrong_state, seat_taken.
    """
    if did_before(Q(code=_HANDED_BACK.code), chat_id=chat_id, fence=fence, by=by):
        return
    entry = find_own(chat_id=chat_id, fence=fence, by=by)
    seats = lock_seats_of(entry, by=by)
    if entry.state != State.OPEN:
        raise CannotAssign("wrong_state")
    requeue(entry, seats, gone="requeued", reason=_HANDED_BACK, now=now)


def requeue_lost_seats(*, now: datetime) -> int:
    """Hand on the chats and offers of operators whose lease has ended. Returns how many."""
    count = 0
    for operator_id in pool_seats.list_lost_seats(now):
        with own_transaction(operator_id):
            # Chats and offers in one query: two would lock them out of id order, and the writer's batch locks both.
            entries = list(
                PoolEntry.objects.select_for_update(no_key=True, of=("self",))
                .select_related("company")
                .filter(Q(operator=operator_id, state=State.OPEN) | Q(offered_to=operator_id, state=State.OFFERED))
                .order_by("chat_id")
            )
            asked = {entry.offered_to_id for entry in entries if entry.offered_to_id}
            seats = lock_seats({operator_id, *asked})
            seat = seats[operator_id]
            if seat.lease_until > now:
                continue
            kept = seat.kept_until is not None and seat.kept_until > now
            for entry in entries:
                if entry.state == State.OPEN and kept:
                    continue
                if entry.state == State.OPEN:
                    requeue(entry, seats, gone="lost", reason=_LEASE_ENDED, now=now)
                else:
                    bounce(entry, seat, gone="expired", reason=_LEASE_ENDED, now=now)
                count += 1
        count += _pass_transfers(operator_id, now)
    return count


def withdraw_asked(*, operator_id: UUID, now: datetime) -> int:
    """Offer what rings at an operator who takes a break to somebody else at once. It counts as no bounce. Returns how
    many.
    """
    rows = PoolEntry.objects.filter(offered_to=operator_id).order_by("chat_id")
    count = 0
    for chat_id in list(rows.values_list("chat_id", flat=True)):
        with own_transaction(chat_id):
            entry = pool_entries.find_locked(chat_id)
            if entry is None or entry.offered_to_id != operator_id:
                continue
            if entry.transfer:
                pass_transfer(entry, gone="declined", reason=_BREAK, now=now)
            else:
                take_back(entry, lock_seats_of(entry), reason=_BREAK, now=now)
            count += 1
    return count


def follow_shifts(*, now: datetime) -> int:
    """Let the seats follow their operators' shifts and tell their consoles. Returns how many changed."""
    with transaction.atomic():
        seats = Seat.objects.filter(pk__in=drains.follow_shifts(now=now))
        events = [seat_event(seat) for seat in seats]
        send_on_commit(events)
    return len(events)


def hand_on_ended(*, now: datetime) -> int:
    """Hand on, after the end of a shift, what somebody else can have now. Returns how many chats and offers.

    Offers are taken back, and open chats whose visitor has waited for an answer as long as their promise says go to the
    head of the queue, one to each colleague in a round. The rest is finished by who has it.
    """
    over = Seat.objects.filter(shift_ends_at__lte=now, lease_until__gt=now)
    ended = set(over.values_list("pk", flat=True))
    if not ended:
        return 0
    waited_since = now - F("promise_seconds") * timedelta(seconds=1)
    unanswered = Q(operator__in=ended, state=State.OPEN, turn="operator", turn_at__lte=waited_since)
    rows = PoolEntry.objects.filter(unanswered & Q(transfer="") | Q(offered_to__in=ended))
    count = 0
    for chat_id in list(rows.order_by("chat_id").values_list("chat_id", flat=True)):
        with own_transaction(chat_id):
            to = _hand_on(chat_id, ended, now)
            if to is not None:
                # Their next free slot is for the next round: by then this one is offered.
                ended.add(to)
                count += 1
    return count


def _hand_on(chat_id: UUID, but: Collection[UUID], now: datetime) -> UUID | None:
    """Hand one chat or offer on if somebody else can have it. Returns that operator."""
    entry = pool_entries.find_locked_now(chat_id, wrap_up_at__isnull=True)
    if entry is None:
        return None
    leaving = entry.offered_to_id or entry.operator_id
    if leaving is None or leaving not in but:
        return None
    to = choose_other(entry, but=but, now=now).operator_id
    if to is None:
        return None
    if entry.transfer:
        pass_transfer(entry, gone="expired", reason=_SHIFT_ENDED, now=now)
        return to
    seats = lock_seats_of(entry)
    ends_at = seats[leaving].shift_ends_at
    if ends_at is None or ends_at > now:
        return None
    if entry.state == State.OPEN:
        requeue(entry, seats, gone="requeued", reason=_SHIFT_ENDED, now=now)
    else:
        take_back(entry, seats, reason=_SHIFT_ENDED, now=now)
    return to


def _pass_transfers(operator_id: UUID, now: datetime) -> int:
    """End the offers to an operator who is gone. Each is locked by itself, as it may go to somebody else. Returns how
    many.
    """
    asked = PoolEntry.objects.filter(offered_to=operator_id, state=State.OPEN)
    count = 0
    for chat_id in list(asked.order_by("chat_id").values_list("chat_id", flat=True)):
        with own_transaction(chat_id):
            entry = pool_entries.find_locked_now(chat_id, offered_to=operator_id, state=State.OPEN)
            if entry is not None and operator_id in pool_seats.list_lost_seats(now):
                pass_transfer(entry, gone="expired", reason=_LEASE_ENDED, now=now)
                count += 1
    return count
