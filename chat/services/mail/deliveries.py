"""Mails of a company: kept in its schema, sent through the outbox under one Message-ID and with the same bytes each
time.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from agency.domain.addresses import shown_address
from agency.live.switchboard import Event, send_on_commit
from agency.models import OutboxRow, PoolEntry
from agency.services.mail import mail_states, outbox, smtp
from chat.domain import events
from chat.domain.mail.headers import header_line
from chat.models import Delivery, TranscriptRequest
from tenants import clock
from tenants.context import in_company
from tenants.models import Company

KIND = "mail"
# Their letter holds a link that opens an account: it is forgotten once it was sent.
FORGOTTEN = frozenset({"invitation"})
SUBJECT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail of a company, before it is on its way.

    `kind`: what it is (lead, transcript, copy, invitation); with `object_id` it says which mail this is.
    `subject`, `text`, `html`: the words; without a subject the kind's renderer writes them at the first try.
    `calendar`: an appointment that goes along as a file.
    `sender`: the name in From; the agency's own if empty. The address there is always the agency's.
    `recipient_key`: see `outbox.Effect`.
    """

    kind: str
    object_id: UUID
    recipient: str
    subject: str = ""
    text: str = ""
    html: str = ""
    calendar: str = ""
    reply_to: str = ""
    sender: str = ""
    chat_id: UUID | None = None
    recipient_key: str = ""


@dataclass(frozen=True, slots=True)
class MailState:
    """The state of one mail of a chat.

    `state`: queued, sent, unconfirmed (sent, and it asks its recipient whether they want the chat), failed (it will be
    tried again, at `at`) or dead. `at`: sent, next try, or since when.
    `reason`: of a failed or dead one, a word of `agency.services.mail.mail_states`, with the server's number; `words`
    says both in the reader's language.
    """

    kind: str
    recipient: str
    state: str
    at: datetime
    reason: str = ""
    reply: int | None = None

    @property
    def words(self) -> str:
        """The reason as a sentence in the active language, empty without one."""
        return mail_states.explain(self.reason, self.reply) if self.reason else ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as it will be sent: the name beside the agency's address, who gets the answers, and the words."""

    sender: str
    reply_to: str
    subject: str
    text: str
    html: str = ""


Renderer = Callable[[Delivery, Company], Rendered]
_renderers: dict[str, Renderer] = {}


def renders(kind: str) -> Callable[[Renderer], Renderer]:
    """Register the function that renders mails of this kind at their first try."""

    def register(renderer: Renderer) -> Renderer:
        _renderers[kind] = renderer
        return renderer

    return register


def queue(mail: OutgoingMail, *, company: Company, now: datetime, run_after: datetime | None = None) -> Delivery:
    """Write a mail in the running transaction. It leaves within seconds of the commit. A second one is the first.

    Args:
        run_after: not before this; at once if left out.
    """
    delivery_id = uuid.uuid4()
    effect = outbox.Effect(
        kind=KIND,
        object_id=delivery_id,
        external_key=f"<{delivery_id.hex}@{settings.AGENCY_HOST}>",
        dedup=f"{mail.kind}:{mail.object_id}",
        recipient_key=mail.recipient_key,
    )
    row = outbox.enqueue(effect, company=company, run_after=run_after or now)
    with in_company(company):
        if row.object_id != delivery_id:
            found: Delivery = Delivery.objects.get(pk=row.object_id)
            return found
        made: Delivery = Delivery.objects.create(
            pk=delivery_id,
            kind=mail.kind,
            chat_id=mail.chat_id,
            recipient=mail.recipient,
            reply_to=mail.reply_to,
            sender=header_line(mail.sender),
            subject=header_line(mail.subject, SUBJECT_LIMIT),
            text=mail.text,
            html=mail.html,
            calendar=mail.calendar,
        )
        return made


def read_states(mails: Iterable[tuple[Delivery, datetime]]) -> dict[UUID, MailState]:
    """Return the state of each of these mails by its id. One query. Beside a mail: since when it is wanted."""
    wanted = list(mails)
    return states_from(wanted, rows_of([mail.pk for mail, _since in wanted]))


def rows_of(mails: Any) -> QuerySet[OutboxRow]:
    """The rows by which these mails are sent: of ids, or of a queryset of them."""
    return OutboxRow.objects.filter(object_id__in=mails, kind=KIND)


def states_from(mails: Iterable[tuple[Delivery, datetime]], rows: Iterable[OutboxRow]) -> dict[UUID, MailState]:
    """The same with the rows of `rows_of`."""
    wanted = {mail.pk: (mail, since) for mail, since in mails}
    row_of = {row.object_id: row for row in rows}
    return {key: _state_of(mail, row_of.get(key), since=since) for key, (mail, since) in wanted.items()}


def state_wanted(request: TranscriptRequest) -> MailState:
    """Say what became of a transcript whose mail isn't made yet: queued since it was asked for."""
    return MailState("transcript", request.recipient, "queued", request.created_at)


def _state_of(mail: Delivery, row: OutboxRow | None, *, since: datetime) -> MailState:
    one = mail_states.state_of(row, sent_at=mail.sent_at, since=since)
    is_asking = one.state == "sent" and mail.kind == "confirmation"
    state = "unconfirmed" if is_asking else one.state
    return MailState(mail.kind, mail.recipient, state, one.at, one.reason, one.reply)


def transcript_events(chat_id: UUID, mail: MailState) -> list[Event]:
    """The events that tell the visitor's tabs, and the operator while the chat is theirs, of a transcript's state."""
    address = shown_address(mail.recipient)
    event = events.encode(events.TranscriptChanged(chat_id, address, mail.state, mail.at, mail.reason))
    addresses = [f"v:{chat_id}"]
    holder = PoolEntry.objects.filter(pk=chat_id, operator__isnull=False)
    addresses += [f"u:{operator}" for operator in holder.values_list("operator", flat=True)]
    return [(address, event) for address in addresses]


def _tell(row: OutboxRow) -> None:
    """After a try: a visitor's transcript has another state. Nobody watches the other mails."""
    mails = Delivery.objects.filter(pk=row.object_id, request__isnull=False)
    delivery = mails.select_related("request").first()
    if delivery is None or delivery.chat_id is None:
        return
    # As a snapshot tells it: wanted since it was asked for, not since the mail was made.
    send_on_commit(transcript_events(delivery.chat_id, _state_of(delivery, row, since=delivery.request.created_at)))


@outbox.handles(KIND, listener=_tell)
def send(row: OutboxRow, shared: outbox.Round) -> None:
    """Render a delivery if that hasn't been done, then send it by SMTP."""
    delivery = Delivery.objects.filter(pk=row.object_id).first()
    if delivery is None:
        raise outbox.GiveUp("erased")
    if delivery.kind in FORGOTTEN and delivery.sent_at is not None:
        return
    assert row.company is not None
    if not delivery.subject:
        delivery = _render(delivery, row.company)
    shared.share(smtp.SmtpLine).send(
        smtp.Letter(
            key=row.object_id.hex,
            message_id=row.external_key,
            date=delivery.created_at,
            sender=delivery.sender,
            reply_to=delivery.reply_to,
            recipient=delivery.recipient,
            subject=delivery.subject,
            text=delivery.text,
            html=delivery.html,
            calendar=delivery.calendar,
        )
    )
    wiped = {"text": "", "html": ""} if delivery.kind in FORGOTTEN else {}
    Delivery.objects.filter(pk=delivery.pk, sent_at__isnull=True).update(sent_at=clock.now(), **wiped)


def _render(delivery: Delivery, company: Company) -> Delivery:
    """Render it and keep it before anything is sent: every later try sends these words."""
    renderer = _renderers.get(delivery.kind)
    if renderer is None:
        raise outbox.GiveUp("unknown_kind")
    mail = renderer(delivery, company)
    Delivery.objects.filter(pk=delivery.pk, subject="").update(
        sender=header_line(mail.sender),
        reply_to=mail.reply_to,
        subject=header_line(mail.subject, SUBJECT_LIMIT),
        text=mail.text,
        html=mail.html,
    )
    rendered: Delivery = Delivery.objects.get(pk=delivery.pk)
    return rendered
