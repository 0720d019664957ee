"""Mails of a company: rendered once into its schema, sent through the outbox."""

import uuid
from email.utils import make_msgid
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from agency.models import OutboxRow
from agency.services import outbox
from chat.models import Delivery, Question
from tenants.models import Company

KIND = "mail"


def mail_question(question: Question, company: Company, site_name: str) -> Delivery | None:
    """Write the mail that brings a question to its company, in the running transaction; None without an address of theirs."""
    if not company.question_email:
        return None
    facts = {"question": question, "company": company, "site": site_name}
    with translation.override(company.language):
        subject = render_to_string("email/question_subject.txt", facts).strip()
        body = render_to_string("email/question.txt", facts)
    return _queue(
        company,
        kind="question",
        object_id=question.pk,
        recipient=company.question_email,
        reply_to=question.email,
        subject=" ".join(subject.split())[:200],
        text=body,
    )


@outbox.handles(KIND)
def send(row: OutboxRow) -> None:
    """Send a delivery by SMTP; always under the same Message-ID."""
    delivery = Delivery.objects.filter(pk=row.object_id).first()
    if delivery is None:
        raise outbox.GiveUp("the mail was erased")
    mail = EmailMultiAlternatives(
        subject=delivery.subject,
        body=delivery.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.recipient],
        reply_to=[delivery.reply_to] if delivery.reply_to else None,
        headers={"Message-ID": row.external_key, "Auto-Submitted": "auto-generated"},
    )
    if delivery.html:
        mail.attach_alternative(delivery.html, "text/html")
    mail.send()
    Delivery.objects.filter(pk=delivery.pk).update(sent_at=timezone.now())


def _queue(company: Company, *, kind: str, object_id: UUID, **mail: str) -> Delivery:
    delivery = Delivery.objects.create(pk=uuid.uuid4(), kind=kind, **mail)
    outbox.enqueue(
        company=company,
        kind=KIND,
        object_id=delivery.pk,
        external_key=make_msgid(idstring=delivery.pk.hex, domain=settings.AGENCY_HOST),
        dedup=f"{kind}:{object_id}",
    )
    return delivery
