"""Asking one person to take a chat: who it can be, and the offer itself, of a waiting chat or as a transfer of an open
one.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from agency.domain.pool import routing
from agency.domain.pool.reasons import PoolReason
from agency.domain.pool.routing import OFFER_SECONDS
from agency.live.switchboard import send_on_commit
from agency.models import Operator, PoolEntry, Seat
from agency.services.certification.valid_certificates import list_known
from agency.services.pool import entries
from agency.services.pool.candidates import list_able
from agency.services.pool.entries import Missed, Proposal
from agency.services.pool.queue import facts_of
from chat.domain import events
from chat.services.assignment.steps import (
    CannotAssign,
    State,
    changed,
    lock_seats,
    seat_event,
)
from chat.services.console.floor import call_events
from chat.services.console.transfer_note import find_passing_note
from chat.services.wire import OfferFacts, offer_of, site_names

PERSON, ANY = "person", "any"


def offer_to(entry: PoolEntry, operator_id: UUID, *, why: PoolReason, now: datetime, transfer: str = "") -> None:
    """Offer a locked entry to this operator for 10 s: one slot of theirs is in use meanwhile.

    A waiting chat becomes offered; an open one stays open with its operator. Draining is no bar.

    Args:
        transfer: of an open chat, what was asked for: "person", "any" or a language.

    Raises:
        CannotAssign: not_found (not certified), away, paused, language, full.
    """
    seat = lock_seats([operator_id]).get(operator_id)
    operator = Operator.objects.get(pk=operator_id)
    barred, unread = check_seat(entry, seat, operator, now, language=language_of(transfer))
    if barred or seat is None:
        raise CannotAssign(barred)
    bounced = entries.bounced_by([entry.chat_id])
    facts = OfferFacts(
        site=site_names([entry.site_id]).get(entry.site_id, ""),
        again=operator_id in bounced.get(entry.chat_id, ()),
        unread=unread,
        is_lead=operator.is_lead,
    )
    put_offer(entry, Proposal(operator_id, why, transfer), facts=facts, now=now)


def put_offer(entry: PoolEntry, proposal: Proposal, *, facts: OfferFacts, now: datetime) -> Missed | None:
    """Write the offer of a locked entry to an operator who has room for it, and tell them, or return why it can't be
    written.
    """
    expires_at = now + timedelta(seconds=OFFER_SECONDS)
    seat = entries.write_offer(entry, proposal, expires_at=expires_at, now=now)
    if isinstance(seat, Missed):
        return seat
    offer = offer_of(entry, facts, note=find_passing_note(entry))
    made = events.encode(events.OfferMade(offer))
    to_send = [(f"u:{proposal.operator_id}", made), seat_event(seat), *call_events(entry, now)]
    send_on_commit([*to_send, changed(entry)] if proposal.transfer else to_send)
    return None


def check_seat(
    entry: PoolEntry, seat: Seat | None, operator: Operator, now: datetime, *, language: str = ""
) -> tuple[str, bool]:
    """Return why the holder of a locked seat can't have this chat now ("" if they can), and whether its instruction is
    unread.

    Args:
        language: the one asked for; empty: the chat's own.
    """
    known = list_known([operator.pk], now).get(operator.pk, {}).get(entry.company_id)
    if known is None:
        return "not_found", False
    if seat is None or seat.lease_until <= now:
        return "away", not known.read
    if seat.paused:
        return "paused", not known.read
    if (language or entry.language) not in operator.languages:
        return "language", not known.read
    full = not has_room(seat, entry.company_id, known.chat_limit)
    return "full" if full else "", not known.read


def has_room(seat: Seat, company_id: UUID, chat_limit: int | None) -> bool:
    """Whether a locked seat has a free slot, and its operator may have one more chat of this company."""
    if seat.used >= seat.capacity:
        return False
    if chat_limit is None:
        return True
    own = PoolEntry.objects.filter(Q(operator=seat.pk, state=State.OPEN) | Q(offered_to=seat.pk), company=company_id)
    return own.count() < chat_limit


def choose_other(entry: PoolEntry, *, now: datetime, language: str = "", but: Collection[UUID] = ()) -> routing.Choice:
    """Ask the router for an operator for this chat, leaving some out. Five queries.

    Args:
        language: the one asked for; empty: the chat's own.
        but: who is not to be asked: its holder, and who let this transfer pass.
    """
    asked = language or entry.language
    able = list_able(entry.company_id, asked, now)
    candidates = [one for one in able if one.operator_id not in but]
    facts = facts_of(entry, entries.bounced_by([entry.chat_id]).get(entry.chat_id, {}))
    return routing.choose(replace(facts, language=asked), candidates, now)


def language_of(transfer: str) -> str:
    """The language that a transfer asks for, or ""."""
    return "" if transfer in ("", PERSON, ANY) else transfer
