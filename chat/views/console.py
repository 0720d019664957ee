"""The operator's page. It is an empty frame: everything on it comes through the socket."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agency.services import access
from agency.services.certification.valid_certificates import list_certified_companies
from agency.services.companies import palette
from agency.services.pool.entries import list_held
from tenants import clock
from tenants.models import Company


@require_safe
@login_required
def console(request: HttpRequest) -> HttpResponse:
    """The console, for operators; everybody else gets 404."""
    access.require_operator(request.user)
    return render(request, "console/console.html")


@require_safe
@login_required
def companies_css(request: HttpRequest) -> HttpResponse:
    """The colours of the companies this operator answers for, and of those whose chats they still hold."""
    operator = access.require_operator(request.user)
    ids = {*list_certified_companies(operator.pk, clock.now())}
    ids.update(entry.company_id for entry in list_held(operator.pk))
    companies = Company.objects.filter(pk__in=ids).order_by("slug")
    return HttpResponse(palette.stylesheet(companies), content_type="text/css; charset=utf-8")
