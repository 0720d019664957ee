"""The demo's leads: some in each state, from chats of its past and from its form. None of them is mailed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from agency.domain.hours.periods import local_day
from agency.models import ChatRecord
from agency.services import records
from chat.domain.leads import LeadSource, LeadState
from chat.models import Chat, Lead, LeadEvent
from chat.services.leads.escalate import ESCALATED, queue_escalation
from chat.services.leads.make import MADE
from tenants.context import in_company
from tenants.models import Company

# How the newest chats that ended as leads went on, oldest last.
_RESULTS = (LeadState.ACKNOWLEDGED, LeadState.WON, LeadState.LOST, LeadState.WON)
_REASON = "Koos voor een ander"
_QUESTIONS = (
    ("Ilse Vermeulen", "Kan ik een bestelling nog laten bezorgen op een ander adres?", timedelta(minutes=20)),
    ("Rachid Benali", "Doen jullie ook een offerte voor een hele school?", timedelta(hours=30)),
)


def write_leads(company: Company, *, now: datetime) -> None:
    """Write leads from the company's past, and what became of them."""
    taker = company.portal_members.get().user.name
    chats = ChatRecord.objects.filter(company=company, outcome="lead").order_by("-closed_at")[: len(_RESULTS)]
    for record, state in zip(chats, _RESULTS, strict=False):
        _from_chat(company, record, state, taker)
    for name, body, ago in _QUESTIONS:
        lead = _lead(company, name, now - ago, source=LeadSource.QUESTION, channel="mail", question=body)
        if ago > timedelta(hours=1):
            _escalate(company, lead)
    tomorrow = local_day(now, company.zone) + timedelta(days=1)
    called: dict[str, Any] = {
        "source": LeadSource.CALL_BACK,
        "channel": "phone",
        "best_day": tomorrow,
        "best_part": "morning",
    }
    _lead(company, "Bram Hoekstra", now - timedelta(minutes=5), **called)


def _from_chat(company: Company, record: ChatRecord, state: LeadState, taker: str) -> None:
    with in_company(company):
        name = Chat.objects.select_related("visitor").get(pk=record.pk).visitor.name
    facts: dict[str, Any] = {
        "source": LeadSource.CHAT,
        "source_id": record.pk,
        "channel": "phone",
        "question": "Wil teruggebeld worden",
    }
    operator = record.operator.public_name if record.operator else ""
    lead = _lead(company, name or "Sanne", record.closed_at, by=operator, **facts)
    taken_at = record.closed_at + timedelta(minutes=25)
    steps = [(LeadState.ACKNOWLEDGED, taken_at)]
    if state != LeadState.ACKNOWLEDGED:
        steps.append((state, taken_at + timedelta(hours=2)))
        records.note_lead_result(chat_id=record.pk, won=state == LeadState.WON, by=taker, now=steps[-1][1])
    reason = _REASON if state == LeadState.LOST else ""
    with in_company(company):
        for kind, at in steps:
            words = reason if kind == LeadState.LOST else ""
            LeadEvent.objects.create(lead=lead, kind=kind, by=taker, words=words, at=at)
        Lead.objects.filter(pk=lead.pk).update(state=state, lost_reason=reason)


def _lead(
    company: Company, name: str, at: datetime, *, by: str = "", source_id: UUID | None = None, **facts: Any
) -> Lead:
    contact = {"phone": "06 12345678", "email": f"{name.split(maxsplit=1)[0].lower()}@voorbeeld.example"}
    with in_company(company):
        lead: Lead = Lead.objects.create(
            name=name,
            source_id=source_id or uuid5(company.pk, name),
            site_id=company.sites.get().pk,
            created_at=at,
            due_at=at + timedelta(minutes=company.lead_minutes),
            **contact,
            **facts,
        )
        LeadEvent.objects.create(lead=lead, kind=MADE, by=by, at=at)
    queue_escalation(lead, company)
    return lead


def _escalate(company: Company, lead: Lead) -> None:
    assert lead.due_at is not None
    with in_company(company):
        Lead.objects.filter(pk=lead.pk).update(escalated_at=lead.due_at)
        LeadEvent.objects.create(lead=lead, kind=ESCALATED, at=lead.due_at)
