"""Agreements of a company: read by everybody of its portal and by managers, accepted by owners."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import PortalMember, User
from agency.services.companies.companies import change_facts
from agency.templatetags.days import dated
from agency.views import edition
from agency.views.companies.retention_form import RetentionForm, retention_form
from agency.views.doors import FORM, READ, SignedInRequest, cannot_write, company_page, portal_page
from agency.views.form_status import status_of
from billing.models import Acceptance
from billing.services.agreements import accept as acceptances
from billing.services.agreements.accept import CannotAccept, typeset
from billing.services.agreements.editions import day_of
from billing.services.agreements.proposals import AgreementProposal, list_acceptances, list_proposals
from billing.views.agreements_form import ConsentForm, refusal_words
from tenants import clock
from tenants.models import Company

OWNER = PortalMember.Role.OWNER


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPlace:
    """Where agreements are shown, to whom, and what they may do there."""

    company: Company
    by: User
    url: str
    may_accept: bool
    may_change: bool


@dataclass(slots=True)
class ProposalForm:
    """An agreement with the form to accept it, None where it was accepted or the reader may not."""

    proposal: AgreementProposal
    form: ConsentForm | None


@dataclass(slots=True)
class AgreementParts:
    """All that the pages show: terms, agreements, and what was accepted. `done`: something was saved."""

    place: AgreementPlace
    retention: RetentionForm
    proposals: list[ProposalForm] = field(default_factory=list)
    known: list[Any] = field(default_factory=list)
    done: bool = False

    @property
    def edition(self) -> str:
        """Return what the fields of the terms show, for who saves second."""
        return edition.edition_of([self.retention])

    @property
    def has_price(self) -> bool:
        """Whether a price is among it."""
        return any(one.proposal.price for one in self.proposals)


@portal_page(FORM, writes=OWNER)
def portal_agreements(request: SignedInRequest, member: PortalMember) -> HttpResponse:
    """Show what is agreed. Owners accept, and choose how long words are kept."""
    is_owner = member.may(OWNER)
    url = reverse("portal_agreements")
    place = AgreementPlace(company=member.company, by=request.user, url=url, may_accept=is_owner, may_change=is_owner)
    return _show(request, place, member=member)


@company_page(FORM, also_left=True)
def manage_agreements(request: SignedInRequest, company: Company) -> HttpResponse:
    """Show the same of any company to a manager, who may change how long words are kept."""
    url = reverse("manage_agreements", args=[company.pk])
    place = AgreementPlace(company=company, by=request.user, url=url, may_accept=False, may_change=company.ready)
    return _show(request, place, is_manager_page=True)


@portal_page(READ)
def portal_agreement_pdf(request: HttpRequest, member: PortalMember, acceptance_id: UUID) -> HttpResponse:
    """One accepted agreement, the document itself."""
    return _accepted_pdf(member.company, acceptance_id)


@company_page(READ, also_left=True)
def manage_agreement_pdf(request: HttpRequest, company: Company, acceptance_id: UUID) -> HttpResponse:
    """The same for a manager."""
    return _accepted_pdf(company, acceptance_id)


@portal_page(READ)
def portal_processing_pdf(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """The processing agreement as a document, before anybody accepts it."""
    return _draft_pdf(member.company)


@company_page(READ, also_left=True)
def manage_processing_pdf(request: HttpRequest, company: Company) -> HttpResponse:
    """The same for a manager."""
    return _draft_pdf(company)


def show_parts(place: AgreementPlace, retention: RetentionForm | None = None, sent: Any = None) -> AgreementParts:
    """Return what to show. Nothing is written.

    Args:
        place: where, to whom.
        retention: the form of the terms, if it was sent.
        sent: the fields of an agreement's form, if one was sent.
    """
    company = place.company
    return AgreementParts(
        place,
        retention_form(company) if retention is None else retention,
        [ProposalForm(one, _form(one, place, sent)) for one in list_proposals(company, clock.now())],
        list_acceptances(company),
    )


def act_on(request: HttpRequest, place: AgreementPlace) -> AgreementParts:
    """Do what a request asks for in `act`: `retention` or `accept`. Where that wasn't done its form says why.

    Raises:
        PermissionDenied: it asks for what only an owner may do.
    """
    act = request.POST.get("act", "")
    if (act == "retention" and not place.may_change) or (act == "accept" and not place.may_accept):
        raise PermissionDenied(cannot_write(OWNER))
    if act == "retention":
        return _change(request, place)
    if act != "accept":
        return show_parts(place)
    parts = show_parts(place, sent=request.POST)
    parts.done = _accept(request, place, parts)
    return parts


def _show(request: HttpRequest, place: AgreementPlace, **more: Any) -> HttpResponse:
    with timezone.override(ZoneInfo(place.company.zone)):
        parts = act_on(request, place) if request.method == "POST" else show_parts(place)
        if parts.done:
            return redirect(place.url)
        context = {"company": place.company, "parts": parts, **more}
        return render(request, "billing/agreements/page.html", context, status=status_of(request))


@transaction.atomic
def _change(request: HttpRequest, place: AgreementPlace) -> AgreementParts:
    # Two people save one after the other, so the second is compared with what the first wrote.
    company = Company.objects.select_for_update(no_key=True).get(pk=place.company.pk)
    form = retention_form(company, request.POST)
    if not (form.is_valid() and edition.merge([form], request.POST) and form.is_valid()):
        return show_parts(replace(place, company=company), form)
    change_facts(company=company, facts=form.cleaned_data, by=place.by, now=clock.now())
    messages.success(request, _("Saved. These are the agreed terms from now on."))
    return AgreementParts(place, form, done=True)


def _form(proposal: AgreementProposal, place: AgreementPlace, sent: Any) -> ConsentForm | None:
    """The form of an agreement that waits, filled in where it is the one that was sent."""
    if proposal.accepted is not None or proposal.missing or not place.may_accept:
        return None
    is_sent = sent is not None and _is_sent(proposal, sent)
    return ConsentForm(sent if is_sent else None, proposal=proposal)


def _is_sent(proposal: AgreementProposal, sent: Any) -> bool:
    return bool((sent.get("kind"), sent.get("price_id", "")) == (proposal.kind, proposal.price_id))


def _accept(request: HttpRequest, place: AgreementPlace, parts: AgreementParts) -> bool:
    """Accept the agreement that was sent. False where its form says why not."""
    bound = next((one for one in parts.proposals if one.form is not None and one.form.is_bound), None)
    if bound is None or bound.form is None:
        # Somebody was faster, or took it back; the page shows how it is now.
        sent = [one.proposal.accepted for one in parts.proposals if _is_sent(one.proposal, request.POST)]
        if sent and sent[0] is not None:
            _tell(request, place, sent[0])
        else:
            messages.info(request, _("Nothing to accept here any more. Below stands what is agreed."))
        return True
    if not bound.form.is_valid():
        return False
    consent = bound.form.consent
    try:
        kept = acceptances.accept(company=place.company, consent=consent, by=place.by, now=clock.now())
    except CannotAccept as problem:
        if problem.code == "gone":
            messages.error(request, refusal_words(problem.code))
            return True
        bound.form.add_problem(problem, bound.proposal)
        return False
    _tell(request, place, kept)
    return True


def _tell(request: HttpRequest, place: AgreementPlace, kept: Acceptance) -> None:
    """Say that it is accepted, and of somebody else's name that it was theirs."""
    if kept.user_id == place.by.pk:
        messages.success(request, _("Accepted. The document is below, and stays there."))
        return
    at = timezone.localtime(kept.accepted_at)
    words = _("%(name)s has accepted it already, on %(day)s at %(time)s. It stays under that name.")
    messages.info(request, words % {"name": kept.name, "day": dated(at), "time": f"{at:%H:%M}"})


def _accepted_pdf(company: Company, acceptance_id: UUID) -> HttpResponse:
    found = acceptances.find_acceptance(company, acceptance_id)
    if found is None:
        raise Http404
    day = found.accepted_at.astimezone(ZoneInfo(company.zone)).date()
    return _pdf(bytes(found.document), f"{company.slug}-{found.kind}-{day}.pdf")


def _draft_pdf(company: Company) -> HttpResponse:
    proposal = list_proposals(company, clock.now())[0]
    return _pdf(typeset(proposal.facts, day_of(proposal.kind, proposal.edition)), f"{company.slug}-{proposal.kind}.pdf")


def _pdf(document: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(document, content_type="application/pdf", headers=headers)
