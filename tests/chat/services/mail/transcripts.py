"""A chat whose transcript was asked for, and what the mail server got."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from agency.models import OutboxRow, PoolEntry
from agency.services.mail import outbox
from chat.models import Chat, Message, Visitor
from chat.services.ending import reasons_to_close
from chat.services.mail import transcripts
from tenants.context import in_company
from tenants.models import Company
from tests.agency.services.mail.sink import Sink, mail_server
from tests.chat.services.stage import after, open_chat, sit


@pytest.fixture(name="running", scope="module")
def fixture_running() -> Iterator[Sink]:
    with mail_server() as sink:
        yield sink


@pytest.fixture(name="server")
def fixture_server(db: None, running: Sink) -> Sink:
    OutboxRow.objects.all().delete()
    running.forget()
    return running


def say(company: Company, entry: PoolEntry, seq: int, body: str, *, side: str, at: float, **facts: Any) -> None:
    with in_company(company):
        Message.objects.create(
            chat_id=entry.pk,
            seq=seq,
            client_id=uuid.uuid4(),
            kind=facts.pop("kind", "text"),
            side=side,
            body=body,
            created_at=after(at),
            **facts,
        )


def talk(company: Company, **facts: Any) -> tuple[UUID, UUID]:
    """Return a chat with Alice, closed: both sides' words, a note, and a page change. Chat and visitor."""
    entry = open_chat(sit("alice@balie.test"))
    entry.last_seq = 20
    entry.save()
    with in_company(company):
        Visitor.objects.filter(pk=entry.visitor_id).update(name=facts.pop("name", "Marieke"))
        Chat.objects.filter(pk=entry.pk).update(
            page_title=facts.pop("title", "Veluwe 4"),
            page_url=facts.pop("url", "https://shop.acme.example/veluwe?m=39"),
            **facts,
        )
    alice = {"side": "operator", "author_name": "Alice"}
    say(company, entry, 10, "Dag! Kijk op https://shop.acme.example/maat.", at=60, **alice)
    say(company, entry, 11, "MARKER-note", at=70, kind="note", **alice)
    say(company, entry, 12, "Mijn maat is 39\nof 40", side="visitor", at=120)
    chat_id, visitor_id = entry.pk, entry.visitor_id
    reasons_to_close.close_by_visitor(chat_id=chat_id, visitor_id=visitor_id, now=after(780))
    return chat_id, visitor_id


def ask(company: Company, chat: tuple[UUID, UUID], address: str = "jan@voorbeeld.example") -> None:
    transcripts.ask(
        company=company,
        chat_id=chat[0],
        visitor_id=chat[1],
        client_id=uuid.uuid4(),
        address=address,
        now=after(800),
    )


def drain(now: datetime | None = None) -> int:
    return outbox.drain(now=lambda: now or after(1_000))


def parts(sink: Sink) -> tuple[Any, str, str]:
    """Return the one mail that came: its message, text and HTML."""
    ((recipients, message, _raw),) = sink.taken
    assert recipients == [message["To"]]
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert text is not None
    assert html is not None
    return message, text.get_content(), html.get_content()
