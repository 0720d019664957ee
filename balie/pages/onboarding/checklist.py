"""The checklist before a first chat: each step with a link and what it lacks, and what the agency does itself."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from agency.models import OnboardingStep, PortalMember
from agency.services import access
from agency.services.companies import onboarding, overview
from agency.services.people import portal_members
from agency.views.doors import READ, SignedInRequest, company_page, portal_page
from balie.pages import company_list
from balie.pages.onboarding.step import Step, StepState
from balie.pages.onboarding.steps import STEPS
from tenants import clock
from tenants.models import Company


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as lists show it.

    `done`: None until somebody finished it.
    """

    number: int
    step: Step
    url: str
    done: OnboardingStep | None
    state: StepState

    @property
    def is_done(self) -> bool:
        """Tell whether somebody finished it and nothing of it is missing."""
        return self.done is not None and not self.state.missing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a company has come."""

    lines: list[StepLine]

    @property
    def next(self) -> StepLine | None:
        """Return the first line that isn't done."""
        return next((line for line in self.lines if not line.is_done), None)

    @property
    def minutes(self) -> int:
        """Return how long the rest takes."""
        return sum(line.step.minutes for line in self.lines if not line.is_done)

    @property
    def saved(self) -> OnboardingStep | None:
        """Return what was saved last."""
        done = [line.done for line in self.lines if line.done is not None]
        return max(done, key=lambda one: one.done_at, default=None)


def read_progress(company: Company, *, is_manager: bool) -> Progress:
    """Read how far a company has come, with links for the agency's host or its own."""
    done = onboarding.list_done(company)
    return Progress(
        [
            StepLine(
                number=number,
                step=step,
                url=step_url(company, step, is_manager=is_manager),
                done=done.get(step.slug),
                state=step.state(company),
            )
            for number, step in enumerate(STEPS, 1)
        ]
    )


def step_url(company: Company, step: Step | None, *, is_manager: bool) -> str:
    """Return the address of a step, or that of the checklist."""
    own = {"step": step.slug} if step else {}
    if is_manager:
        return reverse(f"manage_company_start{'_step' if step else ''}", kwargs={"company_id": company.pk, **own})
    return reverse(f"portal_start{'_step' if step else ''}", kwargs=own)


@portal_page(READ)
def portal_start(request: SignedInRequest, member: PortalMember) -> HttpResponse:
    """Show the company's own people what is done and what is missing. Owners get a link to each step."""
    more = {"member": member, "may_write": member.may(PortalMember.Role.OWNER)}
    return _show(request, "onboarding/list/portal.html", member.company, is_manager=False, **more)


@company_page(READ)
def manage_start(request: SignedInRequest, company: Company) -> HttpResponse:
    """Show a manager the same, with what the agency does: code, certified people, price, owner."""
    owners = [one for one in portal_members.list_members(company) if one.role == PortalMember.Role.OWNER]
    more = {
        "needs": company_list.needs_of(company, clock.now()),
        "sites": overview.list_sites(company),
        "portal": access.host_url(company, "/"),
        "owners": owners,
        "may_write": True,
    }
    return _show(request, "onboarding/list/manage.html", company, is_manager=True, **more)


def _show(request: HttpRequest, template: str, company: Company, *, is_manager: bool, **more: Any) -> HttpResponse:
    progress = read_progress(company, is_manager=is_manager)
    with timezone.override(ZoneInfo(company.zone)):
        return render(request, template, {"company": company, "progress": progress, **more})
