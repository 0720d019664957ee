"""Ends of chats: by hand, by silence, by leaving, at the end of hours, by a manager, and the wrap-up after it.

A console that dies ends no chat: its open ones go back to the queue (`assignment.requeue_lost_seats`), where they are
answered, or end as `left` or `end_of_hours`; its wrap-ups end by time.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from agency.domain.hours import hours as clock
from agency.domain.pool.reasons import KEPT
from agency.live.switchboard import send_on_commit
from agency.models import PoolEntry, User
from agency.services import records
from agency.services.audit import Subject, note_change
from agency.services.hours.agreement import list_hours
from agency.services.pool import entries
from agency.services.pool.candidates import list_candidates
from agency.services.sweeps import own_transaction
from chat.domain import lifecycle
from chat.domain.lifecycle import CloseReason, Outcome
from chat.services import assignment
from chat.services.assignment import CannotAssign, Console
from chat.services.ending import close as ending_close
from chat.services.messaging import append_system, seq_of_line

State = PoolEntry.State
_SWEEP = 500


@transaction.atomic
def close_by_operator(*, chat_id: UUID, fence: int, by: Console, now: datetime) -> int:
    """End an open chat, whose wrap-up begins. Repeating it changes nothing.

    Returns:
        The seq of the system message.

    Raises:
        CannotAssign: not_found, not_yours, fence, wrong_state, seat_taken.
    """
    entry = entries.find_locked(chat_id)
    if entry and entry.operator_id == by.operator_id and _closed_before(entry, fence):
        return seq_of_line(entry, "closed")
    entry = assignment.lock_own(chat_id=chat_id, fence=fence, by=by)
    if entry.state != State.OPEN:
        raise CannotAssign("wrong_state")
    return ending_close.close(entry, CloseReason.OPERATOR, now=now)


@transaction.atomic
def close_by_visitor(*, chat_id: UUID, visitor_id: UUID, now: datetime) -> int | None:
    """End the visitor's own chat. Returns the seq of the closing message, or None if it was over already."""
    entry = entries.find_locked(chat_id)
    if entry is None or entry.visitor_id != visitor_id or entry.state == State.WRAP_UP:
        return None
    return ending_close.close(entry, CloseReason.VISITOR, now=now)


@transaction.atomic
def close_by_manager(*, chat_id: UUID, by: User, reason: str, now: datetime) -> bool:
    """End an unfinished chat of any company, whoever holds it. Logged with the reason. False if it was over already.

    Args:
        reason: why, in the manager's words; the log keeps at most 200 characters of it.
    """
    entry = entries.find_locked(chat_id)
    if entry is None or entry.state == State.WRAP_UP:
        return False
    was = str(entry.state)
    ending_close.close(entry, CloseReason.MANAGER, now=now)
    note_change(
        actor=by,
        action="chat.closed",
        company=entry.company,
        about=Subject(None, str(chat_id)),
        changes={"state": (was, "closed"), "reason": ("", reason[:KEPT])},
        now=now,
    )
    return True


@transaction.atomic
def wrap_up(*, chat_id: UUID, fence: int, by: Console, outcome: str, now: datetime) -> None:
    """Set the outcome of a closed chat, which leaves the console. An open chat is closed by it too.

    Of a chat that is settled, by an earlier try or by time, nothing changes.

    Raises:
        CannotAssign: bad_outcome, not_found, not_yours, fence, seat_taken.
    """
    if outcome not in set(Outcome) - {Outcome.UNSET}:
        raise CannotAssign("bad_outcome")
    if records.is_settled_by(chat_id=chat_id, operator_id=by.operator_id):
        return
    entry = assignment.lock_own(chat_id=chat_id, fence=fence, by=by)
    if entry.state == State.OPEN:
        ending_close.close(entry, CloseReason.OPERATOR, now=now)
    ending_close.settle(entry, outcome, now=now)


def end_wrap_ups(*, now: datetime) -> int:
    """End wrap-ups that took 120 s, with outcome `unset`. Returns how many."""
    limit = now - timedelta(seconds=lifecycle.WRAP_UP_LIMIT)

    def end(entry: PoolEntry) -> bool:
        ending_close.settle(entry, Outcome.UNSET, now=now)
        return True

    return _sweep(end, state=State.WRAP_UP, wrap_up_at__lte=limit)


def remind_silent(*, now: datetime) -> int:
    """Ask visitors who are silent for 4 minutes whether they are still there. Returns how many."""
    limit = now - timedelta(seconds=lifecycle.REMIND_AFTER)

    def remind(entry: PoolEntry) -> bool:
        due = lifecycle.needs_reminder(
            state=lifecycle.State(entry.state),
            turn=lifecycle.Turn(entry.turn),
            silent_since=entry.turn_at,
            reminded_at=entry.reminded_at,
            now=now,
        )
        if due:
            entry.reminded_at = now
            events = append_system(entry, now=now, code="reminder")
            entry.save()
            send_on_commit(events)
        return due

    unreminded = Q(reminded_at__isnull=True) | Q(reminded_at__lt=F("turn_at"))
    return _sweep(remind, unreminded, state=State.OPEN, turn="visitor", turn_at__lte=limit)


def close_idle(*, now: datetime) -> int:
    """Close chats whose visitor is silent for 10 minutes. Returns how many."""
    limit = now - timedelta(seconds=lifecycle.IDLE_CLOSE)

    def close(entry: PoolEntry) -> bool:
        ending_close.close(entry, CloseReason.IDLE, now=now)
        return True

    return _sweep(close, state=State.OPEN, turn="visitor", turn_at__lte=limit)


def close_left(*, now: datetime) -> int:
    """Close unanswered chats whose visitor is gone, at the last beat. Returns how many."""
    limit = now - timedelta(seconds=lifecycle.LEFT_AFTER)

    def close(entry: PoolEntry) -> bool:
        gone = lifecycle.has_left(
            state=lifecycle.State(entry.state),
            seen_at=entry.visitor_seen_at,
            hidden=entry.visitor_hidden,
            now=now,
        )
        if gone:
            ending_close.close(entry, CloseReason.LEFT, now=now, closed_at=entry.visitor_seen_at)
        return gone

    unanswered = Q(state__in=[State.WAITING, State.OFFERED])
    return _sweep(close, unanswered, visitor_seen_at__lte=limit)


def close_end_of_hours(*, now: datetime) -> int:
    """Close waiting chats out of hours once no certified seat has held a lease for 60 s. Returns how many."""
    waiting = list(PoolEntry.objects.filter(state=State.WAITING).select_related("company"))
    if not waiting:
        return 0
    hours = list_hours({entry.company for entry in waiting})
    candidates = list_candidates(now, {entry.company_id for entry in waiting})

    def close(entry: PoolEntry) -> bool:
        ending_close.close(entry, CloseReason.END_OF_HOURS, now=now)
        return True

    count = 0
    for row in sorted(waiting, key=lambda row: row.chat_id):
        certified = any(row.company_id in candidate.certified for candidate in candidates)
        closed = not clock.is_open(hours[row.company_id], now)
        if certified or not closed:
            if row.unstaffed_since is not None:
                PoolEntry.objects.filter(pk=row.pk).update(unstaffed_since=None)
        elif row.unstaffed_since is None:
            PoolEntry.objects.filter(pk=row.pk, unstaffed_since__isnull=True).update(unstaffed_since=now)
        elif (now - row.unstaffed_since).total_seconds() >= lifecycle.END_OF_HOURS_GRACE:
            count += _sweep(close, Q(pk=row.pk), state=State.WAITING)
    return count


def _sweep(act: Callable[[PoolEntry], bool], *conditions: Q, **matching: object) -> int:
    """Act on each entry that matches, in its own transaction, skipping what somebody else has locked."""
    ids = PoolEntry.objects.filter(*conditions, **matching).order_by("chat_id")
    count = 0
    for chat_id in list(ids.values_list("chat_id", flat=True)[:_SWEEP]):
        with own_transaction(chat_id):
            entry = entries.find_locked_now(chat_id, **matching)
            if entry is not None:
                count += act(entry)
    return count


def _closed_before(entry: PoolEntry, fence: int) -> bool:
    return entry.state == State.WRAP_UP and entry.fence == fence + 1
