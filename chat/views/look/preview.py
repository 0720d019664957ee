"""The real widget beside the form of its look, as somebody types: in a frame of its own, tied to nothing.

The frame runs the code that the company's sites run. Whatever the widget asks is answered by the page itself
(static/pages/portal/preview.js), with what the form says at that moment; the server judges colour and logo alone.
"""

import base64
from typing import Any

import msgspec
from csp.constants import SELF
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.domain.sites.colour import is_hex
from agency.models import PortalMember
from agency.services.companies import palette
from agency.services.hours.agreement import find_promise
from agency.views.companies.companies import look_sentence
from agency.views.doors import POST, READ, company_page, portal_page
from chat.domain import events
from chat.domain.texts.greeting import default_greeting
from chat.services.files.picture import CONTENT_TYPE
from chat.services.site_config import write_config
from chat.services.texts.texts import find_greetings, greeting_row
from chat.views.look.form import read_logo
from tenants import clock
from tenants.context import in_company
from tenants.models import Company, Site

# The offer of a site where nobody is there, as its widget hears it.
_UNSTAFFED = {Site.Unstaffed.HIDDEN: "hidden", Site.Unstaffed.FORM: "form", Site.Unstaffed.PHONE: "phone"}


@portal_page(READ)
def portal_look_frame(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """Show the company's own widget on an empty page."""
    return _frame(request, member.company)


@company_page(READ)
def manage_look_frame(request: HttpRequest, company: Company) -> HttpResponse:
    """Show any company's widget on an empty page."""
    return _frame(request, company)


@portal_page(POST, writes=PortalMember.Role.OWNER)
def portal_look_try(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """Judge a colour and a logo for an owner. Nothing is kept."""
    return _try(request, member.company)


@company_page(POST)
def manage_look_try(request: HttpRequest, company: Company) -> HttpResponse:
    """Judge a colour and a logo for a manager. Nothing is kept."""
    return _try(request, company)


def _frame(request: HttpRequest, company: Company) -> HttpResponse:
    when = request.GET.get("when", "")
    if when not in ("", "nobody"):
        raise Http404
    site = company.sites.first()
    config = _config(company, site, is_nobody=when == "nobody") if site else None
    context = {"company": company, "site": site, "config": config}
    response = render(request, "look/frame.html", context)
    response["X-Frame-Options"] = "SAMEORIGIN"
    # Read by CSPMiddleware, as its decorators leave it.
    response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
    return response


def _config(company: Company, site: Site, *, is_nobody: bool) -> dict[str, Any]:
    """The site's config with its first greeting on every page, and somebody free or nobody there."""
    now = clock.now()
    with in_company(company):
        rows = [greeting_row(text) for text in find_greetings(site.language, now).texts]
    rows = [row | {"patterns": ["*"]} for row in rows[:1]]
    promise = find_promise(company.pk, now)
    seconds = promise.seconds if promise else DEFAULT_PROMISE_SECONDS
    mode = _UNSTAFFED[Site.Unstaffed(site.unstaffed)] if is_nobody else "chat"
    config = write_config(site, events.Availability(mode, seconds, phone=site.phone), "open", rows)
    found: dict[str, Any] = msgspec.to_builtins(config | {"invite_after": None, "low_value": []})
    return found


def _try(request: HttpRequest, company: Company) -> HttpResponse:
    """Answer with the parts of a config that follow from what is typed, and what is said of it."""
    answer: dict[str, Any] = {"over": {}}
    brand, tone = request.POST.get("brand", "")[:7], request.POST.get("tone", "")
    if is_hex(brand):
        look = palette.describe(brand)
        colours = palette.make_palette(brand)
        answer["over"] = {"look": colours["light"], "dark": colours["dark"]}
        answer["readable"] = {"solid": look.solid, "on": look.on, "sentence": look_sentence(look)}
    site = company.sites.first()
    if tone in ("je", "u") and site is not None:
        default_id, body = default_greeting(site.language, tone)
        answer["over"] |= {"tone": tone, "default": {"id": str(default_id), "body": body, "starts": []}}
    sent = request.FILES.get("logo")
    if sent is not None:
        try:
            picture = read_logo(company, sent)
        except ValidationError as problem:
            answer["problem"] = problem.messages[0]
        else:
            source = f"data:{CONTENT_TYPE};base64,{base64.b64encode(picture.body).decode()}"
            answer["logo"] = {"src": source, "is_light": picture.is_light}
            answer["colours"] = picture.colours
    return JsonResponse(answer)
