"""Texts as they come from outside, made fit to be stored."""

from chat.domain import text
from chat.realtime.direct import Refused

_CODES = {"surrogate": "bad_text", "nul": "bad_text"}


def checked(body: str) -> str:
    """The text as it is stored. Raises Refused: empty, too_long, bad_text."""
    cleaned = text.clean(body)
    wrong = text.problem(cleaned, text.TEXT_LIMIT)
    if wrong is not None:
        raise Refused(_CODES.get(wrong, wrong), detail=f"body: 1 to {text.TEXT_LIMIT} characters")
    return cleaned


def clean_line(value: str) -> str:
    """One line without control characters or halves of surrogate pairs, as PostgreSQL and mail headers want it."""
    return "".join(
        character
        for character in value
        if character.isprintable() and not "\ud800" <= character <= "\udfff"
    ).strip()
