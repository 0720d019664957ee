"""What may stand in the headers of a mail, and where the links of a text are."""

import re
import unicodedata
from collections.abc import Iterator

# RFC 5321, 4.5.3.1: 64 octets before the @, 254 in all.
LOCAL_LIMIT = 64
ADDRESS_LIMIT = 254
# The dot-atom of RFC 5322, 3.2.3. Quoted names, comments and [1.2.3.4] are legal too, and only ever typed to break something.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# At least two labels, and an ending that isn't a number: nobody has mail at `localhost` or 127.0.0.1.
_DOMAIN = re.compile(rf"({_LABEL}\.)+(?![0-9]+$){_LABEL}")
# No spaces and nothing that closes an attribute; what ends a sentence is cut off afterwards.
_LINK = re.compile(r"https?://[^\s<>\"'`\\\u0000-\u0020\u007f-\u00a0\u2028\u2029]+", re.IGNORECASE)
_AFTER_LINK = ".,;:!?)]}»”’"


def normalise_address(typed: str) -> str | None:
    """The one mail address in `typed`, as it is sent to, or None when it isn't exactly one.

    The part before the @ stays as typed; the domain is lower-case ASCII. A domain in another script is taken in its ASCII
    form (IDNA), which every server understands; such a part before the @ isn't, because too few servers take it (SMTPUTF8).
    """
    address = typed.strip(" ")
    if len(address) > ADDRESS_LIMIT or address.count("@") != 1:
        return None
    local, domain = address.split("@")
    if len(local) > LOCAL_LIMIT or not _LOCAL.fullmatch(local):
        return None
    if any(unicodedata.category(character)[0] in "CZ" for character in domain):
        return None
    try:
        plain = domain.encode("idna").decode().lower()
    except UnicodeError:
        return None
    whole = f"{local}@{plain}"
    return whole if _DOMAIN.fullmatch(plain) and len(whole) <= ADDRESS_LIMIT else None


def header_line(text: str, limit: int = 100) -> str:
    """`text` as one line that a header can hold: no control character, no line break of any script, at most `limit` long.

    "=?" begins an encoded word (RFC 2047), which a reader's program would decode into what was taken out here.
    """
    plain = "".join(
        " " if unicodedata.category(character) in _NOT_IN_A_LINE else character
        for character in text
    )
    return " ".join(plain.replace("=?", "= ?").split())[:limit].strip()


# Control characters, halves of pairs, line and paragraph separators. Cf stays: emoji are joined by one of them.
_NOT_IN_A_LINE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def plain_words(text: str, limit: int) -> str:
    """`text` without control characters but line breaks, at most `limit` characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        character
        for character in lines
        if character == "\n" or unicodedata.category(character) not in {"Cc", "Cs"}
    )
    return "".join(kept).strip()[:limit].strip()


def is_web_link(url: str) -> bool:
    """Whether the whole of `url` is an http or https address."""
    return _LINK.fullmatch(url) is not None


def split_links(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a text in order, each with whether it is a link. Only http and https are links."""
    at = 0
    for match in _LINK.finditer(text):
        link = match.group().rstrip(_AFTER_LINK)
        if "://" not in link or link.endswith("//"):
            continue
        if match.start() > at:
            yield text[at : match.start()], False
        yield link, True
        at = match.start() + len(link)
    if at < len(text):
        yield text[at:], False
