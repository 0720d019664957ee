"""Step 6: who hears of leads, in how many minutes they are taken up, and who gets a copy of each chat."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.domain.addresses import shown_address
from balie.pages.onboarding.company import facts_form, save_facts
from balie.pages.onboarding.step import Step, StepPlace, StepState
from tenants.models import Company

NAMES = ("question_email", "lead_minutes", "lead_escalation_email", "transcript_email")


def _state(company: Company) -> StepState:
    if not company.question_email:
        return StepState(missing=[_("the mail address for questions and leads")])
    return StepState(shown_address(company.question_email))


def _make_forms(place: StepPlace) -> Sequence[forms.Form]:
    own = "" if place.is_manager else place.by.email
    return [facts_form(place, NAMES, question_email=own)]


def _save(place: StepPlace, sheets: Sequence[Any]) -> bool:
    return save_facts(place, sheets[0])


STEP = Step(
    slug="leads",
    title=gettext_lazy("Leads and recipients"),
    question=gettext_lazy("Who hears of leads?"),
    lead=gettext_lazy("A question, a wish to be called or a customer that we pass on is mailed to you at once."),
    minutes=1,
    state=_state,
    make_forms=_make_forms,
    save=_save,
)
