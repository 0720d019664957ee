"""The company colours for the manager's pages."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from agency.models import User
from agency.services.companies import palette
from tenants.models import Company


@login_required
def colours(request: HttpRequest) -> HttpResponse:
    """The colours of every company for a manager; for others nothing."""
    user = request.user
    is_manager = isinstance(user, User) and user.is_active and user.is_manager
    companies = Company.objects.filter(ready=True) if is_manager else Company.objects.none()
    return HttpResponse(palette.stylesheet(companies), content_type="text/css; charset=utf-8")
