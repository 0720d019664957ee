"""A step of coming aboard: its question, its forms, and what saving them does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from agency.models import User
from tenants.models import Company

Words = str | Promise


@dataclass(frozen=True, slots=True)
class StepPlace:
    """For whom a step is shown or saved, by whom and at which door.

    `data` and `files` are what a person sent, `prepared` what the step made of it before the company was locked: None
    as long as the page is only shown.
    """

    company: Company
    by: User
    now: datetime
    is_manager: bool
    request: HttpRequest
    data: QueryDict | None = None
    files: MultiValueDict[str, Any] | None = None
    prepared: Any = None


@dataclass(frozen=True, slots=True)
class StepState:
    """How far a step is: a few words about it for the list of steps, and the things it still lacks, each in words."""

    fact: str = ""
    missing: Sequence[Words] = ()


def _no_forms(place: StepPlace) -> Sequence[forms.Form]:
    return ()


def _nothing(place: StepPlace, sheets: Sequence[forms.Form]) -> bool:
    return True


def _unprepared(place: StepPlace) -> None:
    return None


def _no_facts(place: StepPlace) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the eight. The frame does the rest: doors, lock, old pages, errors, who finished it and when.

    Args:
        slug: its name, one of `OnboardingStep.Name`, in the address and of its template `onboarding/<slug>.html`.
        title: as in the list of steps. `question`: above the form. `lead`: a sentence under it.
        minutes: how long it takes somebody who has everything at hand.
        state: reads what stands of it at a company.
        prepare: does what takes long with what was sent, before the frame's transaction.
        make_forms: the forms of the page, with what stands now as initial values, bound to `place.data` if it is there.
        save: writes what valid forms hold, inside the frame's transaction. False when a form got an error instead: all
            that it wrote is then taken back.
        facts: what else its template shows.
        act: for buttons of its own, sent with a name in `act`: what answers, or None to show the page again. Where a
            form of the button comes back with errors: what to show in the place of `facts`, with a 422.
    """

    slug: str
    title: Words
    question: Words
    lead: Words = ""
    minutes: int = 2
    state: Callable[[Company], StepState]
    prepare: Callable[[StepPlace], Any] = field(default=_unprepared)
    make_forms: Callable[[StepPlace], Sequence[forms.Form]] = field(default=_no_forms)
    save: Callable[[StepPlace, Sequence[Any]], bool] = field(default=_nothing)
    facts: Callable[[StepPlace], Mapping[str, Any]] = field(default=_no_facts)
    act: Callable[[StepPlace], HttpResponse | Mapping[str, Any] | None] | None = None

    @property
    def template(self) -> str:
        """Return the path of its template."""
        return f"onboarding/{self.slug}.html"
