"""A page of ours with the widget of a company's site, on which its chat is tried before the code is anywhere."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from agency.models import PortalMember
from agency.views.doors import READ, company_page, portal_page
from tenants.models import Company, Site


@portal_page(READ)
def portal_trial(request: HttpRequest, member: PortalMember, site_id: UUID) -> HttpResponse:
    """Show the company's own people the widget of one of their sites."""
    return _show(request, member.company, site_id, is_manager=False)


@company_page(READ)
def manage_trial(request: HttpRequest, company: Company, site_id: UUID) -> HttpResponse:
    """Show a manager the same."""
    return _show(request, company, site_id, is_manager=True)


def _show(request: HttpRequest, company: Company, site_id: UUID, *, is_manager: bool) -> HttpResponse:
    site = Site.objects.filter(company=company, pk=site_id).first()
    if site is None:
        raise Http404
    return render(request, "trial/trial.html", {"company": company, "site": site, "is_manager": is_manager})
