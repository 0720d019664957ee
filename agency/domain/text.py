"""What every text that a person types passes, whoever types it and wherever: one rule, the same as in
`static/shared/text.js`.

The words themselves are never judged here. `tests/data/invisible.json` is read by both sides' tests.
"""

import re
import unicodedata

import regex

from tenants.names import clean_name

# Unicode's White_Space, and U+FEFF, which JavaScript takes for white space too.
_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_HALF = re.compile("[\ud800-\udfff]")
# Everything but white space, controls, what Unicode says is to be ignored by the eye (joiners, fillers, marks of
# direction), and what is drawn as nothing without saying so: the marks of annotations, an empty cell of Braille, a note
# without a head, a filler of Khitan. A character that Unicode hasn't given out yet counts as visible: the other side
# may know it.
_VISIBLE = regex.compile(
    r"[^\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2800\U0001D159\U00016FE4]"
)
_CLUSTER = regex.compile(r"\X")


def clean(text: str) -> str:
    """Return the text as it is stored and compared.

    Characters are composed (NFC), line ends are ``\\n``, halves of surrogate pairs U+FFFD, and no white space stands
    around it. Doing it twice changes nothing more. Rejects nothing: ask `problem` about the result.
    """
    # Each message of the live path passes here, and most are plain: a loop over its characters was 5 % of its cost.
    if not text.isascii():
        text = unicodedata.normalize("NFC", _HALF.sub("\ufffd", text))
    return _LINE_ENDS.sub("\n", text).strip(_SPACE)


def is_empty(text: str) -> bool:
    """Say whether a text holds nothing that a person can see."""
    return _VISIBLE.search(text) is None


def problem(text: str, limit: int) -> str | None:
    """Say why a text can't be stored, or None when it can.

    Args:
        text: what was typed, after `clean`.
        limit: the most characters (code points) allowed.

    Returns:
        "nul" (PostgreSQL refuses U+0000), "empty" (nothing that a person can see) or "too_long"; the first that
        holds, in this order.
    """
    if "\x00" in text:
        return "nul"
    if is_empty(text):
        return "empty"
    if len(text) > limit:
        return "too_long"
    return None


def clean_line(text: str, limit: int | None = None) -> str:
    """Return the text as one line (`tenants.names.clean_name`), "" when nothing is left that a person can see.

    Args:
        limit: the most characters kept (code points).
    """
    line = clean_name(text, len(text) if limit is None else limit)
    return "" if is_empty(line) else line


def initial(name: str) -> str:
    """Return the first character of a name as a capital, where there is room for one. "" for no name."""
    for cluster in _CLUSTER.findall(clean(name)):
        if not is_empty(cluster):
            return str(cluster.upper())
    return ""
