"""Saying by a signed link that one wants a chat by mail. Only a press of the button counts, as mail scanners follow
links.
"""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from agency.services.people.sign_in.limits import client_address
from agency.services.system import rate_limits
from agency.views.doors import FORM, guest_page
from chat.services.finished.rate import RATE_WITHIN
from chat.services.mail.confirm import confirm, find_request
from chat.views.gone import show_gone
from chat.views.rating import language_of
from tenants import clock
from tenants.models import Company


@guest_page(FORM)
def transcript(request: HttpRequest, company: Company, token: str) -> HttpResponse:
    """Show which chat it is and where it would go. POST sends it."""
    if not rate_limits.take_address(rate_limits.TRANSCRIPTS_OF_ADDRESS, client_address(request)):
        return render(request, "429.html", status=429)
    now = clock.now()
    asked = find_request(company, token, now)
    if asked is None:
        return show_gone(request, company, "transcript", RATE_WITHIN)
    if request.method == "POST":
        confirm(company=company, request_id=asked.pk, now=now)
        return redirect(request.path)
    language = language_of(request, asked.chat)
    with translation.override(language), timezone.override(ZoneInfo(company.zone)):
        context = {"company": company, "asked": asked, "is_formal": company.tone == "u"}
        response = render(request, "transcript/transcript.html", context)
        response.headers["Content-Language"] = translation.get_language()
        return response
