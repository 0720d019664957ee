"""A company deals with a lead: it says that somebody takes it up, and later whether it was won or lost."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.domain.refusal import Refusal
from agency.domain.text import clean_line
from agency.services import records
from chat.domain.leads import REASON_LIMIT, RESULTS, LeadSource, LeadState
from chat.models import Lead, LeadEvent
from tenants.context import in_company
from tenants.models import Company


class CannotChangeLead(Refusal):
    """Raised where a lead can't go to that state."""


@transaction.atomic
def acknowledge(*, company: Company, lead_id: UUID, by: str, now: datetime) -> bool:
    """Say that somebody of the company takes a lead up. False if that was said before.

    Args:
        by: their name; "" for the bearer of the link in the mail.

    Raises:
        CannotChangeLead: not_found.
    """
    with in_company(company):
        lead = _find_locked(lead_id)
        if lead.state != LeadState.NEW:
            return False
        lead.state = LeadState.ACKNOWLEDGED
        lead.save(update_fields=["state"])
        LeadEvent.objects.create(lead=lead, kind=LeadState.ACKNOWLEDGED, by=by, at=now)
    return True


@transaction.atomic
def settle(*, company: Company, lead_id: UUID, result: LeadState, reason: str, by: str, now: datetime) -> bool:
    """Say how a lead ended, or put right what was said. False if just that was said before.

    The result of a lead from a chat is also a `RecordEvent`, for reports; the newest counts. It holds no words.

    Args:
        result: won or lost.
        reason: why it was lost, in one line of at most 200 characters; of a lead that was won none is kept.
        by: as in `acknowledge`.

    Raises:
        CannotChangeLead: not_found, not_acknowledged, not_closed (the chat goes on).
    """
    assert result in RESULTS
    words = clean_line(reason, REASON_LIMIT) if result == LeadState.LOST else ""
    with in_company(company):
        lead = _find_locked(lead_id)
        if lead.state == LeadState.NEW:
            raise CannotChangeLead("not_acknowledged")
        if (lead.state, lead.lost_reason) == (result, words):
            return False
        is_new_result = lead.state != result
        lead.state, lead.lost_reason = result, words
        lead.save(update_fields=["state", "lost_reason"])
        LeadEvent.objects.create(lead=lead, kind=result, by=by, words=words, at=now)
    if is_new_result and lead.source == LeadSource.CHAT:
        is_won = result == LeadState.WON
        if not records.note_lead_result(chat_id=lead.source_id, won=is_won, by=by, now=now):
            raise CannotChangeLead("not_closed")
    return True


def list_events(company: Company, lead_id: UUID) -> list[LeadEvent]:
    """List the steps of a lead, in order."""
    with in_company(company):
        return list(LeadEvent.objects.filter(lead=lead_id))


def _find_locked(lead_id: UUID) -> Lead:
    lead: Lead | None = Lead.objects.select_for_update().filter(pk=lead_id).first()
    if lead is None:
        raise CannotChangeLead("not_found")
    return lead
