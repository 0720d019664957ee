"""The buttons of a lead, on the portal's page and behind the link of its mail: one form, and one place that obeys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.views.fields import ChoiceField, LineField
from chat.domain.leads import REASON_LIMIT, RESULTS, LeadState
from chat.services.leads import progress
from chat.services.leads.progress import CannotChangeLead
from tenants.models import Company

_STEPS = [LeadState.ACKNOWLEDGED, *sorted(RESULTS)]


class StepForm(forms.Form):
    """One step with a lead, and why it was lost."""

    step = ChoiceField(choices=[(step, step) for step in _STEPS])
    reason = LineField(label=gettext_lazy("Reason"), required=False, max_length=REASON_LIMIT)


def take_step(request: HttpRequest, form: StepForm, *, company: Company, lead_id: UUID, by: str, now: datetime) -> None:
    """Do what a valid form says, and say on the next page what came of it."""
    step = LeadState(form.cleaned_data["step"])
    whose: dict[str, Any] = {"company": company, "lead_id": lead_id, "by": by, "now": now}
    try:
        if step == LeadState.ACKNOWLEDGED:
            is_new = progress.acknowledge(**whose)
        else:
            is_new = progress.settle(result=step, reason=form.cleaned_data["reason"], **whose)
    except CannotChangeLead as refusal:
        messages.error(request, _refusal_words(refusal.code))
        return
    if is_new:
        messages.success(request, _("Saved."))
    else:
        messages.info(request, _("It was so already; nothing changed."))


def _refusal_words(code: str) -> str:
    return {
        "not_found": _("This lead isn't there any more."),
        "not_acknowledged": _("First say that somebody takes it up."),
        "not_closed": _("The chat of this lead goes on. Say how it ended once it is closed."),
    }[code]
