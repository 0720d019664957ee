"""A company's leads for managers, who read them as the company does and leave them to it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from agency.views.doors import READ, company_page
from agency.views.query import for_file
from chat.views.leads import list as pages
from chat.views.leads.list import LeadPlace
from tenants.models import Company


@company_page(READ)
def leads(request: HttpRequest, company: Company) -> HttpResponse:
    """The list, by state and with a search."""
    return pages.show(request, _place(company))


@company_page(READ)
def lead(request: HttpRequest, company: Company, lead_id: UUID) -> HttpResponse:
    """One lead beside the list."""
    return pages.show(request, _place(company), lead_id=lead_id)


@company_page(READ)
@for_file
def leads_csv(request: HttpRequest, company: Company) -> HttpResponse:
    """The list, as it is narrowed, as a file."""
    return pages.as_csv(request, _place(company))


def _place(company: Company) -> LeadPlace:
    return LeadPlace(
        company=company,
        list_url=reverse("manage_company_leads", args=[company.pk]),
        csv_url=reverse("manage_company_leads_csv", args=[company.pk]),
        xlsx_url="",
        lead_url=lambda lead_id: reverse("manage_company_lead", args=[company.pk, lead_id]),
        chat_url=lambda chat_id: reverse("manage_company_chat", args=[company.pk, chat_id]),
        template="manage/companies/leads.html",
    )
