"""One finished chat, read back: what a company may read of it, and what only the agency may."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from agency.domain.pool.reasons import PoolReason
from agency.domain.promise import sla
from agency.models import Assignment, ChatRecord, Operator, RecordEvent
from agency.services.spam import is_spam, marks_of
from agency.services.verdict import verdict_of
from chat.models import Chat, Message, Rating, Visitor
from chat.services.finished.search import NO_SEARCH, Search, words_found
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.round_trip import read_together

# Beyond this a page would be a flood; the longest of 490 real chats has 54 turns.
LINES = 2_000
# System lines that the visitor saw, or that say how it ended. Everything else stays inside.
_SHOWN = frozenset({"accepted", "requeued", "reminder", "closed"})
_INSIDE = _SHOWN | {"settled"}


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line of the transcript. `kind`: visitor, operator, auto, system, note."""

    kind: str
    at: datetime
    who: str = ""
    body: str = ""
    code: str = ""
    detail: str = ""
    waited: float | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A page the visitor was on."""

    at: datetime
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class ChatStep:
    """One change of who held the chat."""

    at: datetime
    who: str
    kind: str
    reason: PoolReason


@dataclass(frozen=True, slots=True)
class Judged:
    """The visitor's rating of the chat."""

    good: bool
    words: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Flag:
    """Somebody's later word on whether it was spam."""

    spam: bool
    by: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Archived:
    """A finished chat. `record` carries its facts. `steps` and `flags` are for the agency only. `found`: its words by
    which a search found it, as `chat.domain.search` cuts them.
    """

    record: ChatRecord
    name: str
    site: str
    language: str
    said: tuple[ChatLine, ...]
    cut: bool
    trail: tuple[Visit, ...]
    rating: Judged | None
    spam: bool
    verdict: sla.Verdict
    waited: float | None
    steps: tuple[ChatStep, ...]
    flags: tuple[Flag, ...]
    found: frozenset[str] = frozenset()


def find_chat(*, company: Company, chat_id: UUID, inside: bool, search: Search = NO_SEARCH) -> Archived | None:
    """Return a finished chat of this company, or None if it is unknown, another company's, or still going on. One
    query, and one for the agency.

    Args:
        inside: for the agency: with notes, with who was offered it, and with who called it spam.
        search: by which it was found, for `found`.
    """
    with in_company(company):
        records, operators, sites, marks, chats, names, rows, ratings, found = read_together(
            *_rows_of(company, chat_id), words_found(chat_id, search)
        )
    if not records:
        return None
    (record,), (chat,), (name,) = records, chats, names
    record.operator = operators[0] if operators else None
    rating = ratings[0] if ratings else None
    return Archived(
        record=record,
        name=name,
        site=sites[0] if sites else "",
        language=chat.language,
        said=tuple(_said(rows[:LINES], record, inside=inside)),
        cut=len(rows) > LINES,
        trail=_trail(chat, rows),
        rating=Judged(rating.good, rating.words, rating.source, rating.changed_at) if rating else None,
        spam=is_spam(record.outcome, marks),
        verdict=verdict_of(record),
        waited=sla.first_response_seconds(record.arrived_at, record.first_human_at),
        steps=_steps(record) if inside else (),
        flags=_flags(marks) if inside else (),
        found=frozenset(found[0] if found else ()),
    )


def _rows_of(company: Company, chat_id: UUID) -> list[QuerySet[Any]]:
    own = ChatRecord.objects.filter(pk=chat_id, company=company)
    return [
        own,
        Operator.objects.filter(pk__in=own.values("operator")),
        Site.objects.filter(pk__in=own.values("site_id")).values_list("name", flat=True),
        marks_of([chat_id]),
        Chat.objects.filter(pk=chat_id).defer("search"),
        Visitor.objects.filter(chats=chat_id).values_list("name", flat=True),
        Message.objects.filter(chat=chat_id).order_by("seq")[: LINES + 1],
        Rating.objects.filter(chat=chat_id),
    ]


def _said(rows: list[Message], record: ChatRecord, *, inside: bool) -> list[ChatLine]:
    lines = []
    answered = False
    for row in rows:
        if row.kind == Message.Kind.SYSTEM:
            line = _system(row, _INSIDE if inside else _SHOWN)
        elif row.kind == Message.Kind.NOTE:
            line = _note(row) if inside else None
        else:
            first = row.kind == Message.Kind.TEXT and row.side == "operator" and not answered
            answered = answered or first
            line = ChatLine(
                kind="auto" if row.kind == Message.Kind.AUTO else row.side,
                at=row.created_at,
                who=row.author_name,
                body=row.body,
                waited=(row.created_at - record.arrived_at).total_seconds() if first else None,
            )
        if line is not None:
            lines.append(line)
    return lines


def _system(row: Message, shown: frozenset[str]) -> ChatLine | None:
    code = row.data.get("code", "")
    if code not in shown:
        return None
    detail = row.data.get({"closed": "by", "settled": "outcome", "accepted": "name"}.get(code, ""))
    return ChatLine("system", row.created_at, code=code, detail=str(detail or ""))


def _note(row: Message) -> ChatLine:
    return ChatLine("note", row.created_at, who=row.author_name, body=row.body)


def _trail(chat: Chat, rows: list[Message]) -> tuple[Visit, ...]:
    """Where it began, and every page after that."""
    visits = [Visit(chat.opened_at, chat.page_url, chat.page_title)] if chat.page_url else []
    for row in rows:
        if row.kind == Message.Kind.SYSTEM and row.data.get("code") == "page":
            url, title = str(row.data.get("url", "")), str(row.data.get("title", ""))
            visits.append(Visit(row.created_at, url, title))
    return tuple(visits)


def _steps(record: ChatRecord) -> tuple[ChatStep, ...]:
    rows = Assignment.objects.filter(chat_id=record.pk, company=record.company_id)
    return tuple(
        ChatStep(row.at, row.operator.public_name, str(row.kind), row.reason)
        for row in rows.select_related("operator").order_by("fence", "at")
    )


def _flags(marks: list[RecordEvent]) -> tuple[Flag, ...]:
    """Newest first."""
    return tuple(
        Flag(bool(mark.value), mark.actor_name, str(mark.data.get("note", "")), mark.at) for mark in reversed(marks)
    )
