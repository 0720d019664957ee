"""Words of the pages for kinds, languages and parts of texts, and for the difference of two versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
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
    """A kind of text in words: one, several, what it is for, and what to do where there is none."""

    kind: str
    one: Any
    many: Any
    about: Any
    next: Any


KINDS = (
    KindWords(
        Text.Kind.SCRIPT,
        _("Script"),
        _("Script"),
        _("The steps beside each chat, ticked as they happen."),
        _("Write the steps that operators go through."),
    ),
    KindWords(
        Text.Kind.INSTRUCTION,
        _("Instruction"),
        _("Instruction"),
        _("What an operator must know of this company: they are certified for it."),
        _("Write what an operator must know before the first chat."),
    ),
    KindWords(
        Text.Kind.GREETING,
        _("Greeting"),
        _("Greetings"),
        _("The first line in the chat, by page. New ones are on the site at once."),
        _("Write the first line that visitors read."),
    ),
    KindWords(
        Text.Kind.CANNED,
        _("Canned reply"),
        _("Canned replies"),
        _("Ready answers behind a shortcut, filled in from the chat."),
        _("Write the answer to what is asked most."),
    ),
    KindWords(
        Text.Kind.NOTICE,
        _("Notice"),
        _("Notices"),
        _("What holds for a while, such as “closed today from 15:00”. Gone by itself at its end."),
        _("Write one when something differs for a day."),
    ),
    KindWords(
        Text.Kind.INVITATION,
        _("Invitation"),
        _("Invitations"),
        _("A line that invites a visitor to chat. Kept here; the widget doesn't show them yet."),
        _("Write the line that asks a visitor whether they need help."),
    ),
)
# Read by visitors in the widget.
PREVIEWED = frozenset({Text.Kind.GREETING, Text.Kind.INVITATION, Text.Kind.NOTICE})
BY_KIND = {words.kind: words for words in KINDS}


@dataclass(frozen=True, slots=True)
class TextChange:
    """One part of a text in two versions."""

    label: Any
    lines: list[Line]


def parts_of(
    kind: str, *, title: str, body: str, data: dict[str, Any], until: datetime | None = None
) -> list[tuple[Any, str]]:
    """Return a version in readable parts, by label. Parts a kind doesn't have are empty."""
    return [
        (_("Title"), title),
        (_("Text"), body if kind != Text.Kind.SCRIPT else ""),
        *((_(rule.label), rule.shown(data[name]) if name in data else "") for name, rule in RULES.items()),
        (_("Questions to press"), "\n".join(data.get("starts", []))),
        (_("Steps"), "\n".join(step["text"] for step in data.get("steps", []))),
        (_("Note for the operator"), data.get("why", "")),
        (_("Until"), date_format(localtime(until), "j F Y, H:i") if until else ""),
        (_("Visitors read it too"), _("Yes") if data.get("greets") else ""),
    ]


def shown_parts(text: Text) -> list[tuple[Any, str]]:
    """The parts of a version that hold something."""
    return [part for part in parts_of(text.kind, **words_of(text)) if part[1]]


def words_of(text: Text) -> dict[str, Any]:
    """The words of a version, as a form gives them."""
    return {"title": text.title, "body": text.body, "data": text.data, "until": text.until}


def changes_between(before: Text, after: Text | dict[str, Any]) -> list[TextChange]:
    """The parts that differ between a version and another, or words that aren't published."""
    if isinstance(after, Text):
        after = words_of(after)
    old = parts_of(before.kind, **words_of(before))
    new = parts_of(before.kind, **after)
    changes = [TextChange(label, diff_lines(was, now)) for (label, was), (_label, now) in zip(old, new, strict=True)]
    return [change for change in changes if not is_same(change.lines)]
