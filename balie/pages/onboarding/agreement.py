"""Step 7: for how long words are kept, and the processing agreement and the price that owners accept by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from agency.services.companies.companies import change_facts
from agency.views.companies.retention_form import retention_form
from balie.pages.onboarding.step import Step, StepPlace, StepState
from billing.services.agreements.proposals import list_waiting
from billing.views.agreements import AgreementPlace, act_on, show_parts
from tenants import clock
from tenants.models import Company


def _state(company: Company) -> StepState:
    return StepState(missing=[_WAITS[kind] for kind in list_waiting(company, clock.now())])


def _make_forms(place: StepPlace) -> Sequence[forms.Form]:
    return [retention_form(place.company, place.data)]


def _save(place: StepPlace, sheets: Sequence[Any]) -> bool:
    change_facts(company=place.company, facts=sheets[0].cleaned_data, by=place.by, now=place.now)
    return True


def _facts(place: StepPlace) -> Mapping[str, Any]:
    return {"parts": show_parts(_agreements(place))}


def _act(place: StepPlace) -> HttpResponse | Mapping[str, Any]:
    parts = act_on(place.request, _agreements(place))
    return redirect(place.request.path) if parts.done else {"parts": parts}


def _agreements(place: StepPlace) -> AgreementPlace:
    return AgreementPlace(
        company=place.company,
        by=place.by,
        url=place.request.path,
        may_accept=not place.is_manager,
        may_change=True,
    )


_WAITS = {
    "processing": gettext_lazy("a name under the processing agreement"),
    "price": gettext_lazy("a name under the price"),
    "no_price": gettext_lazy("a price, which the agency sets"),
}
STEP = Step(
    slug="agreement",
    title=gettext_lazy("Agreement"),
    question=gettext_lazy("What do we agree?"),
    lead=gettext_lazy("How long words are kept, how we treat them, and what a chat costs."),
    minutes=3,
    state=_state,
    make_forms=_make_forms,
    save=_save,
    facts=_facts,
    act=_act,
)
