"""The frame around a step: who may come in, what was saved when, old pages, and where one goes on."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from agency.models import PortalMember
from agency.services.companies import onboarding
from agency.views import edition
from agency.views.doors import FORM, SignedInRequest, company_page, portal_page
from agency.views.form_status import status_of
from balie.pages.onboarding.checklist import read_progress, step_url
from balie.pages.onboarding.step import Step, StepPlace
from balie.pages.onboarding.steps import before, find_step, next_of
from tenants import clock
from tenants.models import Company


@portal_page(FORM, writes=PortalMember.Role.OWNER)
def portal_start_step(request: SignedInRequest, member: PortalMember, step: str) -> HttpResponse:
    """Show an owner a step of their own company, or save it. Everybody else reads the checklist."""
    found = find_step(step)
    if not member.may(PortalMember.Role.OWNER):
        return redirect("portal_start")
    return _answer(request, found, member.company, is_manager=False)


@company_page(FORM)
def manage_start_step(request: SignedInRequest, company: Company, step: str) -> HttpResponse:
    """Show a manager a step of any company, or save it."""
    return _answer(request, find_step(step), company, is_manager=True)


def _answer(request: SignedInRequest, step: Step, company: Company, *, is_manager: bool) -> HttpResponse:
    place = StepPlace(company=company, by=request.user, now=clock.now(), is_manager=is_manager, request=request)
    with timezone.override(ZoneInfo(company.zone)):
        if request.method != "POST":
            return _show(request, step, place, step.make_forms(place))
        if step.act is not None and request.POST.get("act"):
            done = step.act(place)
            if isinstance(done, HttpResponse):
                return done
            status = 200 if done is None else status_of(request)
            return _show(request, step, place, step.make_forms(place), facts=done, status=status)
        return _save(request, step, place)


def _save(request: HttpRequest, step: Step, place: StepPlace) -> HttpResponse:
    """Save a step and go on to the next, or save nothing and show it again with what is wrong."""
    prepared = step.prepare(place)
    with transaction.atomic():
        # Two people at one company save one after the other, so the second is compared with what the first wrote.
        company = Company.objects.select_for_update(no_key=True).get(pk=place.company.pk)
        place = StepPlace(
            company=company,
            by=place.by,
            now=place.now,
            is_manager=place.is_manager,
            request=request,
            data=request.POST,
            files=request.FILES,
            prepared=prepared,
        )
        sheets = step.make_forms(place)
        # Each is asked, so that every error is told at once.
        answers = [sheet.is_valid() for sheet in sheets]
        if edition.merge(sheets, request.POST) and all(answers) and step.save(place, sheets):
            onboarding.mark_done(company=company, step=step.slug, by=place.by, now=place.now)
            after = next_of(step)
            return redirect(step_url(company, after, is_manager=place.is_manager))
        transaction.set_rollback(True)
    return _show(request, step, place, sheets)


def _show(
    request: HttpRequest,
    step: Step,
    place: StepPlace,
    sheets: Sequence[forms.Form],
    facts: Mapping[str, Any] | None = None,
    status: int | None = None,
) -> HttpResponse:
    company, is_manager = place.company, place.is_manager
    progress = read_progress(company, is_manager=is_manager)
    back, after = before(step), next_of(step)
    context = {
        "company": company,
        "is_manager": is_manager,
        "step": step,
        "place": place,
        "progress": progress,
        "number": next(line.number for line in progress.lines if line.step is step),
        "first": sheets[0] if sheets else None,
        "others": sheets[1:],
        "sheets": sheets,
        "edition": edition.edition_of(sheets),
        "list_url": step_url(company, None, is_manager=is_manager),
        "back_url": step_url(company, back, is_manager=is_manager),
        "after": after,
        **(step.facts(place) if facts is None else facts),
    }
    return render(request, step.template, context, status=status or status_of(request))
