"""Words of the pages for kinds, languages and parts of texts, and for the difference of two versions."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from chat.domain.targeting import RULES
from chat.domain.texts.diff import Line, diff_lines, is_same
from chat.models import Text

LANGUAGE_NAMES = [
    ("nl", _("Dutch")),
    ("en", _("English")),
    ("de", _("German")),
    ("fr", _("French")),
]


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of text in words: one, several, and what it is for."""

    kind: str
    one: Any
    many: Any
    about: Any


KINDS = (
    KindWords(
        Text.Kind.SCRIPT,
        _("Script"),
        _("Script"),
        _("The steps beside each chat, ticked as they happen."),
    ),
    KindWords(
        Text.Kind.INSTRUCTION,
        _("Instruction"),
        _("Instruction"),
        _("What an operator must know of this company: they are certified for it."),
    ),
    KindWords(
        Text.Kind.GREETING,
        _("Greeting"),
        _("Greetings"),
        _("The first line in the chat, by page. New ones are on the site within 30 seconds."),
    ),
    KindWords(
        Text.Kind.CANNED,
        _("Canned reply"),
        _("Canned replies"),
        _("Ready answers behind a shortcut, filled in from the chat."),
    ),
    KindWords(
        Text.Kind.INVITATION,
        _("Invitation"),
        _("Invitations"),
        _("A line that invites a visitor to chat. Kept here; the widget doesn't show them yet."),
    ),
)
BY_KIND = {words.kind: words for words in KINDS}


@dataclass(frozen=True, slots=True)
class TextChange:
    """One part of a text in two versions."""

    label: Any
    lines: list[Line]


def parts_of(kind: str, title: str, body: str, data: dict[str, Any]) -> list[tuple[Any, str]]:
    """Return a version in readable parts, by label. Parts a kind doesn't have are empty."""
    return [
        (_("Title"), title),
        (_("Text"), body if kind != Text.Kind.SCRIPT else ""),
        *((_(rule.label), rule.shown(data[name]) if name in data else "") for name, rule in RULES.items()),
        (_("Questions to press"), "\n".join(data.get("starts", []))),
        (_("Steps"), "\n".join(step["text"] for step in data.get("steps", []))),
        (_("Note for the operator"), data.get("why", "")),
    ]


def shown_parts(text: Text) -> list[tuple[Any, str]]:
    """The parts of a version that hold something."""
    return [part for part in parts_of(text.kind, text.title, text.body, text.data) if part[1]]


def changes_between(before: Text, after: Text | dict[str, Any]) -> list[TextChange]:
    """The parts that differ between a version and another, or words that aren't published."""
    if isinstance(after, Text):
        after = {"title": after.title, "body": after.body, "data": after.data}
    old = parts_of(before.kind, before.title, before.body, before.data)
    new = parts_of(before.kind, **after)
    changes = [TextChange(label, diff_lines(was, now)) for (label, was), (_label, now) in zip(old, new, strict=True)]
    return [change for change in changes if not is_same(change.lines)]
