"""Chats that have grown long, and how a client walks through one."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from django.utils import timezone

from agency.models import PoolEntry, Seat
from chat.models import Message
from tenants.context import in_company
from tests import cast
from tests.chat.services import stage

PAGE, PAGE_BYTES = 80, 65_536
# A message's own bytes beside its text.
ROUND_IT = 400

Ask = Callable[..., Awaitable[list[dict[str, Any]]]]


def grow(chat_id: UUID | str, count: int, body: str) -> None:
    """Let the chat have `count` more texts of its visitor, whose first letters say which."""
    entry = PoolEntry.objects.select_related("company").get(pk=chat_id)
    now, begin = timezone.now(), entry.last_seq + 1
    with in_company(entry.company):
        Message.objects.bulk_create(
            Message(
                chat_id=entry.pk,
                seq=seq,
                client_id=uuid.uuid4(),
                kind=Message.Kind.TEXT,
                side="visitor",
                body=f"{seq} {body}"[:4000],
                created_at=now,
            )
            for seq in range(begin, begin + count)
        )
    entry.last_seq += count
    entry.save(update_fields=["last_seq"])


def hold_many(email: str, count: int) -> list[PoolEntry]:
    """Chats of two companies that this operator holds at once."""
    by = stage.sit(email, now=timezone.now())
    Seat.objects.filter(operator_id=by.operator_id).update(capacity=count)
    sites = (cast.ACME_SITE, cast.ZEN_SITE)
    return [stage.open_chat(by, site_key=sites[number % 2], now=timezone.now()) for number in range(count)]


async def walk_back(messages: list[dict[str, Any]], ask: Ask) -> list[dict[str, Any]]:
    """Return all messages of a chat, from its newest page back to its first."""
    whole = list(messages)
    while whole[0]["seq"] > 1:
        page = await ask(before=whole[0]["seq"])
        check_page(page)
        assert page[-1]["seq"] == whole[0]["seq"] - 1
        whole = page + whole
    return whole


async def walk_on(ask: Ask, last_seq: int, *, after: int = 1) -> list[dict[str, Any]]:
    """Return all messages of a chat behind `after`, page by page."""
    whole: list[dict[str, Any]] = []
    while after < last_seq:
        page = await ask(after=after)
        check_page(page)
        assert page[0]["seq"] == after + 1
        whole += page
        after = page[-1]["seq"]
    return whole


def check_page(page: list[dict[str, Any]], room: int = PAGE_BYTES) -> None:
    """A page is in order, without a gap, and no longer than a page may be."""
    seqs = [message["seq"] for message in page]
    assert seqs == list(range(seqs[0], seqs[-1] + 1))
    assert len(page) <= PAGE
    taken = sum(len(message["body"].encode()) for message in page)
    assert len(page) == 1 or taken <= room
