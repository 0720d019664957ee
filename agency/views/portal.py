"""A company's own pages, on its own host. Membership is read on every request."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from agency.services import access, overview, palette
from tenants.models import Company


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What happens now: chats that wait, that are being helped, that are being wrapped up."""
    company = _company(request)
    member = access.portal_member(request.user, company)
    context = {
        "member": member,
        "live": overview.count_live(company),
        "is_new": not overview.has_had_chats(company),
        "sites": overview.list_sites(company),
    }
    return render(request, "portal/home.html", context)


def colours(request: HttpRequest) -> HttpResponse:
    """This company's colours. Public, as the widget on its site shows them too."""
    return HttpResponse(
        palette.stylesheet([_company(request)]), content_type="text/css; charset=utf-8"
    )


def _company(request: HttpRequest) -> Company:
    company: Company | None = getattr(request, "company", None)
    if company is None:
        raise Http404
    return company
