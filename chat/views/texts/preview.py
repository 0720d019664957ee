"""A greeting, notice or invitation in the company's own widget, before a visitor sees it.

The page runs the code that the company's sites run. Whatever the widget asks is answered by the page itself
(static/pages/portal/preview.js), so nothing is said to the server and no chat is made.
"""

from typing import Any
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse

from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.models import PortalMember
from agency.services.hours.agreement import find_promise
from agency.views.doors import READ, portal_page
from chat.domain import events
from chat.models import Text
from chat.services.site_config import write_config
from chat.services.texts.texts import greeting_row
from chat.views.texts.pages import find, show
from chat.views.texts.place import members_place
from chat.views.texts.words import BY_KIND, PREVIEWED
from tenants import clock
from tenants.models import Site

# Seconds until the invitation comes up.
_INVITE_AFTER = 1


@portal_page(READ)
def text_preview(request: HttpRequest, member: PortalMember, text_id: UUID) -> HttpResponse:
    """Show one version in the widget, on every page: its patterns are tried on the list."""
    place = members_place(member)
    text, _versions, state = find(place.company, text_id, clock.now())
    if text.kind not in PREVIEWED:
        raise Http404
    sites = list(Site.objects.filter(company=place.company).order_by("name"))
    site = next((one for one in sites if one.language == text.language), sites[0] if sites else None)
    context = {
        "text": text,
        "state": state,
        "words": BY_KIND[text.kind],
        "site": site,
        "config": _config(site, text) if site is not None else None,
    }
    return show(request, place, "texts/preview.html", context)


def _config(site: Site, text: Text) -> dict[str, Any]:
    """The site's own config with this text alone, somebody free and the chat open."""
    promise = find_promise(site.company_id, clock.now())
    seconds = promise.seconds if promise else DEFAULT_PROMISE_SECONDS
    row = greeting_row(text) | {"patterns": ["*"]}
    config = write_config(site, events.Availability("chat", seconds), "open", [row])
    invites = text.kind == Text.Kind.INVITATION
    config |= {"language": text.language, "invite_after": _INVITE_AFTER if invites else None}
    found: dict[str, Any] = msgspec.to_builtins(config)
    return found
