"""Leads that nobody acknowledged in time: written down, and mailed to whoever the company chose. Once each."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.models import OutboxRow
from agency.services.mail import outbox
from chat.domain.leads import LeadState
from chat.models import Lead, LeadEvent
from chat.services.leads.letter import mail_late_lead
from tenants import clock
from tenants.context import in_company
from tenants.models import Company

KIND = "lead.escalate"
ESCALATED = "escalated"


def queue_escalation(lead: Lead, company: Company) -> None:
    """Let a worker look at a new lead when its time is over, in the running transaction."""
    if lead.due_at is None:
        return
    effect = outbox.Effect(
        kind=KIND, object_id=lead.pk, external_key=f"{KIND}:{lead.pk}", dedup=f"lead_escalation:{lead.pk}"
    )
    outbox.enqueue(effect, company=company, run_after=lead.due_at)


@transaction.atomic
def escalate(*, company: Company, lead_id: UUID, now: datetime) -> bool:
    """Escalate a lead that is still new. False if it was acknowledged, escalated before or erased."""
    with in_company(company):
        new = Lead.objects.select_for_update().filter(state=LeadState.NEW, escalated_at__isnull=True)
        lead = new.filter(pk=lead_id).first()
        if lead is None:
            return False
        lead.escalated_at = now
        lead.save(update_fields=["escalated_at"])
        LeadEvent.objects.create(lead=lead, kind=ESCALATED, at=now)
        mail_late_lead(lead, company, now)
    return True


@outbox.handles(KIND)
def look(row: OutboxRow, _shared: outbox.Round) -> None:
    """Escalate the lead of a row whose time has come."""
    assert row.company is not None
    escalate(company=row.company, lead_id=row.object_id, now=clock.now())
