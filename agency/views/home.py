"""The agency's front door: everybody is sent to where their work is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from agency.models import User
from agency.services import access
from agency.views.doors import READ, public_page


@public_page(READ)
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to /manage/, /console/ or the sign-in page. Somebody without a role here is told where to go."""
    if not isinstance(request.user, User):
        return redirect("account_login")
    landing = access.agency_landing(request.user)
    if landing is not None:
        return redirect(landing)
    context = {"places": access.list_places(request.user)}
    return render(request, "account/wrong_host.html", context, status=403)
