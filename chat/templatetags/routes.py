"""Words for what the router and the trail say."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from agency.domain.pool.reasons import PoolReason, words_of
from chat.templatetags.chats import closed_word

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
    """Write one step of the trail. A kind without words shows its own name."""
    return _(_STEPS.get(kind, f"{kind} {{name}}")).format(name=name)


@register.filter
def reason_word(reason: PoolReason) -> str:
    """A reason in words, or its code where a newer release wrote it."""
    facts = {name: _shown(name, value) for name, value in reason.facts.items()}
    words = words_of(reason)
    return (_(words) if words else reason.code).format(**facts)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(reason_word, value))
    if isinstance(value, float):
        return str(formats.number_format(value, decimal_pos=1))
    if name == "by":
        return closed_word(value)
    return str(value)
