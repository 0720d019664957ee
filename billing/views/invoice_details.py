"""The party on a company's invoices: at its portal, where owners change it, and for managers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agency.models import PortalMember, User
from agency.views.doors import FORM, SignedInRequest, company_page, portal_page
from agency.views.form_status import status_of
from billing.services import invoice_details
from billing.services.invoice_details import FIELDS, ChangedMeanwhile
from billing.views.invoice_details_form import InvoiceDetailsForm, details_initial
from tenants import clock
from tenants.models import Company


@portal_page(FORM, writes=PortalMember.Role.OWNER)
def portal_invoice_details(request: SignedInRequest, member: PortalMember) -> HttpResponse:
    """Show the company's own details, or save them."""
    facts = {"member": member, "may_change": member.may(PortalMember.Role.OWNER)}
    return _show(request, member.company, request.user, reverse("portal_invoice_details"), **facts)


@company_page(FORM)
def manage_invoice_details(request: SignedInRequest, company: Company) -> HttpResponse:
    """Show any company's details to a manager, or save them."""
    url = reverse("manage_invoice_details", args=[company.pk])
    return _show(request, company, request.user, url, is_manager_page=True, may_change=True)


def _show(request: HttpRequest, company: Company, by: User, url: str, **more: Any) -> HttpResponse:
    details = invoice_details.find_details(company)
    form = InvoiceDetailsForm(request.POST or None, initial=details_initial(details, FIELDS))
    if request.method == "POST" and form.is_valid() and _save(request, company, form, by):
        return redirect(url)
    if not more["may_change"]:
        for field in form.fields.values():
            field.disabled = True
    context = {"company": company, "form": form, "details": details, **more}
    return render(request, "billing/invoice_details.html", context, status=status_of(request))


def _save(request: HttpRequest, company: Company, form: InvoiceDetailsForm, by: User) -> bool:
    facts = form.cleaned_data
    try:
        invoice_details.change_details(company=company, facts=facts, expected=facts["version"], by=by, now=clock.now())
    except ChangedMeanwhile as problem:
        _say_changed(form, problem)
        return False
    messages.success(request, _("Saved. The next invoice has them."))
    return True


def _say_changed(form: InvoiceDetailsForm, problem: ChangedMeanwhile) -> None:
    """Say beside each field what somebody else made of it. What was typed stays, and a second press saves it."""
    form.data = {**dict(form.data.items()), "version": str(problem.current.version)}
    for name in FIELDS:
        theirs = getattr(problem.current, name)
        if theirs != form.cleaned_data.get(name, ""):
            words = _("Somebody else has just saved here: “%(value)s”. Save again to put yours in its place.")
            form.add_error(name, words % {"value": theirs or "-"})
