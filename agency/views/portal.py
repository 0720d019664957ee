"""What a company's host serves beside its pages (balie/pages/portal.py)."""

from django.http import Http404, HttpRequest, HttpResponse

from agency.services.companies import palette
from tenants.models import Company


def colours(request: HttpRequest) -> HttpResponse:
    """This company's colours. Public, as the widget on its site shows them too."""
    company: Company | None = getattr(request, "company", None)
    if company is None:
        raise Http404
    return HttpResponse(palette.stylesheet([company]), content_type="text/css; charset=utf-8")
