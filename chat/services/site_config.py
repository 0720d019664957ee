"""A site's config, as its widget asks for it."""

from typing import Any
from uuid import UUID

from chat.domain import events
from chat.domain.links import is_web_link
from chat.domain.texts.greeting import default_greeting
from chat.services.widget_files import panel_url
from chat.services.wire import visitor_limits
from tenants.models import Company, Site


def write_config(
    site: Site, availability: events.Availability, level: str, greetings: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the answer: what the site offers now, how its widget looks and what it says first.

    Args:
        level: how full the pool is (`agency.domain.pool.overflow`).
    """
    default_id, default_body = default_greeting(site.language, site.company.tone)
    facts = site_facts(site)
    del facts["phone"], facts["origins"]
    return {
        "site": site.key,
        "availability": availability,
        "level": level,
        **facts,
        "greetings": greetings,
        "default": {"id": str(default_id), "body": default_body, "starts": []},
        "limits": visitor_limits(),
        "panel": panel_url(),
    }


def site_facts(site: Site) -> dict[str, Any]:
    """Everything of a site that its config or the headers of that hang on."""
    company = site.company
    return {
        "name": company.name,
        "monogram": company.monogram,
        "tone": company.tone,
        "language": site.language,
        "look": company.palette.get("light", {}),
        "dark": company.palette.get("dark", {}),
        "logo": logo_facts(company),
        "side": site.side,
        "offset": site.offset,
        "low_value": site.low_value,
        "invite_after": site.invite_after,
        "privacy_url": site.privacy_url if is_web_link(site.privacy_url) else "",
        # Not in the answer: on the wire within the availability, and in its headers.
        "phone": site.phone,
        "origins": site.origins,
    }


def logo_facts(company: Company) -> dict[str, Any] | None:
    """Return where the logo is fetched, and whether it needs a dark ground. None: letters stand in its place."""
    if not company.logo:
        return None
    name = f"{company.pk.hex}-{UUID(company.logo['file']).hex}"
    return {"src": f"/widget/logo/{name}.webp", "is_light": bool(company.logo.get("is_light"))}
