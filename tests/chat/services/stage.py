"""Chats and seats as the service tests need them, without sockets. `now` is the tests' own clock."""

import uuid
from datetime import UTC, datetime, timedelta
from uuid import UUID

from agency.models import PoolEntry, Seat, User
from agency.services.pool import seats
from chat.live import judge
from chat.live.judge import Post
from chat.models import Message
from chat.services import assignment
from chat.services.assignment import Console
from chat.services.begin import first_message
from chat.services.begin.first_message import Begun, First
from tenants.context import in_company
from tenants.resolve import find_site
from tests import cast

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """Return the moment that many seconds later."""
    return NOW + timedelta(seconds=seconds)


def sit(email: str, *, now: datetime = NOW) -> Console:
    """Let an operator take the seat."""
    user = User.objects.select_related("operator").get(email=email)
    seat = seats.take_seat(operator=user.operator, now=now)
    return Console(user.pk, seat.epoch, user.operator.public_name)


def write_first(site_key: str = cast.ACME_SITE, *, body: str = "Hallo", now: datetime = NOW) -> tuple[Begun, UUID]:
    """Send a new visitor's first message. Returns where it went, and the visitor."""
    site = find_site(site_key)
    assert site is not None
    visitor_id = uuid.uuid4()
    begun = first_message.begin_chat(site=site, visitor_id=visitor_id, first=First(uuid.uuid4(), body), now=now)
    return begun, visitor_id


def open_chat(by: Console, *, site_key: str = cast.ACME_SITE, now: datetime = NOW) -> PoolEntry:
    """Return a chat that this operator has accepted."""
    begun, _ = write_first(site_key, now=now)
    assert assignment.assign_waiting(now=now) == 1
    entry = PoolEntry.objects.get(pk=begun.chat_id)
    assignment.accept(chat_id=entry.pk, fence=entry.fence, by=by, now=now)
    entry.refresh_from_db()
    return entry


def used(by: Console) -> int:
    """Slots in use."""
    return Seat.objects.get(operator_id=by.operator_id).used


def say(entry: PoolEntry, side: str, body: str, *, now: datetime, by: Console | None = None) -> int:
    """Write a text in a chat, as the live path would. Returns its seq."""
    entry = PoolEntry.objects.select_related("company").get(pk=entry.pk)
    post = Post(entry.company.schema_name, str(entry.pk), str(uuid.uuid4()), side, "text", body, now, outlet=None)
    judge.move(entry, post)
    entry.save()
    with in_company(entry.company):
        Message.objects.create(
            chat_id=entry.pk,
            seq=entry.last_seq,
            client_id=post.client_id,
            kind=post.kind,
            side=side,
            author_id=by.operator_id if by else None,
            author_name=by.name if by else "",
            body=body,
            created_at=now,
        )
    return entry.last_seq
