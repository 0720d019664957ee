"""The people of a company's portal, as its owners and as managers see them, let them in, change and remove them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agency.models import PortalMember, User
from agency.services import access
from agency.services.people import portal_members
from agency.services.system import rate_limits
from agency.views.companies.forms import MemberForm, member_words, own_member_words
from agency.views.doors import FORM, SignedInRequest, company_page, portal_page
from agency.views.form_status import status_of
from balie.steps import invite_member
from tenants import clock
from tenants.models import Company

Role = PortalMember.Role


@dataclass(frozen=True, slots=True)
class PeoplePlace:
    """Where the page is shown, to whom, and in which words it refuses."""

    company: Company
    by: User
    url: str
    template: str
    refuse: Callable[[str], str]


@company_page(FORM)
def company_members(request: SignedInRequest, company: Company) -> HttpResponse:
    """Show the people of a company's portal to a manager, or change them."""
    place = PeoplePlace(
        company=company,
        by=request.user,
        url=reverse("manage_company_members", args=[company.pk]),
        template="manage/companies/members.html",
        refuse=member_words,
    )
    return _show(request, place, company=company)


@portal_page(FORM, writes=Role.OWNER)
def people(request: SignedInRequest, member: PortalMember) -> HttpResponse:
    """Show the company's own people at the portal. Owners change them."""
    place = PeoplePlace(
        company=member.company,
        by=request.user,
        url=reverse("portal_people"),
        template="portal/people.html",
        refuse=own_member_words,
    )
    return _show(request, place, member=member, may_change=member.may(Role.OWNER))


def _show(request: HttpRequest, place: PeoplePlace, **more: Any) -> HttpResponse:
    what = request.POST.get("what", "invite") if request.method == "POST" else ""
    form = MemberForm(request.POST if what == "invite" else None)
    if what == "invite" and form.is_valid() and _invite(request, place, form):
        return redirect(place.url)
    if what in _CHANGES:
        _change(request, place, what)
        return redirect(place.url)
    context = {
        "form": form,
        "people": portal_members.list_members(place.company),
        "roles": Role.choices,
        "portal": access.host_url(place.company, "/"),
        "link_days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        "own_id": place.by.pk,
        "may_change": True,
        **more,
    }
    return render(request, place.template, context, status=status_of(request))


def _invite(request: HttpRequest, place: PeoplePlace, form: MemberForm) -> bool:
    facts = form.cleaned_data
    if not _may_mail(place.company):
        form.add_error(None, _too_many_mails(place.company))
        return False
    try:
        invite_member.invite(company=place.company, by=place.by, now=clock.now(), **facts)
    except portal_members.CannotChangeMember as problem:
        form.add_error("email", place.refuse(problem.code))
        return False
    # The same words whether there was an account already: that is nobody's business but its owner's.
    messages.success(request, _("%(name)s gets mail that says how to come in.") % {"name": facts["name"]})
    return True


def _change(request: HttpRequest, place: PeoplePlace, what: str) -> None:
    try:
        user_id = UUID(request.POST.get("user", ""))
        _CHANGES[what](request, place, user_id)
    except portal_members.CannotChangeMember as problem:
        messages.error(request, place.refuse(problem.code))
    except (ValueError, PortalMember.DoesNotExist):
        raise Http404 from None


def _set_role(request: HttpRequest, place: PeoplePlace, user_id: UUID) -> None:
    role = Role(request.POST.get("role", ""))
    portal_members.change_role(company=place.company, user_id=user_id, role=role, by=place.by, now=clock.now())
    messages.success(request, _("Saved. It holds from their next page on."))


def _remove(request: HttpRequest, place: PeoplePlace, user_id: UUID) -> None:
    gone = portal_members.remove_member(company=place.company, user_id=user_id, by=place.by, now=clock.now())
    messages.success(request, _("%(name)s can no longer enter this portal.") % {"name": gone.shown_name})


def _mail_again(request: HttpRequest, place: PeoplePlace, user_id: UUID) -> None:
    member = PortalMember.objects.select_related("user").get(company=place.company, user=user_id)
    if not _may_mail(place.company):
        messages.error(request, _too_many_mails(place.company))
        return
    invite_member.mail_invitation(company=place.company, member=member, now=clock.now())
    messages.success(request, _("The mail to %(name)s is on its way.") % {"name": member.shown_name})


def _limit_of(company: Company) -> rate_limits.Limit:
    is_newcomer = company.live_at is None
    return rate_limits.PORTAL_MAILS_OF_NEWCOMER if is_newcomer else rate_limits.PORTAL_MAILS_OF_COMPANY


def _may_mail(company: Company) -> bool:
    limit = _limit_of(company)
    return rate_limits.take(limit, str(company.pk), about=company.name, company_id=company.pk)


def _too_many_mails(company: Company) -> str:
    limit = _limit_of(company)
    facts = {"most": limit.most, "minutes": limit.within // 60}
    return _("At most %(most)d invitations are mailed in %(minutes)d minutes. Wait, then go on.") % facts


_CHANGES = {"role": _set_role, "remove": _remove, "mail": _mail_again}
