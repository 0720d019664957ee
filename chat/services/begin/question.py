"""A question that a visitor leaves when nobody can answer: kept, and mailed to the company."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from agency.domain.phones import parse_phone
from agency.services.people.addresses import read_address
from chat.models import Question
from chat.services.begin.first_message import CannotBegin
from chat.services.mail.deliveries import mail_question
from tenants.context import in_company
from tenants.models import Company
from tenants.resolve import SiteFacts


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """The form as the visitor filled it in, with the page it was on. `client_id`: the browser's own id of it."""

    client_id: UUID
    body: str
    name: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""


def ask_question(*, site: SiteFacts, visitor_id: UUID, form: QuestionForm) -> Question:
    """Store a question from the form. A repeat finds the first.

    Raises:
        CannotBegin: bad_address (neither a mail address nor a number that can be right), conflict.
    """
    address, number = _reached(form.email, form.phone)
    company = Company.objects.get(pk=site.company_id, ready=True)
    with in_company(company), transaction.atomic():
        # A refused first text was kept under the same client_id, without an address: this completes it.
        question, new = Question.objects.select_for_update().get_or_create(
            visitor_id=visitor_id,
            client_id=form.client_id,
            defaults={"site_id": site.id, "body": form.body, "page_url": form.url},
        )
        if not new and question.body != form.body and (question.email or question.phone):
            raise CannotBegin("conflict")
        if not question.email and not question.phone:
            question.body, question.name = form.body, form.name
            question.email, question.phone = address, number
            question.save(update_fields=["body", "name", "email", "phone"])
            mail_question(question, company, site.name)
    return question


def _reached(email: str, phone: str) -> tuple[str, str]:
    """Where an answer can go: address and number, "" for what wasn't given."""
    address = read_address(email) if email else ""
    number = parse_phone(phone) if phone else ""
    if address is None or number is None or not (address or number):
        raise CannotBegin("bad_address")
    return address, number
