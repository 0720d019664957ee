"""A new lead: checked, stored once, mailed to its company, and given a time by which it is to be acknowledged."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from agency.domain.hours.hours import after_open_time
from agency.domain.phones import parse_phone
from agency.domain.refusal import Refusal
from agency.services.hours.agreement import list_hours
from agency.services.people.addresses import read_address
from chat.domain.leads import BadTime, BestTime, Channel, LeadSource, check_best_time
from chat.models import Lead, LeadEvent
from chat.services.leads.escalate import queue_escalation
from chat.services.leads.letter import mail_lead
from tenants.context import in_company
from tenants.models import Company

MADE = "made"


class CannotMake(Refusal):
    """Raised for a lead that can't be passed on. `code` is the wire's error code."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where somebody can be reached: `channel` first, and by what else they gave."""

    channel: Channel
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFacts:
    """A lead as it comes in. `source_id`: the chat or the question. `consent`: the words it was given under.

    Texts are clean already (`agency/domain/text.py`).
    """

    source: LeadSource
    source_id: UUID
    site_id: UUID
    contact: Contact
    name: str = ""
    question: str = ""
    page_url: str = ""
    best: BestTime = field(default_factory=BestTime)
    consent: str = ""


def read_contact(email: str, phone: str, channel: str = "") -> Contact:
    """Return a mail address and a telephone number as they are stored.

    Args:
        channel: which of the two must be there; left out, either, mail first.

    Raises:
        CannotMake: bad_address (neither, one that can't be right, or not the one that is needed).
    """
    address = read_address(email) if email else ""
    number = parse_phone(phone) if phone else ""
    if address is None or number is None:
        raise CannotMake("bad_address")
    by = Channel(channel) if channel else Channel.MAIL if address else Channel.PHONE
    if not (address if by == Channel.MAIL else number):
        raise CannotMake("bad_address")
    return Contact(by, address, number)


@transaction.atomic
def make_lead(*, company: Company, facts: LeadFacts, by: str = "", now: datetime) -> Lead:
    """Store a lead, mail it, and set the time at which it is escalated. A second one of its source is the first.

    Args:
        by: the operator's public name; "" for a visitor who filled in a form.

    Raises:
        CannotMake: bad_time.
    """
    try:
        check_best_time(facts.best, company.zone, now)
    except BadTime:
        raise CannotMake("bad_time") from None
    hours = list_hours([company])[company.pk]
    due_at = after_open_time(hours, now, timedelta(minutes=company.lead_minutes))
    with in_company(company):
        lead, new = Lead.objects.get_or_create(
            source=facts.source,
            source_id=facts.source_id,
            defaults={
                **_columns(facts),
                "consent_at": now if facts.consent else None,
                "created_at": now,
                "due_at": due_at,
            },
        )
        if new:
            LeadEvent.objects.create(lead=lead, kind=MADE, by=by, at=now)
            mail_lead(lead, company, now)
            queue_escalation(lead, company)
    made: Lead = lead
    return made


def _columns(facts: LeadFacts) -> dict[str, Any]:
    return {
        "site_id": facts.site_id,
        "page_url": facts.page_url,
        "name": facts.name,
        "channel": facts.contact.channel,
        "email": facts.contact.email,
        "phone": facts.contact.phone,
        "question": facts.question,
        "best_day": facts.best.day,
        "best_part": facts.best.part,
        "best_time": facts.best.at,
        "consent": facts.consent,
    }
