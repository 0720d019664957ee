"""Stored addresses as people read them: the domain in its own script."""

from collections.abc import Iterable

from django import template

from agency.domain import addresses
from tenants import origins

register = template.Library()


@register.filter
def address(value: str) -> str:
    """A mail address."""
    return addresses.shown_address(str(value))


@register.filter
def site_address(value: str | Iterable[str]) -> str | list[str]:
    """Show a host, an origin or the address of a page, or each of several."""
    return _shown(value) if isinstance(value, str) else [_shown(one) for one in value]


def _shown(value: str) -> str:
    return origins.shown_url(value) if "://" in value else origins.shown_host(value)
