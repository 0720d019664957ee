"""Leads from each door, for tests."""

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

from chat.domain.leads import BestTime, Channel
from chat.models import Lead
from chat.services.begin.question import QuestionForm, ask_question
from chat.services.leads.make import Contact
from chat.services.leads.post import LeadForm, post_lead
from tenants.context import in_company
from tenants.models import Company
from tenants.resolve import find_site
from tests import cast
from tests.chat.services.stage import NOW, open_chat, sit

PHONE = "06 12345678"


def ask(site_key: str = cast.ACME_SITE, *, visitor_id: UUID | None = None, **facts: Any) -> UUID:
    """Send the question form. Returns the question."""
    site = find_site(site_key)
    assert site is not None
    given = {"client_id": uuid.uuid4(), "body": "Is maat 39 er ook in blauw?", "email": "marieke@voorbeeld.example"}
    form = QuestionForm(**{**given, "name": "Marieke", **facts})
    return ask_question(site=site, visitor_id=visitor_id or uuid.uuid4(), form=form).pk


def call_back(best: BestTime | None = None, **facts: Any) -> UUID:
    """Ask to be called. Returns the question."""
    return ask(**{"body": "", "email": "", "phone": PHONE, "call_back": best or BestTime(), **facts})


def from_chat(*, now: datetime = NOW, **facts: Any) -> UUID:
    """Let Alice pass the visitor of a chat on. Returns the chat, which is open."""
    alice = sit("alice@balie.test", now=now)
    entry = open_chat(alice, now=now)
    form = LeadForm(
        **{
            "contact": Contact(Channel.PHONE, "", PHONE),
            "name": "Marieke",
            "question": "Wil een offerte",
            "best": BestTime(),
            **facts,
        }
    )
    post_lead(chat_id=entry.pk, fence=entry.fence, by=alice, form=form, now=now)
    return entry.pk


def the_lead(company: Company) -> Lead:
    """The only lead there is."""
    with in_company(company):
        lead: Lead = Lead.objects.get()
    return lead


def steps(company: Company) -> list[tuple[str, str]]:
    """List what happened to the only lead, and by whom."""
    with in_company(company):
        return list(Lead.objects.get().events.values_list("kind", "by"))
