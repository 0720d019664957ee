"""The knowledge of the isolation matrix: who may see which company, which ids there are, and what no answer may hold.

A route's parameter or a frame's id that isn't here fails the matrix: say then what is own, foreign and unknown for it.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests import cast

# Whose words a role may see. `visitor` is one of acme's site.
ROLES: dict[str, frozenset[str]] = {
    "nobody": frozenset(),
    "visitor": frozenset({"acme"}),
    "carol@acme.test": frozenset({"acme"}),
    "dave@zen.test": frozenset({"zen"}),
    "alice@balie.test": frozenset({"acme", "zen"}),
    "bob@balie.test": frozenset({"acme"}),
    "maud@balie.test": frozenset({"acme", "zen"}),
}
COMPANIES = ("acme", "zen")

# Of these anybody may ask by name; an own and a foreign one answer alike, an unknown one is absent.
PUBLIC = {"site_key", "logo"}
# No references: file names, and keys that are good for one person only.
PLAIN = {"release": "dev", "name": "panel.js", "uidb36": "1", "key": "set-password", "token": "x", "step": "company"}
# Ids that the sender makes, so every value is new or a repeat of its own.
CHOSEN = {"client_id"}


@dataclass(frozen=True)
class World:
    """The ids of one run: by parameter or field name, for the sender's own company and for the other one."""

    own: dict[str, str]
    foreign: dict[str, str]

    def value(self, name: str, kind: str, where: str) -> str:
        """Return the value of a parameter or field. `kind`: own, foreign, unknown."""
        if name in PLAIN:
            return PLAIN[name]
        if name not in self.own:
            raise AssertionError(
                f"{where}: the isolation matrix doesn't know `{name}`. "
                "Say in tests/contracts/isolation.py what is own, foreign and unknown for it."
            )
        if kind == "unknown":
            return _unknown(name)
        return (self.own if kind == "own" else self.foreign)[name]


def _unknown(name: str) -> str:
    plain = uuid.uuid4()
    return {"site_key": plain.hex, "logo": f"{plain.hex}-{plain.hex}"}.get(name, str(plain))


def site_keys() -> tuple[dict[str, str], dict[str, str]]:
    """Return the public names, own and foreign."""
    return {"site_key": cast.ACME_SITE}, {"site_key": cast.ZEN_SITE}


def private(slug: str, number: int | str) -> str:
    """Return a mark in what only the company's own people and operators may read."""
    return f"LEAK-{slug}-{number}"


def public(slug: str) -> str:
    """Return a mark in what a company shows to everybody, on its own site and host."""
    return f"SHOWN-{slug}"


def assert_clean(what: str, where: str, *, sees: Iterable[str], shown: Iterable[str] = ()) -> None:
    """No mark of a company is in `what` but those of `sees` (all) and `shown` (public ones only)."""
    for slug in COMPANIES:
        if slug not in sees:
            assert f"LEAK-{slug}" not in what, f"{where} shows a word of {slug}"
            if slug not in shown:
                assert f"SHOWN-{slug}" not in what, f"{where} shows that {slug} is here"


def alike(what: Any) -> str:
    """Return an answer without what differs from answer to answer: ids, times, tokens, nonces."""
    text = str(what)
    text = re.sub(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", "ID", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
    text = re.sub(r"('token': )'[^']+'", r"\1TOKEN", text)
    return re.sub(r"(nonce[-=]|csrfmiddlewaretoken\" value=)\"?[\w+/=-]+", r"\1NONCE", text)
