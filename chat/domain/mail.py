"""What may stand in the headers of a mail, and where the links of a text are."""

import re
import unicodedata
from collections.abc import Iterator

from tenants.names import clean_name

# No spaces and nothing that closes an attribute; what ends a sentence is cut off afterwards.
_LINK = re.compile(r"https?://[^\s<>\"'`\\\u0000-\u0020\u007f-\u00a0\u2028\u2029]+", re.IGNORECASE)
_AFTER_LINK = ".,;:!?)]}»”’"

# What mail programs link by themselves: schemes with slashes and those that do without; numbers of a host; www and whatever
# has a dot before a letter, as bare names of all endings do. Browsers take the full stops of other scripts for dots too.
_SCHEME = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]*:(?=[/\\])"
    r"|(?:mailto|tel|sms|callto|facetime|skype|news|geo|magnet|data|javascript|whatsapp):)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d])")
_DOT = re.compile(r"(?:(?<=\S)[.\u3002\uff0e\uff61](?=[^\W\d_])|(?<=\bwww)\.)", re.IGNORECASE)


def header_line(text: str, limit: int = 100) -> str:
    """Return `text` as one line that a header can hold: nothing unseen, no line break of any script, at most `limit` long.

    "=?" begins an encoded word (RFC 2047), which a reader's program would decode into what was taken out here.
    """
    return clean_name(clean_name(text, limit).replace("=?", "= ?"), limit)


_CONTROL = frozenset({"Cc", "Cs"})
# In plain text nothing ends a change of direction but another mark: our own link below would be read backwards.
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def plain_words(text: str, limit: int) -> str:
    """`text` without control characters but line breaks and without changes of direction, at most `limit` characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        character
        for character in lines
        if character == "\n"
        or (
            unicodedata.category(character) not in _CONTROL
            and unicodedata.bidirectional(character) not in _TURNING
        )
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


def break_links(text: str) -> str:
    """Return `text` with everything broken that a mail program could make a link of, visibly and readably: `shop[.]example`."""
    unlinked = _SCHEME.sub(lambda found: found[0][:-1] + "[:]", text)
    unlinked = _NUMBERS.sub(lambda found: found[0].replace(".", "[.]"), unlinked)
    return _DOT.sub("[.]", unlinked).replace("\\\\", "\\[\\]")
