"""Finished chats written straight into the tables: what the archive reads, without playing each chat."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agency.domain import keys
from agency.models import ChatRecord, Operator, RecordEvent
from chat.models import Chat, Message, Rating, Visitor
from chat.services.finished.search import write_words
from tenants.context import in_company
from tenants.models import Company


@dataclass(frozen=True)
class PastChat:
    """The words and deeds of a chat that is over.

    `said`: the visitor's texts, all at the arrival. `answer`: an operator's, after `waited` seconds; None: nobody
    answered. `lasted`: seconds to the close. `name`, `email`: the visitor's. `operator`: by public name. `site_id`:
    None for the company's first. `good`, `words`: the rating, None without one.
    """

    company: Company
    number: int
    arrived_at: datetime
    said: tuple[str, ...] = ("Hoi, past maat 41?",)
    answer: str = "Ja, die valt normaal."
    waited: float | None = 7
    lasted: float = 240
    name: str = ""
    email: str = ""
    operator: str = "Alice"
    outcome: str = "resolved"
    close_reason: str = "operator"
    site_id: UUID | None = None
    good: bool | None = None
    words: str = ""

    @property
    def answered_at(self) -> datetime | None:
        return None if self.waited is None else self.arrived_at + timedelta(seconds=self.waited)

    @property
    def closed_at(self) -> datetime:
        return self.arrived_at + timedelta(seconds=self.lasted)


def add_chat(company: Company, number: int, arrived_at: datetime, **facts: Any) -> ChatRecord:
    """One chat that is over and settled. `facts`: those of `PastChat`."""
    past = PastChat(company, number, arrived_at, **facts)
    with in_company(company):
        chat = _write_chat(past)
        if past.good is not None:
            at = past.closed_at
            Rating.objects.create(chat=chat, good=past.good, words=past.words, created_at=at, changed_at=at)
    record = _write_record(past, chat)
    if past.good is not None:
        RecordEvent.objects.create(
            record=record,
            company=company,
            kind="rating",
            value=int(past.good),
            at=past.closed_at,
        )
    return record


def _write_chat(past: PastChat) -> Chat:
    """Write the chat with its messages, as search finds it."""
    site_id = past.site_id or past.company.sites.values_list("pk", flat=True)[0]
    chat = Chat.objects.create(
        number=past.number,
        visitor=Visitor.objects.create(name=past.name, email=past.email),
        site_id=site_id,
        first_client_id=uuid.uuid4(),
        page_url="https://shop.example/schoenen",
        page_title="Schoenen",
        opened_at=past.arrived_at,
        closed_at=past.closed_at,
    )
    add_lines(chat, list(_lines_of(past)))
    answered = past.answer if past.answered_at else ""
    write_words({chat.pk: " ".join([past.name, *past.said, answered])})
    return chat


def _lines_of(past: PastChat) -> Iterator[dict[str, Any]]:
    """The greeting, the visitor's texts, an answer if there was one, the close."""
    arrived_at, answered_at, name = past.arrived_at, past.answered_at, past.operator
    body = "Hoi, kunnen we helpen?"
    yield {"kind": "auto", "side": "operator", "body": body, "at": arrived_at}
    for text in past.said:
        yield {"side": "visitor", "body": text, "at": arrived_at}
    if answered_at:
        data = {"code": "accepted", "name": name}
        yield {"kind": "system", "side": "system", "data": data, "at": answered_at}
        yield {"side": "operator", "author_name": name, "body": past.answer, "at": answered_at}
    data = {"code": "closed", "by": past.close_reason}
    yield {"kind": "system", "side": "system", "data": data, "at": past.closed_at}


def _write_record(past: PastChat, chat: Chat) -> ChatRecord:
    """Write what the agency keeps of it."""
    answered_at, closed_at, secret = past.answered_at, past.closed_at, past.company.secret
    return ChatRecord.objects.create(
        chat_id=chat.pk,
        company=past.company,
        site_id=chat.site_id,
        visitor_id=chat.visitor_id,
        language="nl",
        operator=Operator.objects.get(public_name=past.operator) if answered_at else None,
        arrived_at=past.arrived_at,
        assigned_at=answered_at,
        first_human_at=answered_at,
        closed_at=closed_at,
        settled_at=closed_at,
        close_reason=past.close_reason,
        outcome=past.outcome,
        promise_seconds=20,
        visitor_texts=len(past.said),
        operator_texts=int(answered_at is not None),
        visitor_left_at=closed_at if past.close_reason in {"visitor", "left"} else None,
        number=past.number,
        visitor_key=keys.visitor_key(secret, str(chat.visitor_id)),
        address_key=keys.address_key(secret, past.email),
    )


def add_lines(chat: Chat, lines: list[dict[str, Any]]) -> None:
    """Append messages to a chat: {side, body, at} and, if they aren't plain texts, kind, data, author_name."""
    last = Message.objects.filter(chat=chat).count()
    Message.objects.bulk_create(
        Message(
            chat=chat,
            seq=seq,
            client_id=uuid.uuid4(),
            created_at=line.pop("at"),
            **{"kind": "text", "data": {}, "author_name": "", "body": "", **line},
        )
        for seq, line in enumerate(lines, last + 1)
    )
