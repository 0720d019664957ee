"""Whole chats by the real services, at given moments: what a story of a day is told with."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agency.models import PoolEntry, Seat
from chat.services import assignment
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
    `end`: who ends it (operator, visitor). `outcome`: what the operator says of it. `good`: the rating, None without one.
    """

    at: datetime
    waited: float | None
    lasted: float
    end: str = "operator"
    outcome: str = "resolved"
    good: bool | None = None
    visitor: UUID | None = None


def visit(company: Company, visit: Visit) -> UUID:
    """Play it: arrival, offer, accept, text, close, wrap-up, rating. The chat's id."""
    alice = sit("alice@balie.test", now=visit.at)
    Seat.objects.update(lease_until=visit.at + _DAY)
    site = find_site(company.sites.get().key)
    assert site is not None
    visitor_id = visit.visitor or uuid.uuid4()
    begun = first_message.begin_chat(
        site=site, visitor_id=visitor_id, first=First(uuid.uuid4(), "Hoi"), now=visit.at
    )
    chat_id = begun.chat_id

    def after(seconds: float) -> datetime:
        return visit.at + timedelta(seconds=seconds)

    held = visit.waited is not None or visit.end == "operator"
    if held:
        assert assignment.assign_waiting(now=after(0.5)) == 1
        fence = PoolEntry.objects.get(pk=chat_id).fence
        assignment.accept(chat_id=chat_id, fence=fence, by=alice, now=after(1))
    if visit.waited is not None:
        entry = PoolEntry.objects.get(pk=chat_id)
        say(entry, "operator", "Ik help je graag", now=after(visit.waited), by=alice)
    end = after(visit.lasted)
    if visit.end == "visitor":
        reasons_to_close.close_by_visitor(chat_id=chat_id, visitor_id=visitor_id, now=end)
    else:
        fence = PoolEntry.objects.get(pk=chat_id).fence
        reasons_to_close.close_by_operator(chat_id=chat_id, fence=fence, by=alice, now=end)
    if held:
        fence = PoolEntry.objects.get(pk=chat_id).fence
        reasons_to_close.wrap_up(
            chat_id=chat_id,
            fence=fence,
            by=alice,
            outcome=visit.outcome,
            now=end + timedelta(seconds=20),
        )
    if visit.good is not None:
        rate.rate(
            company=company,
            chat_id=chat_id,
            visitor_id=visitor_id,
            opinion=rate.Opinion(visit.good, "", "panel"),
            now=end + timedelta(seconds=30),
        )
    return chat_id
