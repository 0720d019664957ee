"""What a person may write in one message. The words themselves are never judged here."""

import re

# 4,000 characters is four printed pages: more than anybody types, less than a frame (64 KB) can
# hold even when every character takes four bytes and is escaped.
TEXT_LIMIT = 4000
# Each text of the live path passes here: a loop over its characters was 5 % of a message's cost.
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return the text with every line ending as ``\\n`` and no white space around it.

    Rejects nothing: ask `problem` about the result.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def problem(text: str, limit: int = TEXT_LIMIT) -> str | None:
    """Say why a text can't be stored, or None when it can.

    Args:
        text: what was typed, best after `clean`.
        limit: the most characters (code points) allowed.

    Returns:
        "surrogate" (half of a character pair: not valid UTF-8), "nul" (PostgreSQL refuses U+0000),
        "empty" (white space only) or "too_long"; the first that holds, in this order.
    """
    if _SURROGATE.search(text):
        return "surrogate"
    if "\x00" in text:
        return "nul"
    if not text.strip():
        return "empty"
    if len(text) > limit:
        return "too_long"
    return None
