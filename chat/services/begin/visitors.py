"""What visitors begin: a chat with their first message, or a question when nobody can answer."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from agency.domain.phones import parse_phone
from agency.live.switchboard import send_on_commit
from agency.models import PoolEntry
from agency.services.hours import agreement
from agency.services.people.addresses import read_address
from agency.services.pool import entries
from agency.services.pool.availability import find_staff
from agency.services.pool.candidates import Staff
from agency.services.pool.reservations import use_up
from agency.services.records import find_earlier_operator
from chat.domain import events
from chat.domain.budget import Budget
from chat.models import Chat, Message, Question, Visitor
from chat.services.console.endings import list_endings
from chat.services.mail.deliveries import mail_question
from chat.services.messaging import MessagePage, append_system, list_messages
from chat.services.texts.texts import pick_greeting
from tenants.context import in_company
from tenants.models import Company
from tenants.resolve import SiteFacts, hold_ready

_VISITOR = "visitor"


class CannotBegin(Exception):
    """A first message or question that is refused; `code` is the wire's error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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


def begin_chat(*, site: SiteFacts, visitor_id: UUID, first: First, now: datetime) -> Begun:
    """Write visitor, chat, pool entry, greeting and text in one transaction; a repeat finds its chat.

    Raises:
        CannotBegin: nobody (out of hours, or no certified operator is here: the text is kept as a question),
            conflict (the same client_id with another text).
    """
    company = Company.objects.get(pk=site.company_id, ready=True)
    for _attempt in range(2):
        found = _find_begun(company, site, visitor_id, first)
        if found is not None:
            return found
        staff = find_staff(company, site.language, now)
        if staff is None:
            _keep_as_question(company, site, visitor_id, first)
            raise CannotBegin("nobody")
        try:
            with transaction.atomic():
                return _begin(company, site, visitor_id, first, staff, now)
        except IntegrityError:
            continue  # another tab was first: its chat is found in the second round
    raise CannotBegin("busy")


def visitor_chat(
    *, site: SiteFacts, visitor_id: UUID, chat_id: UUID | None, page: MessagePage
) -> events.VisitorChat | None:
    """The visitor's unfinished chat on this site; else the one asked for, if it is theirs; else None."""
    company = Company.objects.get(pk=site.company_id)
    with in_company(company):
        own = Chat.objects.filter(visitor=visitor_id, site_id=site.id)
        chat = own.filter(closed_at__isnull=True).first()
        if chat is None and chat_id is not None:
            chat = own.filter(pk=chat_id).first()
        if chat is None:
            return None
        messages = list_messages(chat.pk, page=page, viewer=_VISITOR)
        answers = Message.objects.filter(chat=chat, kind=Message.Kind.TEXT, side="operator")
        answered = answers.exists()
        last = Message.objects.filter(chat=chat).aggregate(last=Max("seq"))["last"] or 0
        ending = list_endings([chat.pk])[chat.pk]
    entry = PoolEntry.objects.select_related("operator").filter(pk=chat.pk).first()
    return events.VisitorChat(
        id=chat.pk,
        state=wire_state(entry),
        last_seq=last,
        arrived_at=chat.opened_at,
        promise_seconds=entry.promise_seconds if entry else agreement.DEFAULT_PROMISE_SECONDS,
        operator=entry.operator.public_name if entry and entry.operator else None,
        operator_read=entry.operator_read if entry else 0,
        visitor_read=entry.visitor_read if entry else 0,
        answered=answered,
        messages=messages,
        rating=ending.rating,
        transcripts=ending.transcripts,
    )


@transaction.atomic
def note_page(*, chat_id: UUID, visitor_id: UUID, url: str, title: str, now: datetime) -> bool:
    """Write down that the visitor of a live chat is on another page; False if it is the one known last."""
    entry = entries.find_locked(chat_id)
    if entry is None or entry.visitor_id != visitor_id or entry.state == PoolEntry.State.WRAP_UP:
        return False
    with in_company(entry.company):
        pages = Message.objects.filter(chat_id=chat_id, kind=Message.Kind.SYSTEM, data__code="page")
        last = pages.order_by("-seq").values_list("data__url", flat=True).first()
        if last is None:
            last = Chat.objects.values_list("page_url", flat=True).get(pk=chat_id)
    if url in ("", last):
        return False
    whole_at = Budget(settings.FRAME_RATE, settings.FRAME_BURST).spend(entry.visitor_whole_at, now)
    if whole_at is None:
        return False
    entry.visitor_whole_at = whole_at
    told = append_system(entry, now=now, code="page", url=url, title=title)
    entry.visitor_seen_at = max(entry.visitor_seen_at, now)
    entry.save()
    send_on_commit(told)
    return True


def wire_state(entry: PoolEntry | None) -> str:
    """A visitor's view of a chat's state: waiting, open or closed."""
    if entry is None or entry.state == PoolEntry.State.WRAP_UP:
        return "closed"
    return "open" if entry.state == PoolEntry.State.OPEN else "waiting"


def ask_question(
    *,
    site: SiteFacts,
    visitor_id: UUID,
    client_id: UUID,
    body: str,
    name: str,
    email: str,
    phone: str,
    url: str,
) -> Question:
    """Store a question from the form; a repeat finds the first.

    Raises:
        CannotBegin: bad_address (neither a mail address nor a number that can be right), conflict.
    """
    address, number = _reached(email, phone)
    company = Company.objects.get(pk=site.company_id, ready=True)
    with in_company(company), transaction.atomic():
        # A refused first text was kept under the same client_id, without an address: this completes it.
        question, new = Question.objects.select_for_update().get_or_create(
            visitor_id=visitor_id,
            client_id=client_id,
            defaults={"site_id": site.id, "body": body, "page_url": url},
        )
        if not new and question.body != body and (question.email or question.phone):
            raise CannotBegin("conflict")
        if not question.email and not question.phone:
            question.body, question.name = body, name
            question.email, question.phone = address, number
            question.save(update_fields=["body", "name", "email", "phone"])
            mail_question(question, company, site.name)
    return question


def _begin(
    company: Company, site: SiteFacts, visitor_id: UUID, first: First, staff: Staff, now: datetime
) -> Begun:
    if not hold_ready(company.pk):
        raise CannotBegin("busy")
    promise = agreement.find_promise(company.pk, now)
    chat_id = uuid.uuid4()
    if first.reservation_id is not None:
        use_up(reservation_id=first.reservation_id, site_id=site.id)
    with in_company(company):
        greeting = pick_greeting(site.language, company.tone, first.url, first.greeting_id)
    seq = 2 if greeting else 1
    # Entry before the company's rows: the lock order everywhere.
    PoolEntry.objects.create(
        chat_id=chat_id,
        company=company,
        site_id=site.id,
        visitor_id=visitor_id,
        language=site.language,
        last_seq=seq,
        turn="operator",
        turn_at=now,
        arrived_at=now,
        promise_id=promise.pk if promise else None,
        promise_seconds=promise.seconds if promise else agreement.DEFAULT_PROMISE_SECONDS,
        visitor_seen_at=now,
        earlier_operator=find_earlier_operator(company, visitor_id),
        seats=staff.seats,
        free_slots=staff.free_slots,
    )
    with in_company(company):
        Visitor.objects.get_or_create(pk=visitor_id)
        Chat.objects.create(
            pk=chat_id,
            number=_next_number(),
            visitor_id=visitor_id,
            site_id=site.id,
            first_client_id=first.client_id,
            language=site.language,
            page_url=first.url,
            page_title=first.title,
            referrer=first.referrer,
            opened_at=now,
        )
        rows = [
            Message(
                chat_id=chat_id,
                seq=seq,
                client_id=first.client_id,
                kind=Message.Kind.TEXT,
                side=_VISITOR,
                body=first.body,
                created_at=now,
            )
        ]
        if greeting:
            rows.insert(
                0,
                Message(
                    chat_id=chat_id,
                    seq=1,
                    client_id=uuid.uuid4(),
                    kind=Message.Kind.AUTO,
                    side="operator",
                    body=greeting.body,
                    data={"greeting": str(greeting.pk), "version": greeting.version},
                    created_at=now,
                ),
            )
        Message.objects.bulk_create(rows)
    return Begun(chat_id, seq, now, True, company.pk)


def _find_begun(company: Company, site: SiteFacts, visitor_id: UUID, first: First) -> Begun | None:
    """The chat that this very message began, or the open chat another tab began meanwhile (seq 0)."""
    with in_company(company):
        own = Chat.objects.filter(visitor=visitor_id)
        chat = own.filter(first_client_id=first.client_id).first()
        if chat is None:
            chat = own.filter(site_id=site.id, closed_at__isnull=True).first()
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


def _keep_as_question(company: Company, site: SiteFacts, visitor_id: UUID, first: First) -> None:
    with in_company(company):
        Question.objects.get_or_create(
            visitor_id=visitor_id,
            client_id=first.client_id,
            defaults={"site_id": site.id, "body": first.body, "page_url": first.url},
        )


def _reached(email: str, phone: str) -> tuple[str, str]:
    """Where an answer can go: address and number, "" for what wasn't given."""
    address = read_address(email) if email else ""
    number = parse_phone(phone) if phone else ""
    if address is None or number is None or not (address or number):
        raise CannotBegin("bad_address")
    return address, number
