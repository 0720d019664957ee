"""Transfers: an open chat's operator asks somebody else to take it over, and keeps it until they accept.

Who is asked has a slot in use like for any offer. A named person is asked once; "any" and a language ask a second
person, once. However it is cut short (taken back, chat closed, either console gone) the question's slot is freed with
it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.domain.pool import reasons, trail_reasons
from agency.domain.pool.reasons import PoolReason
from agency.live.switchboard import Event, send_on_commit
from agency.models import Assignment, PoolEntry, Seat
from agency.services.certification.valid_certificates import list_certified_companies
from agency.services.pool import entries
from agency.services.pool import seats as pool_seats
from chat.domain import events
from chat.models import Chat
from chat.services.assignment.ask import ANY, PERSON, choose_other, language_of, offer_to
from chat.services.assignment.steps import (
    CannotAssign,
    Console,
    Kind,
    State,
    changed,
    ever_held,
    find_own,
    give,
    lock_seats,
    lock_seats_of,
    offer_gone,
    removed,
    seat_event,
    withdraw,
)
from chat.services.messaging import append_note
from tenants.context import in_company


@dataclass(frozen=True, slots=True)
class Wish:
    """The wished receiver of a chat: `to` is person (with `operator_id`), language (with `language`) or any."""

    to: str
    operator_id: UUID | None = None
    language: str = ""

    @property
    def kept(self) -> str:
        """As the entry keeps it."""
        return self.language if self.to == "language" else self.to


@dataclass(frozen=True, slots=True)
class HandoverNote:
    """A word for whoever takes a chat over, under the id that its client gave it."""

    body: str
    client_id: UUID


@transaction.atomic
def transfer(
    *,
    chat_id: UUID,
    fence: int,
    by: Console,
    wish: Wish,
    note: HandoverNote | None = None,
    now: datetime,
) -> None:
    """Ask somebody to take an open chat over. A repeat of one that was asked changes nothing.

    Args:
        note: an internal note in the chat at once, so that it can't get lost on the way.

    Raises:
        CannotAssign: not_found, not_yours, fence, wrong_state, nobody, seat_taken.
    """
    if _was_asked(chat_id, fence, by):
        return
    entry = find_own(chat_id=chat_id, fence=fence, by=by)
    # Judged again under the lock, which comes after the choice of whom to ask: both seats are locked in id order.
    if not Seat.objects.filter(pk=by.operator_id, epoch=by.epoch).exists():
        raise CannotAssign("seat_taken")
    if entry.state != State.OPEN or entry.transfer:
        raise CannotAssign("wrong_state")
    asked, why = _whom(entry, wish, now)
    lock_seats_of(entry, asked, by=by)
    if note is not None:
        send_on_commit(_append(entry, note, by, now))
        entry.save(update_fields=["last_seq"])
    _ask(entry, asked, why=trail_reasons.transfer(name=by.name, why=why), transfer=wish.kept, now=now)


@transaction.atomic
def cancel_transfer(*, chat_id: UUID, fence: int, by: Console, now: datetime) -> None:
    """Take the question back and keep the chat. A repeat changes nothing.

    Raises:
        CannotAssign: not_found, not_yours, fence, wrong_state (nobody is asked), seat_taken.
    """
    if _was_cancelled(chat_id, fence, by):
        return
    entry = find_own(chat_id=chat_id, fence=fence, by=by)
    seats = lock_seats_of(entry, by=by)
    if not entry.transfer:
        raise CannotAssign("wrong_state")
    to_send = withdraw(entry, seats, gone="cancelled", reason=trail_reasons.transfer_cancelled(), now=now)
    entry.fence += 1
    entry.save()
    send_on_commit([*to_send, *_ended(entry, "cancelled")])


def accept_transfer(entry: PoolEntry, *, by: Console, now: datetime) -> int:
    """Take over the locked open chat that this operator is asked for.

    Returns:
        The seq of the system message.

    Raises:
        CannotAssign: seat_taken.
    """
    former = entry.operator_id
    assert former is not None
    seats = lock_seats_of(entry, by=by)
    pool_seats.free(seats[former], now=now)
    language = language_of(entry.transfer)
    if language and language != entry.language:
        entry.language = language
        with in_company(entry.company):
            Chat.objects.filter(pk=entry.chat_id).update(language=language)
    seat = seats[by.operator_id]
    reason = trail_reasons.transfer_accepted()
    seq = give(entry, seat, kind=Kind.ACCEPT, name=by.name, reason=reason, now=now)
    send_on_commit([removed(entry, former, "transferred", by.name), seat_event(seats[former])])
    return seq


def pass_transfer(entry: PoolEntry, *, gone: str, reason: PoolReason, now: datetime, by: Console | None = None) -> None:
    """End the pending transfer of this locked open chat. Where nobody was named, a second operator is asked.

    Args:
        gone: what their console is told: declined or expired.
        reason: why, for the trail.
        by: the console that declined; None where time did.

    Raises:
        CannotAssign: seat_taken.
    """
    asked, holder, kept = entry.offered_to_id, entry.operator_id, entry.transfer
    assert asked is not None
    assert holder is not None
    following: UUID | None = None
    why: tuple[PoolReason, ...] = ()
    if kept != PERSON and not _is_second(entry):
        choice = choose_other(entry, language=language_of(kept), but={holder, asked}, now=now)
        following, why = choice.operator_id, choice.reasons
    seats = lock_seats(pk for pk in (asked, following) if pk is not None)
    if by is not None and seats[asked].epoch != by.epoch:
        raise CannotAssign("seat_taken")
    pool_seats.free(seats[asked], now=now)
    entry.offered_to, entry.offer_expires_at, entry.transfer = None, None, ""
    entry.fence += 1
    passed = trail_reasons.transfer_passed(why=(reason,))
    entries.note(entry, operator_id=asked, kind=Kind.BOUNCE, reason=passed, now=now)
    send_on_commit([offer_gone(entry, asked, gone), seat_event(seats[asked])])
    if following is not None:
        try:
            offer_to(entry, following, why=trail_reasons.transfer_again(why=why), transfer=kept, now=now)
            return
        except CannotAssign:
            pass  # they went or filled up since the choice
    entry.save()
    send_on_commit(_ended(entry, gone))


def _whom(entry: PoolEntry, wish: Wish, now: datetime) -> tuple[UUID, tuple[PoolReason, ...]]:
    """The operator who is asked, and why."""
    if wish.to == PERSON:
        named = wish.operator_id
        certified = named and entry.company_id in list_certified_companies(named, now)
        if named is None or not certified or named == entry.operator_id:
            raise CannotAssign("not_found")
        return named, (reasons.by_name(),)
    if wish.to != ANY and (not wish.language or wish.language in (PERSON, ANY)):
        raise CannotAssign("nobody")
    holder = {entry.operator_id} if entry.operator_id else set()
    choice = choose_other(entry, language=wish.language, but=holder, now=now)
    if choice.operator_id is None:
        raise CannotAssign("nobody")
    return choice.operator_id, choice.reasons


def _append(entry: PoolEntry, note: HandoverNote, by: Console, now: datetime) -> list[Event]:
    return append_note(
        entry,
        note.body,
        author_id=by.operator_id,
        name=by.name,
        client_id=note.client_id,
        now=now,
    )


def _ask(entry: PoolEntry, asked: UUID, *, why: PoolReason, transfer: str, now: datetime) -> None:
    try:
        offer_to(entry, asked, why=why, transfer=transfer, now=now)
    except CannotAssign:
        raise CannotAssign("nobody") from None


def _ended(entry: PoolEntry, reason: str) -> list[Event]:
    ended = events.encode(events.TransferEnded(entry.chat_id, reason))
    return [changed(entry), (f"u:{entry.operator_id}", ended)]


def _is_second(entry: PoolEntry) -> bool:
    return Assignment.objects.filter(
        chat_id=entry.chat_id,
        fence=entry.fence,
        kind=Kind.OFFER,
        code=trail_reasons.transfer_again.code,
    ).exists()


def _was_asked(chat_id: UUID, fence: int, by: Console) -> bool:
    code = trail_reasons.transfer.code
    asked = Assignment.objects.filter(chat_id=chat_id, fence=fence + 1, kind=Kind.OFFER, code=code)
    return asked.exists() and ever_held(chat_id, by.operator_id)


def _was_cancelled(chat_id: UUID, fence: int, by: Console) -> bool:
    """The line bears the fence that the question was asked with."""
    code = trail_reasons.transfer_cancelled.code
    cancelled = Assignment.objects.filter(chat_id=chat_id, fence=fence, kind=Kind.RELEASE, code=code)
    return cancelled.exists() and ever_held(chat_id, by.operator_id)
