"""The operator's page. It is an empty frame: everything on it comes through the socket."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agency.models import Operator
from agency.services.certification.valid_certificates import list_certified_companies
from agency.services.companies import palette
from agency.services.pool.entries import list_held
from agency.views.doors import READ, operator_page
from tenants import clock
from tenants.models import Company


@operator_page(READ)
def console(request: HttpRequest, operator: Operator) -> HttpResponse:
    """Show the console to operators. Everybody else gets 404."""
    return render(request, "console/console.html")


@operator_page(READ)
def companies_css(request: HttpRequest, operator: Operator) -> HttpResponse:
    """The colours of the companies this operator answers for, and of those whose chats they still hold."""
    ids = {*list_certified_companies(operator.pk, clock.now())}
    ids.update(entry.company_id for entry in list_held(operator.pk))
    companies = Company.objects.filter(pk__in=ids).order_by("slug")
    return HttpResponse(palette.stylesheet(companies), content_type="text/css; charset=utf-8")
