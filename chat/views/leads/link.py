"""Dealing with a lead by the signed link in its mail, without signing in: taken up, won or lost.

Only a press of a button writes, as mail scanners follow links. The page says who it is about and what became of it: how
to reach them stands in the mail, and what they asked too.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from agency.models import User
from agency.services.people.sign_in.limits import client_address
from agency.services.system import rate_limits
from agency.views.doors import FORM, guest_page
from agency.views.form_status import status_of
from chat.domain.leads import REASON_LIMIT
from chat.models import Lead
from chat.services.leads.link import LINK_WITHIN, find_linked_lead
from chat.services.leads.progress import list_events
from chat.services.leads.words import best_words, source_words, title
from chat.views.gone import show_gone
from chat.views.leads.steps import StepForm, take_step
from tenants import clock
from tenants.models import Company


@guest_page(FORM)
def link(request: HttpRequest, company: Company, token: str) -> HttpResponse:
    """Show what became of the lead, with a button for what comes next. POST does it."""
    if not rate_limits.take_address(rate_limits.LEADS_OF_ADDRESS, client_address(request)):
        return render(request, "429.html", status=429)
    now = clock.now()
    lead = find_linked_lead(company, token, now)
    if lead is None:
        return show_gone(request, company, "leads", LINK_WITHIN)
    with translation.override(_language_of(request, company)), timezone.override(ZoneInfo(company.zone)):
        form = StepForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            take_step(request, form, company=company, lead_id=lead.pk, by="", now=now)
            return redirect(request.path)
        response = _show(request, company, lead, form)
        response.headers["Content-Language"] = translation.get_language()
        return response


def _show(request: HttpRequest, company: Company, lead: Lead, form: StepForm) -> HttpResponse:
    context = {
        "company": company,
        "lead": lead,
        # Nobody's number or address stands where anybody with the link may look.
        "title": title(lead) if lead.name else source_words(lead.source),
        "best": best_words(lead),
        "events": list_events(company, lead.pk),
        "form": form,
        "limit": REASON_LIMIT,
    }
    return render(request, "leads/link.html", context, status=status_of(request))


def _language_of(request: HttpRequest, company: Company) -> str:
    """As the reader chose on this host, else the company's."""
    chosen = isinstance(request.user, User) or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    return str(translation.get_language()) if chosen else company.language
