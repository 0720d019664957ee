"""A visitor's first message: it begins a chat, or is kept as a question when nobody can answer."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.domain.refusal import Refusal
from agency.models import PoolEntry
from agency.services.hours import agreement
from agency.services.pool.availability import find_staff
from agency.services.pool.candidates import Staff
from agency.services.pool.reservations import use_up
from agency.services.records import find_earlier_operator
from chat.models import Chat, Message, Question, Text, Visitor
from chat.services.texts.texts import pick_greeting
from tenants.context import in_company
from tenants.models import Company
from tenants.resolve import SiteFacts, hold_live


class CannotBegin(Refusal):
    """Raised for a first message or question that is refused. `code` is the wire's error code."""


@dataclass(frozen=True, slots=True)
class First:
    """The text that begins a chat, with where it was written."""

    client_id: UUID
    body: str
    url: str = ""
    title: str = ""
    referrer: str = ""
    greeting_id: UUID | None = None
    reservation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a first message went: its chat and seq. `new` is false for a repeat."""

    chat_id: UUID
    seq: int
    at: datetime
    new: bool
    company_id: UUID


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A first message with whose it is, where it came in, and the id that its chat would get."""

    chat_id: UUID
    company: Company
    site: SiteFacts
    visitor_id: UUID
    first: First
    at: datetime


def begin_chat(*, site: SiteFacts, visitor_id: UUID, first: First, now: datetime) -> Begun:
    """Write visitor, chat, pool entry, greeting and text in one transaction. A repeat finds its chat.

    Raises:
        CannotBegin: nobody (out of hours, or no certified operator is here: the text is kept as a question; of a
            company that isn't live nothing is kept), conflict (the same client_id with another text).
    """
    company = Company.objects.get(pk=site.company_id, ready=True)
    arrival = _Arrival(uuid.uuid4(), company, site, visitor_id, first, now)
    for _attempt in range(2):
        found = _find_begun(arrival)
        if found is not None:
            return found
        staff = find_staff(company, site.language, now)
        if staff is None:
            if company.live_at is not None:
                _keep_as_question(arrival)
            raise CannotBegin("nobody")
        try:
            with transaction.atomic():
                return _begin(arrival, staff)
        except IntegrityError:
            continue  # another tab was first: its chat is found in the second round
    raise CannotBegin("busy")


def _begin(arrival: _Arrival, staff: Staff) -> Begun:
    company, site, first = arrival.company, arrival.site, arrival.first
    if not hold_live(company.pk):
        raise CannotBegin("busy")
    if first.reservation_id is not None:
        use_up(reservation_id=first.reservation_id, site_id=site.id)
    with in_company(company):
        greeting = pick_greeting(site.language, company.tone, first.url, first.greeting_id)
    seq = 2 if greeting else 1
    # Entry before the company's rows: the lock order everywhere.
    _enter_pool(arrival, staff, last_seq=seq)
    with in_company(company):
        Visitor.objects.get_or_create(pk=arrival.visitor_id)
        _write_chat(arrival)
        lines = [_greeting_line(arrival, greeting)] if greeting else []
        Message.objects.bulk_create([*lines, _text_line(arrival, seq)])
    return Begun(arrival.chat_id, seq, arrival.at, True, company.pk)


def _enter_pool(arrival: _Arrival, staff: Staff, *, last_seq: int) -> None:
    company, at = arrival.company, arrival.at
    promise = agreement.find_promise(company.pk, at)
    PoolEntry.objects.create(
        chat_id=arrival.chat_id,
        company=company,
        site_id=arrival.site.id,
        visitor_id=arrival.visitor_id,
        language=arrival.site.language,
        last_seq=last_seq,
        turn="operator",
        turn_at=at,
        arrived_at=at,
        promise_id=promise.pk if promise else None,
        promise_seconds=promise.seconds if promise else DEFAULT_PROMISE_SECONDS,
        visitor_seen_at=at,
        earlier_operator=find_earlier_operator(company, arrival.visitor_id),
        seats=staff.seats,
        free_slots=staff.free_slots,
    )


def _write_chat(arrival: _Arrival) -> None:
    Chat.objects.create(
        pk=arrival.chat_id,
        number=_next_number(),
        visitor_id=arrival.visitor_id,
        site_id=arrival.site.id,
        first_client_id=arrival.first.client_id,
        language=arrival.site.language,
        page_url=arrival.first.url,
        page_title=arrival.first.title,
        referrer=arrival.first.referrer,
        opened_at=arrival.at,
    )


def _greeting_line(arrival: _Arrival, greeting: Text) -> Message:
    return Message(
        chat_id=arrival.chat_id,
        seq=1,
        client_id=uuid.uuid4(),
        kind=Message.Kind.AUTO,
        side="operator",
        body=greeting.body,
        data={"greeting": str(greeting.pk), "version": greeting.version},
        created_at=arrival.at,
    )


def _text_line(arrival: _Arrival, seq: int) -> Message:
    return Message(
        chat_id=arrival.chat_id,
        seq=seq,
        client_id=arrival.first.client_id,
        kind=Message.Kind.TEXT,
        side="visitor",
        body=arrival.first.body,
        created_at=arrival.at,
    )


def _find_begun(arrival: _Arrival) -> Begun | None:
    """The chat that this very message began, or the open chat another tab began meanwhile (seq 0)."""
    company, first = arrival.company, arrival.first
    with in_company(company):
        own = Chat.objects.filter(visitor=arrival.visitor_id)
        chat = own.filter(first_client_id=first.client_id).first()
        if chat is None:
            chat = own.filter(site_id=arrival.site.id, closed_at__isnull=True).first()
            return Begun(chat.pk, 0, chat.opened_at, False, company.pk) if chat else None
        message = Message.objects.get(chat=chat, client_id=first.client_id)
    if message.body != first.body:
        raise CannotBegin("conflict")
    return Begun(chat.pk, message.seq, message.created_at, False, company.pk)


def _next_number() -> int:
    """The next chat number of this company. Taken under a lock that ends with the transaction, so it has no gaps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7114, hashtext(current_schema()))")
    return (Chat.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _keep_as_question(arrival: _Arrival) -> None:
    first = arrival.first
    with in_company(arrival.company):
        Question.objects.get_or_create(
            visitor_id=arrival.visitor_id,
            client_id=first.client_id,
            defaults={"site_id": arrival.site.id, "body": first.body, "page_url": first.url},
        )
