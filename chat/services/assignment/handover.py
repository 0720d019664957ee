"""Taking a chat without being offered it: a waiting one out of turn, or, as a lead operator, a colleague's."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.domain.pool import routing, trail_reasons
from agency.live.switchboard import send_on_commit
from agency.models import Assignment, Operator, PoolEntry
from agency.services.certification.valid_certificates import list_known
from agency.services.pool import entries
from agency.services.pool import seats as pool_seats
from agency.services.pool.queue import facts_of
from chat.services.assignment.ask import has_room
from chat.services.assignment.steps import (
    CannotAssign,
    Console,
    Kind,
    State,
    give,
    lock_seats_of,
    removed,
    seat_event,
    withdraw,
)
from chat.services.messaging import seq_of_line


@transaction.atomic
def pick(*, chat_id: UUID, by: Console, now: datetime) -> int:
    """Take a waiting chat out of turn. Repeating it for a picked chat changes nothing.

    Returns:
        The seq of the system message.

    A lead operator may take a chat they are called to from whoever it rings at: they let it pass twice already. So may
    who handed it back and thinks better of it, until somebody has it.

    Raises:
        CannotAssign: not_found (also one that somebody has), wrong_state (it rings at somebody), full, seat_taken.
    """
    entry = entries.find_locked(chat_id)
    if entry is not None and _took(entry, by, Kind.PICK):
        return seq_of_line(entry, "accepted")
    known = list_known([by.operator_id], now).get(by.operator_id, {})
    if entry is None or entry.company_id not in known:
        raise CannotAssign("not_found")
    if entry.operator_id is not None:
        raise CannotAssign("not_found")
    if entry.state != State.WAITING and not (_rings_for_lead(entry, by) or _gave_back(entry, by)):
        raise CannotAssign("wrong_state")
    seats = lock_seats_of(entry, by=by)
    seat = seats[by.operator_id]
    rang_at = entry.offered_to
    events = withdraw(entry, seats, gone="taken", reason=trail_reasons.picked(), now=now, name=by.name)
    if not has_room(seat, entry.company_id, known[entry.company_id].chat_limit):
        raise CannotAssign("full")
    pool_seats.occupy(seat, now=now)
    if rang_at is not None:
        reason = trail_reasons.picked_ringing(name=str(rang_at))
    else:
        ahead = _count_ahead(entry, list(known), now)
        reason = trail_reasons.picked_early(n=ahead) if ahead else trail_reasons.picked_next()
    seq = give(entry, seat, kind=Kind.PICK, name=by.name, reason=reason, now=now)
    send_on_commit(events)
    return seq


@transaction.atomic
def take_over(*, chat_id: UUID, fence: int, by: Console, now: datetime) -> int:
    """Take an open chat from a colleague at once, as a lead operator. Repeating it changes nothing.

    Returns:
        The seq of the system message.

    Raises:
        CannotAssign: not_found (also to who doesn't lead, or isn't certified), fence, wrong_state, full, seat_taken.
    """
    entry = entries.find_locked(chat_id)
    if entry is not None and entry.fence == fence + 1 and _took(entry, by, Kind.TAKE):
        return seq_of_line(entry, "taken")
    known = list_known([by.operator_id], now).get(by.operator_id, {})
    leads = Operator.objects.filter(pk=by.operator_id, is_lead=True).exists()
    if entry is None or not leads or entry.company_id not in known:
        raise CannotAssign("not_found")
    former = entry.operator_id
    if entry.state != State.OPEN or former is None or former == by.operator_id:
        raise CannotAssign("wrong_state")
    if entry.fence != fence:
        raise CannotAssign("fence")
    seats = lock_seats_of(entry, by=by)
    events = withdraw(entry, seats, gone="taken", reason=trail_reasons.taken_over(), now=now, name=by.name)
    if not has_room(seats[by.operator_id], entry.company_id, known[entry.company_id].chat_limit):
        raise CannotAssign("full")
    pool_seats.free(seats[former], now=now)
    pool_seats.occupy(seats[by.operator_id], now=now)
    reason = trail_reasons.taken_from(name=str(entry.operator))
    seq = give(entry, seats[by.operator_id], kind=Kind.TAKE, name=by.name, reason=reason, now=now)
    send_on_commit([*events, removed(entry, former, "taken", by.name), seat_event(seats[former])])
    return seq


def _rings_for_lead(entry: PoolEntry, by: Console) -> bool:
    """Whether a called chat rings at somebody, and this operator leads."""
    called = entry.state == State.OFFERED and entry.called_at is not None
    return called and Operator.objects.filter(pk=by.operator_id, is_lead=True).exists()


def _gave_back(entry: PoolEntry, by: Console) -> bool:
    """Whether this operator held the chat last, and handed it back."""
    rows = Assignment.objects.filter(chat_id=entry.chat_id)
    last = rows.filter(kind__in=[*Assignment.HELD, Kind.REQUEUE]).order_by("-fence").first()
    return last is not None and last.operator_id == by.operator_id and last.code == trail_reasons.handed_back.code


def _took(entry: PoolEntry, by: Console, kind: Kind) -> bool:
    """Whether this operator has the chat by this very step: it is the last one of the trail."""
    return (
        entry.operator_id == by.operator_id
        and Assignment.objects.filter(
            chat_id=entry.chat_id, operator=by.operator_id, fence=entry.fence, kind=kind
        ).exists()
    )


def _count_ahead(entry: PoolEntry, companies: list[UUID], now: datetime) -> int:
    """How many waiting chats of these companies the router would offer before this one."""
    rows = PoolEntry.objects.filter(state=State.WAITING, company__in=companies)
    waiting = routing.order([facts_of(row, {}) for row in rows], now)
    return [one.chat_id for one in waiting].index(entry.chat_id)
