"""A company's logo on pages: `{% company_logo company as logo %}`."""

from typing import Any

from django import template

from chat.services.site_config import logo_facts
from tenants.models import Company

register = template.Library()


@register.simple_tag
def company_logo(company: Company) -> dict[str, Any] | None:
    """Return where a company's logo is fetched and whether it needs a dark ground, or None."""
    return logo_facts(company)
