"""What the router and the trail wrote down, in words."""

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from agency.domain.pool.reasons import Said, read_reasons
from chat.templatetags.chats import CLOSED

register = template.Library()

_STEPS: Mapping[str, str] = {
    "offer": gettext_noop("Offered to {name}"),
    "accept": gettext_noop("Accepted by {name}"),
    "pick": gettext_noop("Picked by {name}"),
    "take": gettext_noop("Taken over by {name}"),
    "bounce": gettext_noop("Not taken by {name}"),
    "requeue": gettext_noop("Back to the queue from {name}"),
    "release": gettext_noop("Closed at {name}"),
}


@register.filter
def step_word(kind: str, name: str) -> str:
    """One step of who held the chat; a kind without words shows its own name."""
    return _(_STEPS.get(kind, f"{kind} {{name}}")).format(name=name)


@register.filter
def reason_word(reason: str) -> str:
    """Why a step was taken. What isn't known stays as it was written."""
    if reason in ("", "accepted"):
        return ""
    if reason in CLOSED:
        return _(CLOSED[reason])
    return ", ".join(map(_written, read_reasons(reason)))


def _written(said: Said) -> str:
    if not said.words:
        return said.facts.get("text", "…")
    facts = {name: _shown(name, value) for name, value in said.facts.items()}
    if said.why:
        facts["why"] = ", ".join(map(_written, said.why))
    return _(said.words).format(**facts)


def _shown(name: str, value: str) -> str:
    if name in ("load", "best"):
        return str(formats.number_format(Decimal(value), decimal_pos=1))
    return value
