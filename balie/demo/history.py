"""The demo's past, written in bulk: the rows that living chats would have left, in every book."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet
from psycopg.types.json import Json

from agency.domain import keys
from agency.domain.pool import reasons, trail_reasons
from agency.domain.pool.reasons import PoolReason
from agency.domain.pool.routing import OFFER_SECONDS
from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.models import Assignment, ChatRecord, Operator, OutboxRow, RecordEvent, User
from agency.services import spam
from agency.services.mail import mail_states
from balie.demo.content import COMPANIES
from balie.demo.dialogues import BY_COMPANY, OPERATOR, VISITOR
from balie.demo.past import Past, happened
from balie.demo.provenance import Replies
from billing.services.charging import charge_settled
from chat.models import Chat, Delivery, Message, Rating, TranscriptRequest, Visitor
from chat.services.finished.search import index_finished
from chat.services.mail import deliveries
from tenants.context import in_company
from tenants.models import Company

_LEFT = ("visitor", "left")
_MAILED_AFTER = timedelta(seconds=4)
# A line of the trail: what, after which part of the time until somebody had the chat or it was over, and why.
_OFFERED = ("offer", 0.0, reasons.NONE)
_LET_PASS = ("bounce", 0.5, trail_reasons.no_answer(seconds=OFFER_SECONDS))

_COPIED = (
    "chat_id", "seq", "client_id", "kind", "side", "author_id", "author_name", "body", "data", "created_at",
)  # fmt: skip

# Columns that the ORM sets to the present, set to their own time.
_PUT_BACK = (
    "UPDATE chat_visitor v SET created_at = (SELECT min(opened_at) FROM chat_chat WHERE visitor_id = v.id)",
    "UPDATE chat_delivery SET created_at = sent_at - interval '4 seconds'",
)

# The trail's lines made the holdings. Their wrap-ups were over before the trail was written, and seats stood otherwise.
_HELD = """
    UPDATE agency_holding h SET wrap_up_to = r.settled_at, slots = r.concurrency FROM agency_chatrecord r
    WHERE r.chat_id = h.chat_id AND h.company_id = %s
"""


def write_history(company: Company, *, by: User, now: datetime) -> None:
    """Give a company of the demo its last 35 days: chats, records, ratings, mails and the ledger.

    Args:
        by: who afterwards calls one of its chats spam.
    """
    operators = list(_operators(company))
    chats = happened(BY_COMPANY[company.slug], operators=len(operators), seed=f"demo {company.slug}", now=now)
    site_id = company.sites.get().pk
    with in_company(company):
        _write_words(company, chats, operators, site_id)
    _write_records(company, chats, operators, site_id)
    charge_settled()
    flagged = next(past for past in reversed(chats[:-20]) if past.outcome == "no_answer_needed")
    spam.flag_spam(chat_id=flagged.id, spam=True, by=by, note="Reclame", now=now)
    charge_settled()


def _operators(company: Company) -> QuerySet[Operator]:
    return Operator.objects.filter(certifications__company=company).order_by("public_name")


def _write_words(company: Company, chats: list[Past], operators: Sequence[Operator], site_id: UUID) -> None:
    greeting, replies = _greeting(company), Replies()
    Visitor.objects.bulk_create({past.visitor: Visitor(pk=past.visitor, name=past.name) for past in chats}.values())
    origin = _origin(company)
    Chat.objects.bulk_create(
        _chat(past, number, f"{origin}{past.path}", site_id) for number, past in enumerate(chats, 1)
    )
    _copy_messages(message for past in chats for message in _lines(past, greeting, operators, replies))
    Rating.objects.bulk_create(_ratings(chats))
    mailed = [past for past in chats if past.mailed_to]
    Delivery.objects.bulk_create(_mail(past) for past in mailed)
    TranscriptRequest.objects.bulk_create(_request(past) for past in mailed)
    with connection.cursor() as cursor:
        for statement in _PUT_BACK:
            cursor.execute(statement)
    index_finished()


def _chat(past: Past, number: int, page_url: str, site_id: UUID) -> Chat:
    return Chat(
        pk=past.id,
        number=number,
        visitor_id=past.visitor,
        site_id=site_id,
        first_client_id=uuid5(past.id, "0"),
        language=past.language,
        page_url=page_url,
        page_title=past.title,
        opened_at=past.arrived_at,
        closed_at=past.closed_at,
    )


def _ratings(chats: Iterable[Past]) -> Iterator[Rating]:
    for past in chats:
        if past.rated:
            yield Rating(
                chat_id=past.id,
                good=past.rated.good,
                words=past.rated.words,
                created_at=past.rated.at,
                changed_at=past.rated.at,
            )


def _copy_messages(messages: Iterable[Message]) -> None:
    """Seven thousand rows by COPY, faster than INSERT by far: a first start waits for this."""
    names = ", ".join(_COPIED)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY chat_message ({names}) FROM STDIN") as copy,
    ):
        for message in messages:
            values = [getattr(message, name) for name in _COPIED]
            copy.write_row([Json(one) if isinstance(one, dict) else one for one in values])


def _lines(past: Past, greeting: str, operators: Sequence[Operator], replies: Replies) -> Iterator[Message]:
    """Write the chat as it was: greeting, texts, the system's lines, with seqs without a gap."""
    lines = [_line("auto", OPERATOR, past.arrived_at, body=greeting)]
    for place, said in enumerate(past.said):
        line = _line("text", said.side, said.at, body=said.body)
        line.client_id = uuid5(past.id, str(place))
        lines.append(line)
    if past.held is not None:
        holder = operators[past.held.operator]
        for line in lines[1:]:
            if line.side == OPERATOR:
                line.author_id, line.author_name, line.data = holder.pk, holder.public_name, replies.of(line.body)
        accepted = {"code": "accepted", "name": holder.public_name}
        lines.append(_line("system", "system", past.held.since, **accepted))
        settled = {"code": "settled", "outcome": past.outcome}
        lines.append(_line("system", "system", past.settled_at, **settled))
    lines.append(_line("system", "system", past.closed_at, code="closed", by=past.reason))
    for seq, line in enumerate(sorted(lines, key=lambda line: line.created_at), 1):
        line.chat_id, line.seq = past.id, seq
        if line.kind != "text":
            line.client_id = uuid5(past.id, f"line {seq}")
        yield line


def _line(kind: str, side: str, at: datetime, *, body: str = "", **data: str) -> Message:
    return Message(kind=kind, side=side, author_id=None, author_name="", body=body, data=data, created_at=at)


def _mail(past: Past) -> Delivery:
    return Delivery(
        pk=uuid5(past.id, "mail"),
        kind="transcript",
        chat_id=past.id,
        recipient=past.mailed_to,
        sent_at=past.closed_at + _MAILED_AFTER,
    )


def _request(past: Past) -> TranscriptRequest:
    return TranscriptRequest(
        pk=uuid5(past.id, "request"),
        chat_id=past.id,
        client_id=uuid5(past.id, "asked"),
        recipient=past.mailed_to,
        created_at=past.closed_at,
        delivery_id=uuid5(past.id, "mail"),
    )


def _write_records(company: Company, chats: list[Past], operators: Sequence[Operator], site_id: UUID) -> None:
    ChatRecord.objects.bulk_create(
        _record(company, past, number, operators, site_id) for number, past in enumerate(chats, 1)
    )
    Assignment.objects.bulk_create(step for past in chats for step in _trail(company, past, operators))
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [company.pk])
    RecordEvent.objects.bulk_create(
        RecordEvent(
            record_id=past.id,
            company=company,
            kind=RecordEvent.Kind.RATING,
            value=int(past.rated.good),
            data={"said": [{"at": past.rated.at.isoformat(), "good": past.rated.good}]},
            at=past.rated.at,
        )
        for past in chats
        if past.rated
    )
    # Older ones would have been pruned by now.
    begin = max(past.closed_at for past in chats) - mail_states.KEPT + timedelta(days=1)
    rows = [past for past in chats if past.mailed_to and past.closed_at > begin]
    OutboxRow.objects.bulk_create(_effect(company, past) for past in rows)
    OutboxRow.objects.filter(company=company).update(created_at=F("run_after"))


def _record(company: Company, past: Past, number: int, operators: Sequence[Operator], site_id: UUID) -> ChatRecord:
    texts = [said.side for said in past.said]
    return ChatRecord(
        chat_id=past.id,
        company=company,
        site_id=site_id,
        visitor_id=past.visitor,
        language=past.language,
        operator=operators[past.held.operator] if past.held else None,
        arrived_at=past.arrived_at,
        assigned_at=past.held.since if past.held else None,
        first_human_at=past.first_human_at,
        closed_at=past.closed_at,
        settled_at=past.settled_at,
        close_reason=past.reason,
        outcome=past.outcome,
        promise_seconds=DEFAULT_PROMISE_SECONDS,
        bounces=past.bounces,
        visitor_texts=texts.count(VISITOR),
        operator_texts=texts.count(OPERATOR),
        visitor_left_at=past.closed_at if past.reason in _LEFT else None,
        number=number,
        seats=past.seats,
        free_slots=past.free_slots,
        concurrency=past.concurrency,
        visitor_key=keys.visitor_key(company.secret, str(past.visitor)),
        address_key=keys.address_key(company.secret, past.mailed_to),
    )


def _trail(company: Company, past: Past, operators: Sequence[Operator]) -> Iterator[Assignment]:
    steps: list[tuple[str, float | None, PoolReason]] = [
        step for _ in range(past.bounces) for step in (_OFFERED, _LET_PASS)
    ]
    if past.held is not None:
        steps += [_OFFERED, ("accept", 1.0, reasons.NONE), ("release", None, trail_reasons.closed(by=past.reason))]
    since = past.held.since if past.held else past.closed_at
    for fence, (kind, share, reason) in enumerate(steps, 1):
        at = past.closed_at if share is None else past.arrived_at + share * (since - past.arrived_at)
        yield Assignment(
            chat_id=past.id,
            company=company,
            operator=operators[past.held.operator if past.held else 0],
            kind=kind,
            code=reason.code,
            facts=reasons.write(reason),
            fence=fence,
            at=at,
        )


def _effect(company: Company, past: Past) -> OutboxRow:
    mail_id = uuid5(past.id, "mail")
    return OutboxRow(
        company=company,
        kind=deliveries.KIND,
        object_id=mail_id,
        external_key=f"<{mail_id.hex}@{settings.AGENCY_HOST}>",
        dedup=f"transcript:{uuid5(past.id, 'request')}",
        state=OutboxRow.State.DONE,
        run_after=past.closed_at,
        attempts=1,
        done_at=past.closed_at + _MAILED_AFTER,
    )


def _greeting(company: Company) -> str:
    texts = next(facts["texts"] for facts in COMPANIES if facts["slug"] == company.slug)
    return next(str(text["body"]) for text in texts if text["key"] == "algemeen")


def _origin(company: Company) -> str:
    host = next(facts["site"]["host"] for facts in COMPANIES if facts["slug"] == company.slug)
    return f"http://{host}:{settings.PORT + 1}"
