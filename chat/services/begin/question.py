"""A question that a visitor leaves, or their wish to be called: kept, and passed to the company as a lead."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from chat.domain.leads import BestTime, Channel, LeadSource
from chat.models import Question, Visitor
from chat.services.begin.first_message import CannotBegin
from chat.services.leads.make import LeadFacts, make_lead, read_contact
from tenants import clock
from tenants.context import in_company
from tenants.models import Company
from tenants.resolve import SiteFacts


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """The form as the visitor filled it in, with the page it was on. `client_id`: the browser's own id of it.

    `call_back`: when they want to be called, with a number and perhaps without a question; None: an answer will do.
    `consent`: the words under which they left their address.
    """

    client_id: UUID
    body: str
    name: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    consent: str = ""
    call_back: BestTime | None = None


@transaction.atomic
def ask_question(*, site: SiteFacts, visitor_id: UUID, form: QuestionForm) -> Question:
    """Store a question from the form, and pass it on. A repeat finds the first.

    Raises:
        CannotMake: bad_address (neither a mail address nor a number that can be right, or no number to call back),
            bad_time. CannotBegin: conflict, nobody (the company isn't live, and this visitor has no chat of before).
    """
    contact = read_contact(form.email, form.phone, Channel.PHONE if form.call_back is not None else "")
    company = Company.objects.get(pk=site.company_id, ready=True)
    with in_company(company):
        if company.live_at is None and not Visitor.objects.filter(pk=visitor_id).exists():
            raise CannotBegin("nobody")
        # A refused first text was kept under the same client_id, without an address: this completes it.
        question, _new = Question.objects.select_for_update().get_or_create(
            visitor_id=visitor_id,
            client_id=form.client_id,
            defaults={"site_id": site.id, "body": form.body, "page_url": form.url},
        )
        if question.email or question.phone:
            if question.body != form.body:
                raise CannotBegin("conflict")
            return question
        question.body, question.name = form.body, form.name
        question.email, question.phone = contact.email, contact.phone
        question.save(update_fields=["body", "name", "email", "phone"])
    facts = LeadFacts(
        source=LeadSource.QUESTION if form.call_back is None else LeadSource.CALL_BACK,
        source_id=question.pk,
        site_id=site.id,
        contact=contact,
        name=form.name,
        question=form.body,
        page_url=form.url,
        best=form.call_back or BestTime(),
        consent=form.consent,
    )
    make_lead(company=company, facts=facts, now=clock.now())
    return question
