"""Offering the waiting chats: which one next, and to whom."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db import transaction

from agency.domain.pool import routing, trail_reasons
from agency.domain.pool.routing import Entry
from agency.services.pool import entries, queue
from agency.services.pool.entries import Missed, Proposal
from chat.services.assignment.ask import put_offer
from chat.services.wire import OfferFacts

# Chats whose order is read at a time: so many routers find a chat each, and a reading serves as many decisions.
AHEAD = 16
# A decision whose facts changed under it is taken anew; after so many times the chat is left to whoever is so busy
# there.
TRIES = 4


class RoundOutcome(Enum):
    """The result of one attempt to offer a chat."""

    OFFERED = "offered"
    NOBODY = "nobody can take it"
    CONTESTED = "everybody who could take it is locked by others just now"
    STALE = "what was decided on had changed"


def assign_waiting(*, now: datetime, limit: int = 100) -> int:
    """Offer waiting chats to operators who can take them. Returns how many were offered.

    Any number of processes may do this side by side: each takes the first chat that no other has locked, and an
    operator whose seat no other has locked, so none waits for another. What is left the next round offers, within a
    second.
    """
    offered = 0
    passed: list[queue.Next] = []
    while offered < limit:
        before = offered
        ahead = queue.list_next(now, limit=AHEAD, passed=passed)
        known = len(passed)
        while ahead and offered < limit:
            taken, outcome = _offer_first([one.chat_id for one in ahead], now)
            at = next((one for one in ahead if one.chat_id == taken), None)
            if at is None:
                break
            ahead.remove(at)
            offered += outcome is RoundOutcome.OFFERED
            if outcome is RoundOutcome.NOBODY:
                passed.append(at)
                alike = (at.company_id, at.language)
                ahead = [one for one in ahead if (one.company_id, one.language) != alike]
        if offered == before and len(passed) == known:
            break
    return offered


def _offer_first(chat_ids: list[UUID], now: datetime) -> tuple[UUID | None, RoundOutcome]:
    """Offer the first of these chats that no other process is deciding on. Returns it, or None if there is none."""
    chat_id, outcome = _decide(chat_ids, now)
    for _ in range(TRIES):
        if outcome is not RoundOutcome.STALE or chat_id is None:
            break
        _, outcome = _decide([chat_id], now)
    return chat_id, outcome


@transaction.atomic
def _decide(chat_ids: list[UUID], now: datetime) -> tuple[UUID | None, RoundOutcome]:
    """One decision in one transaction: the chat's row and one seat's are locked, and the operator's key is shared."""
    waiting = queue.find_first_locked(chat_ids, now)
    if waiting is None:
        return None, RoundOutcome.CONTESTED
    entry, able = waiting.entry, waiting.able
    facts = _facts(waiting)
    outcome = RoundOutcome.NOBODY
    while True:
        choice = routing.choose(facts, able, now)
        if choice.operator_id is None:
            return entry.chat_id, outcome
        chosen = next(one for one in able if one.operator_id == choice.operator_id)
        why = trail_reasons.routed(why=(*routing.why_next(facts, now), *choice.reasons))
        proposal = Proposal(chosen.operator_id, why, version=chosen.seat_version)
        told = OfferFacts(
            site=waiting.site,
            again=chosen.operator_id in facts.bounced_by,
            unread=entry.company_id in chosen.unread,
            is_lead=chosen.is_lead,
        )
        missed = put_offer(entry, proposal, facts=told, now=now)
        if missed is None:
            return entry.chat_id, RoundOutcome.OFFERED
        if missed is Missed.CHANGED:
            return entry.chat_id, RoundOutcome.STALE
        # Operators who are busy only for the moment still go before those who drain.
        outcome = RoundOutcome.CONTESTED
        able = [one for one in able if one != chosen and one.draining <= chosen.draining]


def _facts(waiting: queue.WaitingChat) -> Entry:
    entry = waiting.entry
    bounced: Mapping[UUID, int] = {}
    if entry.bounces or entry.at_head:
        bounced = entries.bounced_by([entry.chat_id]).get(entry.chat_id, {})
    return queue.facts_of(entry, bounced, load_limit=waiting.load_limit)
