"""Step 3: how the chat looks, with the real widget beside the form."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from balie.pages.onboarding.step import Step, StepPlace, StepState
from chat.views.look.form import JudgedLogo, LookForm, judge_logo
from chat.views.look.pages import look_context, save_look
from tenants.models import Company


def _state(company: Company) -> StepState:
    return StepState(company.brand)


def _prepare(place: StepPlace) -> JudgedLogo | None:
    return judge_logo(place.company, place.request.FILES.get("logo"))


def _make_forms(place: StepPlace) -> Sequence[forms.Form]:
    return [LookForm(place.data, place.files, company=place.company, judged=place.prepared)]


def _save(place: StepPlace, sheets: Sequence[Any]) -> bool:
    return save_look(place.company, sheets[0], place.by)


def _facts(place: StepPlace) -> Mapping[str, Any]:
    form = LookForm(company=place.company)
    facts = look_context(place.company, form, is_manager=place.is_manager)
    return {name: fact for name, fact in facts.items() if name != "form"}


STEP = Step(
    slug="look",
    title=gettext_lazy("How it looks"),
    question=gettext_lazy("How does your chat look?"),
    lead=gettext_lazy("What you change here you see at once, in the chat itself."),
    minutes=2,
    state=_state,
    prepare=_prepare,
    make_forms=_make_forms,
    save=_save,
    facts=_facts,
)
