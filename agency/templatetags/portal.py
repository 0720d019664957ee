"""Small readings of a report's figures for tiles."""

from django import template
from django.utils.translation import gettext as _

from agency.services.reports.service_level import ServiceLevel

register = template.Library()

# ui: green at or over the promise, amber within a point under it, red below.
_NEAR = 0.01


@register.filter
def percent(share: float | None) -> float:
    """A share as a number of 0 to 100, for drawings."""
    return round((share or 0) * 100, 1)


@register.filter
def kept_state(level: ServiceLevel) -> str:
    """The look of an arc that holds the share kept."""
    share = level.total.service_level
    if share is None or share >= level.promise.share:
        return "ok"
    return "u50" if share >= level.promise.share - _NEAR else "u100"


@register.filter
def kept_word(level: ServiceLevel) -> str:
    """The look of the words beside that arc."""
    return {"ok": "ok", "u50": "near", "u100": "bad"}[kept_state(level)]


@register.filter
def compared(more: int, month: str) -> str:
    """A difference with the same days of an earlier month, in words."""
    if more > 0:
        words = _("{n} more than on the same days of {month}")
    elif more < 0:
        words = _("{n} fewer than on the same days of {month}")
    else:
        words = _("as many as on the same days of {month}")
    return words.format(n=abs(more), month=month)
