"""The company colours for the manager's pages."""

from django.http import HttpResponse

from agency.services.companies import palette
from agency.views.doors import READ, SignedInRequest, signed_in_page
from tenants.models import Company


@signed_in_page(READ)
def colours(request: SignedInRequest) -> HttpResponse:
    """Return the colours of every company for a manager. For anybody else there are none."""
    user = request.user
    is_manager = user.is_active and user.is_manager
    companies = Company.objects.filter(ready=True) if is_manager else Company.objects.none()
    return HttpResponse(palette.stylesheet(companies), content_type="text/css; charset=utf-8")
