"""How a company's chat looks: at its portal, where owners change it, and for managers."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agency.models import PortalMember, User
from agency.views import edition
from agency.views.companies.companies import colour_of
from agency.views.doors import FORM, SignedInRequest, company_page, portal_page
from agency.views.form_status import status_of
from chat.services.files.link import file_url
from chat.services.files.store import NoRoom
from chat.services.look import change_look, find_logo
from chat.services.site_config import logo_facts
from chat.views.look.form import LookForm, judge_logo
from tenants import clock
from tenants.models import Company
from tenants.origins import shown_url


@portal_page(FORM, writes=PortalMember.Role.OWNER)
def portal_look(request: SignedInRequest, member: PortalMember) -> HttpResponse:
    """Show how the company's own chat looks, or save it."""
    may_change = member.may(PortalMember.Role.OWNER)
    return _answer(request, member.company, reverse("portal_look"), member=member, may_change=may_change)


@company_page(FORM)
def manage_look(request: SignedInRequest, company: Company) -> HttpResponse:
    """Show a manager how any company's chat looks, or save it."""
    url = reverse("manage_company_look", args=[company.pk])
    return _answer(request, company, url, is_manager_page=True, may_change=True)


def save_look(company: Company, form: LookForm, by: User) -> bool:
    """Save a valid form. False, with an error in it, when there is no room for its logo."""
    try:
        change_look(company=company, look=form.look(), by=by, now=clock.now())
    except NoRoom:
        form.add_error("logo", _("There is no room for more files. Ask the agency."))
        return False
    return True


def look_context(company: Company, form: LookForm, *, is_manager: bool) -> dict[str, Any]:
    """Return what the fields and the preview show (`look/_fields.html`, `look/_preview.html`)."""
    args = [company.pk] if is_manager else []
    door = "manage_company_look" if is_manager else "portal_look"
    file = find_logo(company)
    site = form.sites[0] if form.sites else None
    return {
        "form": form,
        "look": colour_of(form),
        "logo": logo_facts(company),
        "logo_file": file,
        "logo_url": file_url(company, file.pk, clock.now()) if file else "",
        "colours": company.logo.get("colours", []),
        "site": site,
        "site_address": shown_url(site.origins[0]).partition("://")[2] if site and site.origins else company.name,
        "try_url": reverse(f"{door}_try", args=args),
        "frame_url": reverse(f"{door}_frame", args=args),
    }


def _answer(request: SignedInRequest, company: Company, url: str, **more: Any) -> HttpResponse:
    form = LookForm(company=company)
    if request.method == "POST":
        judged = judge_logo(company, request.FILES.get("logo"))
        with transaction.atomic():
            # Two people save one after the other, so the second is compared with what the first wrote.
            company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
            form = LookForm(request.POST, request.FILES, company=company, judged=judged)
            is_valid = form.is_valid()
            if edition.merge([form], request.POST) and is_valid and save_look(company, form, request.user):
                messages.success(request, _("Saved. Sites show it within seconds."))
                return redirect(url)
            transaction.set_rollback(True)
    if not more["may_change"]:
        for field in form.fields.values():
            field.disabled = True
    return _show(request, company, form, **more)


def _show(request: HttpRequest, company: Company, form: LookForm, **more: Any) -> HttpResponse:
    facts = look_context(company, form, is_manager="is_manager_page" in more)
    context = {"company": company, "edition": edition.edition_of([form]), **facts, **more}
    return render(request, "look/page.html", context, status=status_of(request))
