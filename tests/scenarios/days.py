"""Whole chats by the real services, at given moments: what a story of a day is told with."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agency.models import PoolEntry, Seat
from chat.services import assignment
from chat.services.assignment import Console
from chat.services.begin import first_message
from chat.services.begin.first_message import First
from chat.services.ending import reasons_to_close
from chat.services.finished import rate
from tenants.models import Company
from tenants.resolve import find_site
from tests.chat.services.stage import say, sit

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Visit:
    """One chat.

    `waited`: seconds to the first human text, None if none came. `lasted`: seconds from the first message to the end.
    `end`: who ends it (operator, visitor). `outcome`: what the operator says of it. `good`: the rating, None without
    one.
    """

    at: datetime
    waited: float | None
    lasted: float
    end: str = "operator"
    outcome: str = "resolved"
    good: bool | None = None
    visitor: UUID | None = None

    @property
    def is_held(self) -> bool:
        """Whether Alice takes it."""
        return self.waited is not None or self.end == "operator"

    def after(self, seconds: float) -> datetime:
        """So long after its first message."""
        return self.at + timedelta(seconds=seconds)


def visit(company: Company, visit: Visit) -> UUID:
    """Play it: arrival, offer, accept, text, close, wrap-up, rating. The chat's id."""
    alice = sit("alice@balie.test", now=visit.at)
    Seat.objects.update(lease_until=visit.at + _DAY, as_of=visit.at)
    visitor_id = visit.visitor or uuid.uuid4()
    chat_id = _begin(company, visitor_id, visit.at)
    end = visit.after(visit.lasted)
    if visit.is_held:
        _accept(chat_id, visit, alice)
    if visit.waited is not None:
        entry = PoolEntry.objects.get(pk=chat_id)
        say(entry, "operator", "Ik help je graag", now=visit.after(visit.waited), by=alice)
    if visit.end == "visitor":
        reasons_to_close.close_by_visitor(chat_id=chat_id, visitor_id=visitor_id, now=end)
    else:
        reasons_to_close.close_by_operator(chat_id=chat_id, fence=_fence(chat_id), by=alice, now=end)
    if visit.is_held:
        reasons_to_close.wrap_up(
            chat_id=chat_id,
            fence=_fence(chat_id),
            by=alice,
            outcome=visit.outcome,
            now=end + timedelta(seconds=20),
        )
    if visit.good is not None:
        _rate(company, chat_id, visitor_id, visit)
    return chat_id


def _begin(company: Company, visitor_id: UUID, now: datetime) -> UUID:
    """Write a visitor's first text. Returns the chat's id."""
    site = find_site(company.sites.get().key)
    assert site is not None
    begun = first_message.begin_chat(site=site, visitor_id=visitor_id, first=First(uuid.uuid4(), "Hoi"), now=now)
    return begun.chat_id


def _accept(chat_id: UUID, visit: Visit, alice: Console) -> None:
    """It is offered to Alice, who takes it."""
    assert assignment.assign_waiting(now=visit.after(0.5)) == 1
    assignment.accept(chat_id=chat_id, fence=_fence(chat_id), by=alice, now=visit.after(1))


def _fence(chat_id: UUID) -> int:
    return PoolEntry.objects.get(pk=chat_id).fence


def _rate(company: Company, chat_id: UUID, visitor_id: UUID, visit: Visit) -> None:
    """Half a minute after the end the visitor says whether it helped."""
    assert visit.good is not None
    rate.rate(
        company=company,
        chat_id=chat_id,
        visitor_id=visitor_id,
        opinion=rate.Opinion(visit.good, "", "panel"),
        now=visit.after(visit.lasted + 30),
    )
