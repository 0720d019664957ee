"""Mails of the agency itself: about accounts, with no company. Written with their cause, sent by the worker.

A link that opens an account is in no table: the stored letter has SECRET in its place, and the kind's own function
works the secret out at each try. It depends on the mail's own time, so that every try sends the same bytes.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from agency.models import AgencyDelivery, OutboxRow, User
from agency.services.mail import mail_states, outbox, smtp
from tenants import clock

KIND = "agency.mail"
SECRET = "{secret}"  # noqa: S105 -- the mark, not a secret

# Works out the secret of a mail; None if the mail mustn't go any more.
Fill = Callable[[AgencyDelivery], str | None]
_fills: dict[str, Fill] = {}


def fills(kind: str) -> Callable[[Fill], Fill]:
    """Register the function that works out the secret of mails of this kind."""

    def register(fill: Fill) -> Fill:
        _fills[kind] = fill
        return fill

    return register


@transaction.atomic
def queue(*, kind: str, recipient: str, subject: str, text: str, user: User | None, now: datetime) -> AgencyDelivery:
    """Write a mail in the running transaction. It leaves within seconds of the commit.

    Args:
        kind: a word of `mail_states`.
        text: with SECRET where a registered kind has one.
        user: whose account it is about; None if there is none.
    """
    delivery = AgencyDelivery.objects.create(
        kind=kind,
        user=user,
        recipient=recipient,
        subject=" ".join(subject.split())[:200],
        text=text,
        created_at=now,
    )
    effect = outbox.Effect(
        kind=KIND,
        object_id=delivery.pk,
        external_key=f"<{delivery.pk.hex}@{settings.AGENCY_HOST}>",
        dedup=f"{kind}:{delivery.pk}",
    )
    outbox.enqueue(effect, company=None, run_after=now)
    return delivery


def newest_state(*, kind: str, user: User) -> mail_states.MailOutcome | None:
    """Return what became of the newest mail of this kind about an account."""
    delivery = AgencyDelivery.objects.filter(kind=kind, user=user).order_by("-created_at").first()
    if delivery is None:
        return None
    row = OutboxRow.objects.filter(object_id=delivery.pk, kind=KIND).first()
    return mail_states.state_of(row, sent_at=delivery.sent_at, since=delivery.created_at)


def prune(*, now: datetime) -> int:
    """Delete letters of over 30 days ago whose outbox rows are gone: addresses are kept no longer than needed."""
    row = OutboxRow.objects.filter(object_id=OuterRef("pk"))
    old = AgencyDelivery.objects.filter(created_at__lt=now - mail_states.KEPT)
    return old.exclude(Exists(row)).delete()[0]


@outbox.handles(KIND)
def send(row: OutboxRow, shared: outbox.Round) -> None:
    """Send a mail by SMTP, with its secret filled in.

    One whose reason is gone, such as a link for an account that was switched off, is done without being sent.
    """
    delivery = AgencyDelivery.objects.select_related("user").filter(pk=row.object_id).first()
    if delivery is None:
        raise outbox.GiveUp("erased")
    text = delivery.text
    if delivery.kind in _fills:
        secret = _fills[delivery.kind](delivery)
        if secret is None:
            return
        text = text.replace(SECRET, secret)
    shared.share(smtp.SmtpLine).send(
        smtp.Letter(
            key=row.object_id.hex,
            message_id=row.external_key,
            date=delivery.created_at,
            sender="",
            reply_to=settings.AGENCY_EMAIL,
            recipient=delivery.recipient,
            subject=delivery.subject,
            text=text,
        )
    )
    AgencyDelivery.objects.filter(pk=delivery.pk, sent_at__isnull=True).update(sent_at=clock.now())
