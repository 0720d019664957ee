"""Transcripts by mail: who asked for one, what is sent when the chat closes, and what became of each mail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet

from agency.domain.refusal import Refusal
from agency.live.switchboard import send_on_commit
from agency.models import OutboxRow
from agency.services.people.addresses import read_address
from chat.domain import lifecycle
from chat.models import Chat, Delivery, Message, TranscriptRequest
from chat.services.mail import deliveries
from chat.services.mail.deliveries import MailState, OutgoingMail
from chat.services.mail.limits import (
    ADDRESSES_PER_CHAT,
    confirmation_free_from,
    is_site_full,
    recipient_free_from,
    recipient_key,
)
from tenants.context import in_company
from tenants.models import Company

# The company's copy says how the chat ended, which is known once wrap-up is over; 5 s for the sweep that ends it.
COPY_AFTER = timedelta(seconds=lifecycle.WRAP_UP_LIMIT + 5)


class CannotAsk(Refusal):
    """Raised for a transcript that can't be had. `code` is the wire's error code."""


@transaction.atomic
def ask(
    *,
    company: Company,
    chat_id: UUID,
    visitor_id: UUID,
    client_id: UUID,
    address: str,
    now: datetime,
) -> None:
    """Note that the visitor wants the chat by mail: at once if it is over, else when it closes.

    A repeat (the same client_id, or an address this chat knows) changes nothing.

    Raises:
        CannotAsk: not_found (no chat of theirs), bad_address, too_many (a fourth address, five mails to it within an
            hour, or all that the site may send in one).
    """
    with in_company(company):
        # The closing transaction updates this row: one of the two waits, and no request falls between them.
        own = Chat.objects.select_for_update(no_key=True).filter(pk=chat_id, visitor=visitor_id)
        chat = own.first()
        if chat is None:
            raise CannotAsk("not_found")
        recipient = read_address(address)
        if recipient is None:
            raise CannotAsk("bad_address")
        asked = list(TranscriptRequest.objects.filter(chat=chat))
        known = {request.recipient.casefold() for request in asked}
        if recipient.casefold() in known or any(one.client_id == client_id for one in asked):
            return
        if len(asked) >= ADDRESSES_PER_CHAT or not _may_mail(chat, recipient, now):
            raise CannotAsk("too_many")
        request = TranscriptRequest.objects.create(chat=chat, client_id=client_id, recipient=recipient, created_at=now)
        if chat.closed_at is not None:
            queue_request(request, company, now=now, run_after=now)
    send_on_commit(deliveries.transcript_events(chat_id, deliveries.state_wanted(request)))


def _may_mail(chat: Chat, recipient: str, now: datetime) -> bool:
    """Whether the limits let one more mail of this chat's site go to this recipient now."""
    if is_site_full(chat.site_id, now) or recipient_free_from(recipient, now) > now:
        return False
    return chat.closed_at is None or _free_from(chat, recipient, now) <= now


def queue_at_close(*, company: Company, chat_id: UUID, now: datetime) -> None:
    """Turn requests into mails, and add the company's copy. In the closing transaction and the company's context.

    Call it after the chat's own row was updated: its lock keeps later requests out. Nothing is rendered here. A
    recipient who had five mails within the hour gets this one when the hour is over.
    """
    asked = TranscriptRequest.objects.filter(chat=chat_id, delivery__isnull=True)
    waiting = asked.select_related("chat")
    # In one order everywhere: each takes its recipient's lock.
    for request in sorted(waiting, key=lambda one: recipient_key(one.recipient)):
        due = max(now, _free_from(request.chat, request.recipient, now))
        queue_request(request, company, now=now, run_after=due)
    if company.transcript_email:
        copy = OutgoingMail("copy", chat_id, company.transcript_email, chat_id=chat_id)
        deliveries.queue(copy, company=company, run_after=now + COPY_AFTER, now=now)


def list_mails(chat_ids: Iterable[UUID]) -> dict[UUID, list[MailState]]:
    """List the mails of each of these chats, oldest first, pending requests among them. In the company's context.

    Three queries for any number of chats. Who may see whose address is the caller's to decide.
    """
    ids = list(chat_ids)
    return mails_from(ids, *mails_of(ids))


def mails_of(ids: Iterable[UUID]) -> tuple[QuerySet[Any], QuerySet[Any], QuerySet[Any]]:
    """The rows that tell of these chats' mails: mails, requests without one yet, and the outbox rows of the mails."""
    sent = Delivery.objects.filter(chat__in=list(ids)).order_by("created_at", "id")
    pending = TranscriptRequest.objects.filter(chat__in=list(ids), delivery__isnull=True)
    return sent, pending.order_by("created_at", "id"), deliveries.rows_of(sent.order_by().values("pk"))


def mails_from(
    ids: Iterable[UUID],
    sent: Iterable[Delivery],
    pending: Iterable[TranscriptRequest],
    rows: Iterable[OutboxRow],
) -> dict[UUID, list[MailState]]:
    """The mails of each chat in the rows of `mails_of`."""
    sent = list(sent)
    states = deliveries.states_from(((mail, mail.created_at) for mail in sent), rows)
    found: dict[UUID, list[MailState]] = {chat_id: [] for chat_id in ids}
    for delivery in sent:
        assert delivery.chat_id is not None
        found[delivery.chat_id].append(states[delivery.pk])
    for request in pending:
        found[request.chat_id].append(deliveries.state_wanted(request))
    return found


def queue_request(request: TranscriptRequest, company: Company, *, now: datetime, run_after: datetime) -> None:
    """Write the mail of a request: the chat, or the question whether its recipient wants it (see `kind_of`)."""
    mail = OutgoingMail(
        kind=kind_of(request),
        # Confirming makes a second mail of the same request.
        object_id=request.pk if request.confirmed_at is None else uuid5(request.pk, "confirmed"),
        recipient=request.recipient,
        chat_id=request.chat_id,
        recipient_key=recipient_key(request.recipient),
    )
    request.delivery = deliveries.queue(mail, company=company, run_after=run_after, now=now)
    request.save(update_fields=["delivery"])


def _free_from(chat: Chat, recipient: str, now: datetime) -> datetime:
    """From when the first mail of this chat may go to this recipient. The site's lock comes before any recipient's."""
    site = now if is_answered(chat.pk) else confirmation_free_from(chat.site_id, now)
    return max(site, recipient_free_from(recipient, now))


def kind_of(request: TranscriptRequest) -> str:
    """Return what goes out first: the chat itself only if an operator wrote in it, or its recipient said so.

    Else anybody could have a text of theirs mailed to strangers in a company's name.
    """
    if request.confirmed_at is not None or is_answered(request.chat_id):
        return "transcript"
    return "confirmation"


def is_answered(chat_id: UUID) -> bool:
    """True if an operator wrote in this chat. In the company's context."""
    texts = Message.objects.filter(chat=chat_id, kind=Message.Kind.TEXT, side="operator")
    return texts.exists()
