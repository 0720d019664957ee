"""Leads in a company's portal: every role reads, owners and editors deal with them and set the rule."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.models import PortalMember
from agency.services.companies import companies
from agency.views.companies.forms import LeadMinutes
from agency.views.doors import FORM, READ, portal_page
from agency.views.fields import Mail
from agency.views.form_status import status_of
from agency.views.query import for_file
from chat.views.leads import list as pages
from chat.views.leads.list import LeadPlace
from chat.views.leads.steps import StepForm, take_step
from tenants import clock

EDITOR = PortalMember.Role.EDITOR
RULE = ("question_email", "lead_minutes", "lead_escalation_email")


class LeadRuleForm(forms.Form):
    """Where leads go, in how many minutes they are taken up, and who hears of it otherwise."""

    question_email = Mail(label=gettext_lazy("Leads go to"))
    lead_minutes = LeadMinutes()
    lead_escalation_email = Mail(
        label=gettext_lazy("Mail address for leads that are late"),
        required=False,
        help_text=gettext_lazy("Empty: to the first address once more."),
    )


@portal_page(READ)
def leads(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """The list, by state and with a search."""
    return pages.show(request, _place(member), member=member)


@portal_page(FORM, writes=EDITOR)
def lead(request: HttpRequest, member: PortalMember, lead_id: UUID) -> HttpResponse:
    """One lead beside the list. POST takes it up, or says how it ended."""
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take_step(request, form, company=member.company, lead_id=lead_id, by=member.user.name, now=clock.now())
        return redirect(request.get_full_path())
    return pages.show(request, _place(member), lead_id=lead_id, status=status_of(request), member=member, form=form)


@portal_page(READ)
@for_file
def leads_csv(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """The list, as it is narrowed, as a file."""
    return pages.as_csv(request, _place(member))


@portal_page(READ)
@for_file
def leads_xlsx(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """The same as a spreadsheet."""
    return pages.as_xlsx(request, _place(member))


@portal_page(FORM, writes=EDITOR)
def rule(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """Show where leads go and by when they are taken up, or change it."""
    company = member.company
    form = LeadRuleForm(request.POST or None, initial={name: getattr(company, name) for name in RULE})
    if request.method == "POST" and form.is_valid():
        companies.change_facts(company=company, facts=form.cleaned_data, by=member.user, now=clock.now())
        messages.success(request, _("Saved. It holds for leads from now on."))
        return redirect("portal_leads_rule")
    context = {"member": member, "company": company, "form": form, "may_write": member.may(EDITOR)}
    return render(request, "leads/rule.html", context, status=status_of(request))


def _place(member: PortalMember) -> LeadPlace:
    return LeadPlace(
        company=member.company,
        list_url=reverse("portal_leads"),
        csv_url=reverse("portal_leads_csv"),
        xlsx_url=reverse("portal_leads_xlsx"),
        lead_url=lambda lead_id: reverse("portal_lead", args=[lead_id]),
        chat_url=lambda chat_id: reverse("portal_chat", args=[chat_id]),
        template="leads/portal.html",
        may_write=member.may(EDITOR),
    )
