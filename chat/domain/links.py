"""Which parts of a text are links: one rule for the widget, the console and the mail.

`static/shared/text.js` has the same; both are held by `tests/data/links.json`.
"""

from collections import Counter
from collections.abc import Iterator

import regex

# No white space, nothing unseen, nothing that closes an attribute; marks of direction end a link, too.
_LINK = regex.compile(r"(?:[hH][tT][tT][pP][sS]?://|[wW][wW][wW]\.)[^\s\p{Z}\p{Cc}\p{Cf}<>\"'`\\]+")
_SCHEME = regex.compile(r"[hH][tT][tT][pP][sS]?://")
# A name before an @ can pose as another host: such an address stays plain text, like one without a dot.
_HOST = regex.compile(r"(?:(?:[\p{L}\p{M}\p{N}_-]+\.)+[\p{L}\p{M}\p{N}_-]+\.?|localhost)(?::[0-9]{1,5})?(?=[/?#]|\Z)")
_IN_A_WORD, _IN_AN_ADDRESS = regex.compile(r"[\p{L}\p{N}_]"), regex.compile(r"[\p{L}\p{N}_@/.-]")
# These end the sentence around a link; brackets only if they weren't opened in it.
_AFTER = ".,;:!?…»”’“‘›*_~"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def split_links(text: str) -> Iterator[tuple[str, str]]:
    """Cut a text into pieces, in order, each with the address it leads to, "" when it is no link. Only http and https
    are links.
    """
    at = 0
    for match in _LINK.finditer(text):
        shown = _trimmed(match.group())
        href = shown if _SCHEME.match(shown) else f"https://{shown}"
        before = text[max(0, match.start() - 1) : match.start()]
        if (_IN_A_WORD if href == shown else _IN_AN_ADDRESS).match(before) or not is_web_link(href):
            continue
        if match.start() > at:
            yield text[at : match.start()], ""
        yield shown, href
        at = match.start() + len(shown)
    if at < len(text):
        yield text[at:], ""


def is_web_link(url: str) -> bool:
    """Say whether the whole of `url` is an address of the web that may become a link."""
    scheme = _SCHEME.match(url)
    return bool(scheme and _LINK.fullmatch(url) and _HOST.match(url, scheme.end()))


def _trimmed(raw: str) -> str:
    count = Counter(raw)
    end = len(raw)
    while end:
        last = raw[end - 1]
        opens = _BRACKETS.get(last)
        if (count[last] <= count[opens]) if opens else (last not in _AFTER):
            break
        count[last] -= 1
        end -= 1
    return raw[:end]
