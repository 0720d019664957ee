"""Offering the waiting chats: which one next, to whom, and the offer itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from agency.domain import capacity, routing
from agency.live.switchboard import send_on_commit
from agency.models import Assignment, PoolEntry
from agency.services import candidates as desk
from agency.services import pool, presence
from chat.domain import events
from chat.domain.lifecycle import OFFER_SECONDS
from chat.services.assignment.steps import seat_event
from chat.services.wire import offer_of, site_names

State = PoolEntry.State


def assign_waiting(*, now: datetime, limit: int = 100) -> int:
    """Offer waiting chats to operators who can take them; how many were offered. Any number of processes may do this."""
    oldest = PoolEntry.objects.filter(state=State.WAITING).order_by("arrived_at")
    rows = list(oldest[:limit])
    if not rows:
        return 0
    candidates = desk.list_candidates(now)
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
            candidates = desk.list_candidates(now)
    return offered


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
