"""Which greeting a page gets. static/widget/invite/targeting.js is the same rule in the page, and both
read tests/parity/greetings.json.

A pattern is matched against the whole path: ``*`` stands for any characters (slashes too), ``?``
for one, everything else for itself, capitals told apart. Query and fragment don't count, and the
path is decoded from its percent form unless that isn't valid UTF-8.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

ORIGIN = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
PATH = re.compile(r"[^?#]*")
BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
WILDCARDS = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Greeting:
    """A first line for the pages whose path matches one of the patterns."""

    id: str
    patterns: tuple[str, ...]
    body: str


def choose_greeting(greetings: Iterable[Greeting], url: str) -> Greeting | None:
    """Return the greeting whose matching pattern says most about the page, or None.

    The longest literal part (characters that aren't wildcards) wins; of equals the first listed.

    Args:
        url: the page's address, or its path alone.
    """
    path = path_of(url)
    best: Greeting | None = None
    best_length = -1
    for greeting in greetings:
        for pattern in greeting.patterns:
            length = len(WILDCARDS.sub("", pattern))
            if length > best_length and matches(pattern, path):
                best, best_length = greeting, length
    return best


@dataclass(frozen=True, slots=True)
class Match:
    """A greeting that fits a page, its best pattern, and how many literal characters that has."""

    greeting: Greeting
    pattern: str
    literal: int


def list_matches(greetings: Iterable[Greeting], url: str) -> list[Match]:
    """Return every greeting that fits the page, the one `choose_greeting` takes first.

    Args:
        url: the page's address, or its path alone.
    """
    path = path_of(url)
    found = []
    for greeting in greetings:
        fits = [
            Match(greeting, pattern, len(WILDCARDS.sub("", pattern)))
            for pattern in greeting.patterns
            if matches(pattern, path)
        ]
        if fits:
            found.append(max(fits, key=lambda match: match.literal))
    return sorted(found, key=lambda match: -match.literal)


def path_of(url: str) -> str:
    """Return the decoded path of an address, "/" when it has none."""
    found = PATH.match(ORIGIN.sub("", url))
    raw = found.group() if found else ""
    path = raw or "/"
    if BROKEN_PERCENT.search(path):
        return path
    try:
        return unquote_to_bytes(path.encode("utf-8", "surrogatepass")).decode("utf-8")
    except UnicodeDecodeError:
        return path


def matches(pattern: str, path: str) -> bool:
    """Tell whether a shell-style pattern matches the whole path.

    Only the last ``*`` is ever gone back to, so the worst case is the product of the two lengths;
    a regular expression made from a pattern of many stars could hang on a hostile address.
    """
    at, star, resume = 0, -1, 0
    here = 0
    while here < len(path):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, here
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", path[here]):
            at += 1
            here += 1
        elif star >= 0:
            resume += 1
            at, here = star + 1, resume
        else:
            return False
    return all(character == "*" for character in pattern[at:])
