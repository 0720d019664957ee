"""The words that a company of a trade begins with: one file per trade and language in `trades/`, for anybody to edit.

A file holds greetings, a script, an instruction and canned replies. `{je|u}` are the two tones; `[...]` is a gap that a
fact of the company's site fills, or somebody at the company. The replies that every company begins with come along.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from chat.domain.texts.templates import starter_texts, voiced
from chat.domain.texts.wording import TITLE_LIMIT

# In the order of the page. OTHER: the words of any company alone.
TRADES = ("shop", "energy", "travel", "health", "services")
OTHER = "other"
LANGUAGES = ("nl", "en")
_FOLDER = Path(__file__).parent / "trades"
FILES = MappingProxyType(
    {
        (trade, language): tomllib.loads((_FOLDER / f"{trade}.{language}.toml").read_text(encoding="utf-8"))
        for trade in TRADES
        for language in LANGUAGES
    }
)
_MARK = re.compile(r"\[([^\[\]\n]{2,60})\]")
# Gaps that a fact of a site fills, by the kind of the fact (agency/domain/sites/site_facts.py).
FILLED = MappingProxyType(
    {
        "telefoon": "phone",
        "mail": "mail",
        "adres": "address",
        "openingstijden": "hours",
        "levering": "delivery",
        "phone": "phone",
        "address": "address",
        "opening hours": "hours",
        "delivery": "delivery",
        "retour": "returns",
        "returns": "returns",
    }
)
# Fewer of its words than this say nothing.
_LEAST_HINTS = 4


def propose_texts(
    trade: str, language: str, tone: str, company_name: str, facts: Mapping[str, str] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Return the texts of a company of a trade, as `starter_texts` does, with its gaps filled where a fact fits.

    Args:
        trade: one of TRADES, or OTHER.
        facts: what is known by its kind, such as `phone`.
    """
    general = starter_texts(language, tone, company_name)
    if trade == OTHER:
        return general
    file = FILES[trade, language if language == "nl" else "en"]
    own = [_made(kind, words, tone, company_name) for kind, words in _texts(file)]
    keys = {text["key"] for text in own}
    common = [text for text in general if text["kind"] == "canned" and text["key"] not in keys]
    return [text | {"body": fill(text["body"], facts)} for text in (*own, *common)]


def fill(words: str, facts: Mapping[str, str]) -> str:
    """Put facts into the gaps they fit. The others stay."""
    return _MARK.sub(lambda mark: facts.get(FILLED.get(mark[1], ""), mark[0]), words)


def open_marks(words: str) -> list[str]:
    """Return the gaps of our templates that are open in some words, each once. Other brackets are the writer's own."""
    return [mark for mark in dict.fromkeys(_MARK.findall(words)) if mark in _MARKS]


def without_gaps(words: str) -> str:
    """Leave out the lines that have an open gap, and headings that nothing is left of."""
    kept: list[str] = []
    blocks = words.replace("\r\n", "\n").split("\n\n")
    for block in blocks:
        lines = block.split("\n")
        left = [line for line in lines if not open_marks(line)]
        if left and (len(left) > 1 or len(lines) == len(left)):
            kept.append("\n".join(left))
    return "\n\n".join(kept)


def guess_trade(words: Iterable[str]) -> str:
    """Return the trade whose words a site says most often, or "" where it says few of any."""
    said = set(words)
    counts = dict.fromkeys(TRADES, 0)
    for (trade, _language), file in FILES.items():
        counts[trade] += len(said & set(file["hints"].split()))
    best = max(counts, key=lambda trade: counts[trade])
    return best if counts[best] >= _LEAST_HINTS else ""


def _texts(file: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    greetings = [("greeting", one) for one in file["greeting"]]
    canned = [("canned", one) for one in file["canned"]]
    return [*greetings, ("script", file["script"]), ("instruction", file["instruction"]), *canned]


def _made(kind: str, words: Mapping[str, Any], tone: str, company_name: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if kind == "greeting":
        data = {"patterns": list(words["pages"]), "starts": [voiced(start, tone) for start in words["starts"]]}
    if kind == "script":
        data = {"steps": [{"key": key, "text": voiced(text, tone)} for key, text in words["steps"]]}
    if "why" in words:
        data = {"why": voiced(words["why"], tone)}
    return {
        "kind": kind,
        "key": words.get("key", kind),
        "title": voiced(words["title"], tone).replace("%(company)s", company_name)[:TITLE_LIMIT],
        "body": voiced(words.get("body", "").strip(), tone).replace("%(company)s", company_name),
        "data": data,
    }


_MARKS = frozenset(
    mark for file in FILES.values() for _kind, words in _texts(file) for mark in _MARK.findall(words.get("body", ""))
)
