"""Which greeting a page gets: the one whose rules all fit and say most about the visit.

A rule is one function here under `@rule` and one of the same name in static/widget/invite/targeting.js, which is the
page's. A greeting has a value for each rule that it wants: in its text's `data`, under the rule's name.
tests/chat/domain/test_targeting_parity.py asks both sides thousands of made-up questions.

A pattern is matched against the whole path: ``*`` stands for any characters (slashes too), ``?``
for one, everything else for itself, capitals told apart. Query and fragment don't count, and the
path is decoded from its percent form unless that isn't valid UTF-8.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from agency.domain.words import gettext_noop

ORIGIN = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
PATH = re.compile(r"[^?#]*")
BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
WILDCARDS = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class PageVisit:
    """The facts of a page that rules may know: its address, or its path alone."""

    url: str


@dataclass(frozen=True, slots=True)
class Fit:
    """That a rule fits: how much it says about the visit, and by what, as a manager reads it."""

    weight: int
    why: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a greeting can ask of a visit.

    `label`: its name on pages, an English msgid. `fit`: None where the visit isn't as asked. `shown`: the value as a
    version of the greeting shows it.
    """

    label: str
    fit: Callable[[Any, PageVisit], Fit | None]
    shown: Callable[[Any], str]


RULES: dict[str, Rule] = {}


def rule(name: str, label: str, shown: Callable[[Any], str]) -> Callable[..., Callable[[Any, PageVisit], Fit | None]]:
    """Register a rule under its name in greetings."""

    def register(fit: Callable[[Any, PageVisit], Fit | None]) -> Callable[[Any, PageVisit], Fit | None]:
        RULES[name] = Rule(label, fit, shown)
        return fit

    return register


@dataclass(frozen=True, slots=True)
class Greeting:
    """A first line for the pages that its rules fit: the value of each, by name."""

    id: str
    rules: Mapping[str, Any]
    body: str


@dataclass(frozen=True, slots=True)
class Match:
    """A greeting that fits a page, by what, and how much that says about the visit."""

    greeting: Greeting
    why: str
    weight: int


def rules_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules of a greeting as its text keeps them. Without rules it is for all pages."""
    return {"patterns": ["*"], **{name: data[name] for name in RULES if name in data}}


def choose_greeting(greetings: Iterable[Greeting], visit: PageVisit) -> Greeting | None:
    """Return the greeting whose rules say most about the visit, of equals the first listed, or None."""
    return next((match.greeting for match in list_matches(greetings, visit)), None)


def list_matches(greetings: Iterable[Greeting], visit: PageVisit) -> list[Match]:
    """Return every greeting that fits the visit, the one `choose_greeting` takes first."""
    found = (_match(greeting, visit) for greeting in greetings)
    return sorted((match for match in found if match is not None), key=lambda match: -match.weight)


def _match(greeting: Greeting, visit: PageVisit) -> Match | None:
    fits = [RULES[name].fit(value, visit) for name, value in greeting.rules.items()]
    held = [fit for fit in fits if fit is not None]
    if len(held) < len(fits):
        return None
    return Match(greeting, ", ".join(fit.why for fit in held), sum(fit.weight for fit in held))


@rule("patterns", gettext_noop("Pages"), shown="\n".join)
def fit_page(patterns: Iterable[str], visit: PageVisit) -> Fit | None:
    """Match the path with the patterns. The longest literal part (characters that aren't wildcards) says most."""
    path = path_of(visit.url)
    fits = [Fit(len(WILDCARDS.sub("", pattern)), pattern) for pattern in patterns if matches(pattern, path)]
    return max(fits, key=lambda fit: fit.weight, default=None)


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
