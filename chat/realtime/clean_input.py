"""Texts as they come from outside, made fit to be stored."""

from agency.domain import text
from chat.domain.text import TEXT_LIMIT
from chat.realtime.direct import Refused

_CODES = {"nul": "bad_text"}


def checked(body: str) -> str:
    """The text as it is stored. Raises Refused: empty, too_long, bad_text."""
    cleaned = text.clean(body)
    wrong = text.problem(cleaned, TEXT_LIMIT)
    if wrong is not None:
        raise Refused(_CODES.get(wrong, wrong), detail=f"body: 1 to {TEXT_LIMIT} characters")
    return cleaned
