"""What the router and the trail wrote down, in words: their reasons are stored in English, with the numbers in them."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

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

# Each reason as it is written (agency/domain/routing.py, chat/services/assignment), and the sentence it becomes.
_REASONS: tuple[tuple[str, str], ...] = (
    (r"certified", gettext_noop("certified")),
    (r"free (?P<n>\d+)/(?P<of>\d+)", gettext_noop("{n} of {of} slots free")),
    (r"lead, called after (?P<n>\d+) bounces", gettext_noop("lead operator, called")),
    (r"helped this visitor before", gettext_noop("helped this visitor before")),
    (r"lowest load (?P<load>[\d.]+)", gettext_noop("lowest load, {load}")),
    (r"load (?P<load>[\d.]+)", gettext_noop("load {load}")),
    (r"longest idle (?P<n>\d+) s", gettext_noop("idle longest, {n} s")),
    (r"lowest id", gettext_noop("equal, first in the list")),
    (r"draining, nobody else free", gettext_noop("gets no new chats, but nobody else is free")),
    (r"bounced it, nobody else possible", gettext_noop("let it pass, but nobody else can")),
    (r"bounced it, so did all others", gettext_noop("let it pass, as all others did")),
    (r"has not read the newest instruction", gettext_noop("hasn't read the newest instruction")),
    (r"at the soft limit (?P<load>[\d.]+)", gettext_noop("busy, as everybody is")),
    (r"nobody possible", gettext_noop("nobody can")),
    (r"no lease", gettext_noop("connection lost")),
    (r"paused", gettext_noop("on a break")),
    (r"not certified", gettext_noop("not certified")),
    (r"no language (?P<language>\w+)", gettext_noop("doesn't answer in {language}")),
    (r"draining", gettext_noop("gets no new chats")),
    (r"full (?P<n>\d+)/(?P<of>\d+)", gettext_noop("full, {n} of {of}")),
    (r"at the company's limit (?P<n>\d+)/(?P<of>\d+)", gettext_noop("{n} of this company's chats, the most is {of}")),
    (r"bounced it more often", gettext_noop("let it pass more often")),
    (r"bounced it", gettext_noop("let it pass")),
    (r"not a lead, who are called", gettext_noop("no lead operator, and those are called")),
    (r"at the soft limit, load (?P<load>[\d.]+)", gettext_noop("busy, load {load}")),
    (r"another helped this visitor before", gettext_noop("a colleague helped this visitor before")),
    (r"load (?P<load>[\d.]+) above (?P<best>[\d.]+)", gettext_noop("load {load}, more than {best}")),
    (r"idle (?P<n>\d+) s, best (?P<of>\d+) s", gettext_noop("idle for {n} s, less than {of} s")),
    (r"equal, higher id", gettext_noop("equal, later in the list")),
    (r"(?P<n>\d+) s left", gettext_noop("{n} s left")),
    (r"(?P<n>\d+) s late", gettext_noop("{n} s late")),
    (r"head of the queue", gettext_noop("at the head of the queue")),
    (r"before all later promises", gettext_noop("before all later promises")),
    (r"no answer in 10 s", gettext_noop("no answer in 10 s")),
    (r"lease ended", gettext_noop("the console's connection was lost")),
    (r"handed back", gettext_noop("handed back")),
    (r"shift ended", gettext_noop("the shift ended")),
    (r"declined", gettext_noop("declined")),
    (r"declined: (?P<words>.+)", gettext_noop("declined: {words}")),
    (r"picked, (?P<n>\d+) before it", gettext_noop("picked, {n} before it")),
    (r"picked, it was next", gettext_noop("picked, it was next")),
    (r"taken over from (?P<name>.+)", gettext_noop("taken over from {name}")),
    (r"taken over", gettext_noop("taken over")),
    (r"transfer accepted", gettext_noop("transfer accepted")),
    (r"transfer cancelled", gettext_noop("transfer cancelled")),
    (r"transfer again[;:]? (?P<why>.+)", gettext_noop("transfer again: {why}")),
    (r"transfer[;:]? (?P<why>.+)", gettext_noop("transfer: {why}")),
    (r"requeued by (?P<name>[^:]+): (?P<words>.+)", gettext_noop("put back by {name}: {words}")),
    (r"moved by (?P<name>[^:]+): (?P<words>.+)", gettext_noop("moved by {name}: {words}")),
)  # fmt: skip
# What somebody typed may hold a semicolon.
_OWN_WORDS = ("declined: ", "requeued by ", "moved by ")
_PATTERNS = [(re.compile(f"^{pattern}$", re.S), words) for pattern, words in _REASONS]


@register.filter
def step_word(kind: str, name: str) -> str:
    """One step of who held the chat; a kind without words shows its own name."""
    return _(_STEPS.get(kind, f"{kind} {{name}}")).format(name=name)


@register.filter
def reason_word(reason: str) -> str:
    """Why a step was taken; several reasons are divided by semicolons. Unknown ones stay as they are."""
    if reason == "accepted":
        return ""
    if reason in CLOSED:
        return _(CLOSED[reason])
    if "; " in reason and not reason.startswith(_OWN_WORDS):
        return ", ".join(reason_word(part) for part in reason.split("; "))
    found = _written(reason)
    if found is None and ", " in reason:
        parts = [_written(part) for part in reason.split(", ")]
        found = ", ".join(part for part in parts if part) if all(parts) else None
    return reason if found is None else found


def _written(reason: str) -> str | None:
    for pattern, words in _PATTERNS:
        found = pattern.match(reason)
        if found:
            facts = {name: _shown(name, value) for name, value in found.groupdict().items()}
            return _(words).format(**facts)
    return None


def _shown(name: str, value: str) -> str:
    if name == "why":
        return reason_word(value)
    if name in ("load", "best"):
        return str(formats.number_format(Decimal(value), decimal_pos=1))
    return value
