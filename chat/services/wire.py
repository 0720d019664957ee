"""Rows as they go over the wire: nothing is read here but what hangs on the row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agency.domain.pool import routing
from agency.models import PoolEntry, Seat
from agency.services.system import rate_limits
from chat.domain import events, lifecycle, text
from tenants.models import Site


def entry_of(entry: PoolEntry) -> events.WireEntry:
    """The live facts of a chat, for whoever holds it."""
    return events.WireEntry(
        chat_id=entry.chat_id,
        company_id=entry.company_id,
        state=str(entry.state),
        fence=entry.fence,
        last_seq=entry.last_seq,
        turn=entry.turn,
        turn_at=entry.turn_at,
        arrived_at=entry.arrived_at,
        promise_seconds=entry.promise_seconds,
        first_human_at=entry.first_human_at,
        visitor_seen_at=entry.visitor_seen_at,
        visitor_read=entry.visitor_read,
        operator_read=entry.operator_read,
        wrap_up_at=entry.wrap_up_at,
        transfer=_transfer_of(entry),
        ticks={step: datetime.fromisoformat(at) for step, at in entry.ticks.items()},
    )


def seat_of(seat: Seat) -> events.WireSeat:
    """A seat, for its operator."""
    return events.WireSeat(
        epoch=seat.epoch,
        capacity=seat.capacity,
        used=seat.used,
        paused=seat.paused,
        pause_reason=seat.pause_reason,
        paused_at=seat.paused_at,
        draining=seat.draining,
        drain_reason=seat.drain_reason,
        shift_ends_at=seat.shift_ends_at,
        lease_until=seat.lease_until,
    )


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """Facts of an offer for the asked operator, beside the entry.

    `site`: its name. `again`: they held this chat before, or let it pass. `unread`: they haven't read the company's
    newest instruction. `is_lead`: they are a lead operator.
    """

    site: str
    again: bool
    unread: bool
    is_lead: bool


def offer_of(entry: PoolEntry, facts: OfferFacts, *, note: str) -> events.Offer:
    """An offer, for whoever is asked: no word of the visitor.

    Args:
        note: of whoever asks them to take it over.
    """
    assert entry.offer_expires_at is not None
    holder = entry.operator
    return events.Offer(
        chat_id=entry.chat_id,
        company_id=entry.company_id,
        site=facts.site,
        language=entry.language,
        fence=entry.fence,
        arrived_at=entry.arrived_at,
        promise_seconds=entry.promise_seconds,
        first_human_at=entry.first_human_at,
        expires_at=entry.offer_expires_at,
        kind=_kind(entry, facts),
        from_name=holder.public_name if holder is not None else "",
        returning=entry.earlier_operator is not None and entry.earlier_operator == entry.offered_to_id,
        unread=facts.unread,
        note=note,
    )


def console_limits() -> events.ConsoleLimits:
    """Return what a console goes by, each from where it holds."""
    return events.ConsoleLimits(
        text=text.TEXT_LIMIT,
        idle=lifecycle.IDLE_CLOSE,
        gone=lifecycle.LEFT_AFTER,
        wrap_up=lifecycle.WRAP_UP_LIMIT,
        offer=routing.OFFER_SECONDS,
    )


def visitor_limits() -> events.VisitorLimits:
    """Return what a widget goes by, each from where it holds."""
    return events.VisitorLimits(
        text=text.TEXT_LIMIT,
        rating=text.RATING_LIMIT,
        remind=lifecycle.REMIND_AFTER,
        idle=lifecycle.IDLE_CLOSE,
        again=rate_limits.CHATS_OF_VISITOR.within,
    )


def site_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of sites by id. One query."""
    return dict(Site.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def _kind(entry: PoolEntry, facts: OfferFacts) -> str:
    if entry.operator_id is not None:
        return "transfer"
    if entry.called_at is not None and facts.is_lead:
        return "lead"
    return "again" if facts.again else "new"


def _transfer_of(entry: PoolEntry) -> events.Transfer | None:
    if entry.operator_id is None or entry.offered_to is None or entry.offer_expires_at is None:
        return None
    return events.Transfer(entry.offered_to.public_name, entry.offer_expires_at)
