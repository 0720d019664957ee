"""Stored addresses as people read them: the domain in its own script."""

from django import template

from agency.domain import addresses
from tenants import origins

register = template.Library()


@register.filter
def address(value: str) -> str:
    """A mail address."""
    return addresses.shown_address(str(value))


@register.filter
def site_address(value: str | list[str]) -> str | list[str]:
    """A host, an origin, or the address of a page; or each of several."""
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return _shown(str(value))


def _shown(value: str) -> str:
    return origins.shown_url(value) if "://" in value else origins.shown_host(value)
