"""Finished chats written straight into the tables: what the archive reads, without playing each chat."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models.expressions import RawSQL

from agency.domain import keys
from agency.models import ChatRecord, Operator, RecordEvent
from chat.domain.search import vector_of
from chat.models import Chat, Message, Rating, Visitor
from tenants.context import in_company
from tenants.models import Company, Site


def add_chat(
    company: Company,
    number: int,
    arrived_at: datetime,
    *,
    said: tuple[str, ...] = ("Hoi, past maat 41?",),
    answer: str = "Ja, die valt normaal.",
    waited: float | None = 7,
    lasted: float = 240,
    name: str = "",
    email: str = "",
    operator: str = "Alice",
    outcome: str = "resolved",
    close_reason: str = "operator",
    site_id: UUID | None = None,
    good: bool | None = None,
    words: str = "",
) -> ChatRecord:
    """One chat that is over and settled: the visitor's texts, an answer after `waited` seconds (None: none), the close."""
    closed_at = arrived_at + timedelta(seconds=lasted)
    held = Operator.objects.get(public_name=operator) if waited is not None else None
    answered_at = None if waited is None else arrived_at + timedelta(seconds=waited)
    site_id = site_id or Site.objects.filter(company=company).values_list("pk", flat=True)[0]
    with in_company(company):
        visitor = Visitor.objects.create(name=name, email=email)
        chat = Chat.objects.create(
            number=number,
            visitor=visitor,
            site_id=site_id,
            first_client_id=uuid.uuid4(),
            page_url="https://shop.example/schoenen",
            page_title="Schoenen",
            opened_at=arrived_at,
            closed_at=closed_at,
        )
        lines: list[dict[str, Any]] = [
            {"kind": "auto", "side": "operator", "body": "Hoi, kunnen we helpen?", "at": arrived_at}
        ]
        lines += [{"side": "visitor", "body": text, "at": arrived_at} for text in said]
        if held and answered_at:
            data = {"code": "accepted", "name": operator}
            lines.append({"kind": "system", "side": "system", "data": data, "at": answered_at})
            lines.append(
                {"side": "operator", "author_name": operator, "body": answer, "at": answered_at}
            )
        data = {"code": "closed", "by": close_reason}
        lines.append({"kind": "system", "side": "system", "data": data, "at": closed_at})
        add_lines(chat, lines)
        all_words = " ".join([name, *said, answer if held else ""])
        vector = RawSQL("%s::tsvector", [vector_of(all_words)])
        Chat.objects.filter(pk=chat.pk).update(search=vector)
        if good is not None:
            Rating.objects.create(
                chat=chat, good=good, words=words, created_at=closed_at, changed_at=closed_at
            )
    record = ChatRecord.objects.create(
        chat_id=chat.pk,
        company=company,
        site_id=site_id,
        visitor_id=visitor.pk,
        language="nl",
        operator=held,
        arrived_at=arrived_at,
        assigned_at=answered_at,
        first_human_at=answered_at,
        closed_at=closed_at,
        settled_at=closed_at,
        close_reason=close_reason,
        outcome=outcome,
        promise_seconds=20,
        visitor_texts=len(said),
        operator_texts=int(held is not None),
        visitor_left_at=closed_at if close_reason in {"visitor", "left"} else None,
        number=number,
        visitor_key=keys.visitor_key(company.secret, str(visitor.pk)),
        address_key=keys.address_key(company.secret, email),
    )
    if good is not None:
        RecordEvent.objects.create(
            record=record, company=company, kind="rating", value=int(good), at=closed_at
        )
    return record


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
