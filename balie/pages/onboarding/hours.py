"""Step 4: the hours of a week in which the chat is open."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.domain.hours.hours_as_text import days_ahead
from agency.domain.hours.periods import local_day
from agency.models import OpeningHours
from agency.services.hours import weekly_hours
from agency.services.hours.agreement import list_hours
from agency.services.reports.service_level import promise_at_end
from agency.views.companies.hours_forms import WeekForm
from balie.pages.onboarding.step import Step, StepPlace, StepState
from tenants.models import Company

_DAYS_SHOWN = 7


def _state(company: Company) -> StepState:
    windows = OpeningHours.objects.filter(company=company).values_list("opens", "closes")
    hours = round(sum(closes - opens for opens, closes in windows) / 60)
    return StepState(_("%(hours)d hours a week") % {"hours": hours}) if hours else StepState()


def _make_forms(place: StepPlace) -> Sequence[forms.Form]:
    week = list_hours([place.company])[place.company.pk].week
    return [WeekForm(place.data, initial=WeekForm.initial_of(week), prefix="week")]


def _save(place: StepPlace, sheets: Sequence[Any]) -> bool:
    weekly_hours.set_week(company=place.company, week=sheets[0].week(), by=place.by, now=place.now)
    return True


def _facts(place: StepPlace) -> Mapping[str, Any]:
    company = place.company
    today = local_day(place.now, company.zone)
    return {
        "days": days_ahead(list_hours([company])[company.pk], today, _DAYS_SHOWN),
        "promise": promise_at_end(company, today),
    }


STEP = Step(
    slug="hours",
    title=gettext_lazy("Opening hours"),
    question=gettext_lazy("When is the chat open?"),
    lead=gettext_lazy("Within these hours our people answer. Outside them visitors see what you chose for that."),
    minutes=1,
    state=_state,
    make_forms=_make_forms,
    save=_save,
    facts=_facts,
)
