"""Views that a company's host serves beside its pages (balie/pages/portal.py)."""

from django.http import HttpRequest, HttpResponse

from agency.services.companies import palette
from agency.views.doors import READ, guest_page
from tenants.models import Company


@guest_page(READ)
def colours(request: HttpRequest, company: Company) -> HttpResponse:
    """Return this company's colours. They are public, as the widget on its site shows them too."""
    return HttpResponse(palette.stylesheet([company]), content_type="text/css; charset=utf-8")
