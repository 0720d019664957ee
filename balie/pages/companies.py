"""Manager's pages that span the apps: all companies, a new one, what it still needs, the people of its portal."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agency.models import PortalMember, User
from agency.services import access
from agency.services.companies import overview
from agency.services.people import portal_members
from agency.services.reports.today import list_today
from agency.views.companies.companies import colour_of, warn_of_sharing
from agency.views.companies.forms import MemberForm, member_words
from agency.views.doors import FORM, READ, SignedInRequest, company_page, manager_page
from agency.views.form_status import status_of
from agency.views.query import asked_choice
from agency.views.table import Column, Table
from balie.pages import company_list
from balie.pages.new_company import NewCompany
from balie.steps import invite_member, starting_texts
from tenants import clock
from tenants.models import Company


@manager_page(READ)
def home(request: HttpRequest) -> HttpResponse:
    """Show how today's promises are kept, then each company: its needs, the people there for it, its chats now."""
    now = clock.now()
    show = asked_choice(request, "show", company_list.LISTS).replace("all", "")
    table = _companies_table(request, show)
    found = company_list.list_companies(
        show=show, choose=lambda rows: table.fill(rows, words=_words_of, by=_ORDERS).rows, now=now
    )
    context = {
        "found": found,
        "table": table,
        "query": table.query,
        "show": show or "all",
        "live": company_list.count_live_everywhere(),
        "seats": overview.count_seats(now),
        # First of all; whoever pages or searches has seen it.
        "kept": None if request.GET else list_today(now),
        "pages": table.pages,
    }
    return render(request, "manage/home.html", context)


def _companies_table(request: HttpRequest, show: str) -> Table[Any]:
    return Table(
        request,
        Column(_("Company"), "company"),
        Column(_("Needs"), "needs", falls=True),
        Column(_("Now")),
        Column(_("Waiting"), is_figure=True),
        Column(_("In conversation"), is_figure=True),
        Column(_("At the desk"), "here", is_figure=True, falls=True),
        Column(_("Certified"), "certified", is_figure=True),
        Column(_("Sites"), is_figure=True),
        sort="company",
        size=company_list.PAGE,
        kept={"show": show},
    )


def _words_of(row: Any) -> str:
    """Return the texts a company is found by: its name, the name of its portal and its monogram."""
    return f"{row.name}\n{row.slug}\n{row.monogram}"


_ORDERS: dict[str, Callable[[Any], Any]] = {
    "needs": lambda row: len(row.needs),
    "here": lambda row: row.here_now,
    "certified": lambda row: row.certified_now - row.at_least,
}


@manager_page(FORM)
def company_new(request: SignedInRequest) -> HttpResponse:
    """Make a company. Sent twice, it is made once."""
    new = NewCompany(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        before = _made(new)
        made = before or (new.is_valid() and new.save(by=request.user, now=clock.now()))
        # The other of two that were sent at once may have been faster.
        made = made or _made(new)
        if made:
            if not before:
                for site in made.sites.all():
                    warn_of_sharing(request, site)
            return redirect("manage_company_start", made.pk)
    context = {
        "new": new,
        "first": new.forms[0],
        "others": new.forms[1:],
        "look": colour_of(new.facts),
        "templates": [
            (
                f"{language}.{tone}",
                starting_texts.greeting_for(language, tone),
                starting_texts.script_for(language, tone),
            )
            for language, tone in starting_texts.VOICES
        ],
        "suffix": settings.PORTAL_SUFFIX,
    }
    return render(request, "manage/companies/new.html", context, status=status_of(request))


@company_page(READ)
def company_start(request: HttpRequest, company: Company) -> HttpResponse:
    """Show what a company has and still needs before its first chat: code, portal, people."""
    context = {
        "company": company,
        "needs": company_list.needs_of(company, clock.now()),
        "sites": overview.list_sites(company),
        "portal": access.host_url(company, "/"),
        "owners": [m for m in portal_members.list_members(company) if m.role == PortalMember.Role.OWNER],
    }
    return render(request, "manage/companies/start.html", context)


@company_page(FORM)
def company_members(request: SignedInRequest, company: Company) -> HttpResponse:
    """The people of a company's portal: invite, another role, remove."""
    what = request.POST.get("what", "invite") if request.method == "POST" else ""
    form = MemberForm(request.POST if what == "invite" else None)
    if what == "invite" and form.is_valid() and _invite(request, company, form, request.user):
        return redirect("manage_company_members", company.pk)
    if what in _CHANGES:
        _change_member(request, company, what, request.user)
        return redirect("manage_company_members", company.pk)
    context = {
        "company": company,
        "form": form,
        "people": portal_members.list_members(company),
        "roles": PortalMember.Role.choices,
        "portal": access.host_url(company, "/"),
    }
    return render(request, "manage/companies/members.html", context, status=status_of(request))


def _invite(request: HttpRequest, company: Company, form: MemberForm, by: User) -> bool:
    facts = form.cleaned_data
    try:
        added = invite_member.invite(company=company, by=by, now=clock.now(), **facts)
    except portal_members.CannotChangeMember as problem:
        form.add_error("email", member_words(problem.code))
        return False
    if added.needs_password:
        said = _("%(name)s gets mail with a link to choose a password.")
    else:
        said = _("%(name)s has an account already, and gets mail with the portal's address.")
    messages.success(request, said % {"name": added.member.user.name})
    return True


def _change_member(request: HttpRequest, company: Company, what: str, by: User) -> None:
    try:
        user_id = UUID(request.POST.get("user", ""))
        _CHANGES[what](request, company, user_id, by)
    except portal_members.CannotChangeMember as problem:
        messages.error(request, member_words(problem.code))
    except (ValueError, PortalMember.DoesNotExist):
        raise Http404 from None


def _set_role(request: HttpRequest, company: Company, user_id: UUID, by: User) -> None:
    role = PortalMember.Role(request.POST.get("role", ""))
    portal_members.change_role(company=company, user_id=user_id, role=role, by=by, now=clock.now())
    messages.success(request, _("Saved. It holds from their next page on."))


def _remove(request: HttpRequest, company: Company, user_id: UUID, by: User) -> None:
    gone = portal_members.remove_member(company=company, user_id=user_id, by=by, now=clock.now())
    messages.success(request, _("%(name)s can no longer enter this portal.") % {"name": gone.name})


def _mail_again(request: HttpRequest, company: Company, user_id: UUID, by: User) -> None:
    member = PortalMember.objects.select_related("user").get(company=company, user=user_id)
    invite_member.mail_invitation(company=company, user=member.user, now=clock.now())
    messages.success(request, _("The mail to %(name)s is on its way.") % {"name": member.user.name})


_CHANGES = {"role": _set_role, "remove": _remove, "mail": _mail_again}


def _made(new: NewCompany) -> Company | None:
    return Company.objects.filter(pk=new.id, ready=True).first()
