"""Texts that the form for a new company proposes, from those every company begins with
(chat/domain/texts/templates.py).
"""

from typing import Any

from chat.domain.texts.templates import starter_texts

VOICES = [(language, tone) for language in ("nl", "en") for tone in ("je", "u")]


def greeting_for(language: str, tone: str) -> str:
    """The greeting of every page without one of its own."""
    body: str = _proposed("greeting", language, tone)["body"]
    return body


def script_for(language: str, tone: str) -> str:
    """The steps to begin with, one a line."""
    steps = _proposed("script", language, tone)["data"]["steps"]
    return "\n".join(step["text"] for step in steps)


def _proposed(kind: str, language: str, tone: str) -> dict[str, Any]:
    """The first of its kind: of the greetings that is the one for every page."""
    return next(text for text in starter_texts(language, tone, "") if text["kind"] == kind)


def in_voice(typed: str, kind: str, language: str, tone: str) -> str:
    """A text as typed, unless it is untouched: then the one of the language and tone that were chosen.

    Args:
        kind: greeting or script.
    """
    make = greeting_for if kind == "greeting" else script_for
    untouched = {make(*voice) for voice in VOICES}
    return make(language, tone) if not typed or typed in untouched else typed
