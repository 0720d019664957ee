"""An operator passes the visitor of a chat of theirs on to the company."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.live.switchboard import send_on_commit
from chat.domain import events
from chat.domain.leads import BestTime, LeadSource
from chat.models import Chat
from chat.services import assignment
from chat.services.assignment import Console
from chat.services.leads.make import Contact, LeadFacts, make_lead
from tenants.context import in_company


@dataclass(frozen=True, slots=True)
class LeadForm:
    """A lead as an operator writes it down. `consent`: the words to which the visitor agreed."""

    contact: Contact
    name: str
    question: str
    best: BestTime
    consent: str = ""


@transaction.atomic
def post_lead(*, chat_id: UUID, fence: int, by: Console, form: LeadForm, now: datetime) -> None:
    """Make the visitor of a held chat a lead, and tell the holder's consoles. A chat's second lead is its first.

    Raises:
        CannotAssign: not_found, not_yours, fence, seat_taken. CannotMake: bad_time.
    """
    entry = assignment.lock_own(chat_id=chat_id, fence=fence, by=by)
    with in_company(entry.company):
        page_url = Chat.objects.values_list("page_url", flat=True).get(pk=chat_id)
    facts = LeadFacts(
        source=LeadSource.CHAT,
        source_id=chat_id,
        site_id=entry.site_id,
        contact=form.contact,
        name=form.name,
        question=form.question,
        page_url=page_url,
        best=form.best,
        consent=form.consent,
    )
    make_lead(company=entry.company, facts=facts, by=by.name, now=now)
    send_on_commit([(f"u:{by.operator_id}", events.encode(events.LeadPosted(chat_id)))])
