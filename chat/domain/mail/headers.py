"""Rules for the headers of a mail, and for its text."""

import re

import regex

from agency.domain.text import clean, is_empty
from tenants.names import clean_name

_CONTROL = regex.compile(r"(?!\n)\p{Cc}")
# In plain text nothing ends a change of direction but another mark: our own link below would be read backwards.
_TURNS = regex.compile(r"[\u202A-\u202E\u2066-\u2069]")

# Texts that mail programs link by themselves: schemes with slashes and those that do without; numbers of a host; www
# and
# whatever has a dot before a letter, as bare names of all endings do. Browsers take the full stops of other scripts for
# dots too.
_SCHEME = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]*:(?=[/\\])"
    r"|(?:https?|ftps?|file|mailto|tel|sms|mms|sips?|xmpp|callto|facetime|skype|news|geo|magnet|bitcoin|data|javascript|whatsapp)"
    r":(?=\S))",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d])")
_DOT = re.compile(r"(?:(?<=\S)[.\u2024\u3002\uff0e\uff61](?=[^\W\d_])|(?<=\bwww)\.)", re.IGNORECASE)


def header_line(text: str, limit: int = 100) -> str:
    """Return `text` as one line that a header can hold: nothing unseen, no line break of any script, at most `limit`
    long.

    "=?" begins an encoded word (RFC 2047), which a reader's program would decode into what was taken out here.
    """
    return clean_name(clean_name(text, limit).replace("=?", "= ?"), limit)


def plain_words(text: str) -> str:
    """Return `text` whole, without control characters but line breaks and without changes of direction.

    Returns:
        "" if nothing of it can be seen.
    """
    # A mark becomes a space: a link ends there, as in the panel.
    words = _TURNS.sub(" ", _CONTROL.sub("", clean(text))).strip()
    return "" if is_empty(words) else words


def break_links(text: str) -> str:
    """Return `text` with everything broken that a mail program could make a link of, visibly and readably:
    `shop[.]example`.
    """
    unlinked = _SCHEME.sub(lambda found: found[0][:-1] + "[:]", text)
    unlinked = _NUMBERS.sub(lambda found: found[0].replace(".", "[.]"), unlinked)
    return _DOT.sub("[.]", unlinked).replace("\\\\", "\\[\\]")
