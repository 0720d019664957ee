"""The texts of a company beside those that its trade proposes: what to show, and writing what was made of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction

from chat.domain.texts.templates import is_starter
from chat.domain.texts.trades import open_marks, propose_texts
from chat.domain.texts.wording import SINGLE, TITLE_LIMIT, WHY_LIMIT, keep_keys, lines_of
from chat.models import SiteFact, Text
from chat.services.texts import drafts, publish
from chat.services.texts.drafts import NewText, NewVersion, TextAuthor
from chat.services.texts.overview import TextState, list_states
from tenants.models import Company

Kind = Text.Kind
_KINDS = (Kind.GREETING, Kind.SCRIPT, Kind.INSTRUCTION, Kind.CANNED)
# How a text stands: proposed only; one of those that every company begins with; the company's own; or its own, which
# waits for its moment and can't be written on.
NEW, BEGUN, OWN, WAITS = "new", "begun", "own", "waits"
# Questions of a site that become replies.
MOST_REPLIES = 6
_JOINED = MappingProxyType({"hours": "; ", "delivery": " ", "returns": " "})


@dataclass(frozen=True, slots=True)
class TradeText:
    """A text as the page shows it. `body`: of a script its steps, one a line. `now`: its newest version, if any."""

    how: str
    kind: str
    key: str
    title: str
    body: str
    data: Mapping[str, Any]
    is_used: bool
    now: Text | None = None

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"{self.kind}-{self.key}"


def list_trade_texts(company: Company, trade: str, facts: Iterable[SiteFact], now: datetime) -> list[TradeText]:
    """List the company's own texts in its language, and what a trade proposes beside or in the place of the first ones.

    Args:
        trade: "" proposes nothing.
        facts: those that the texts may use.
    """
    facts = list(facts)
    proposed = propose_texts(trade, company.language, company.tone, company.name, facts_by_kind(facts)) if trade else []
    replies = replies_of(facts) if trade else []
    states = {
        _name(state.newest.kind, state.newest.key): state
        for state in list_states(company, now)
        if state.newest.language == company.language and state.newest.kind in _KINDS and (state.holds or state.coming)
    }
    found = []
    for words in [*proposed, *replies]:
        state = states.pop(_name(words["kind"], words["key"]), None)
        found.append(_standing(state, words) if state is not None else _proposed(words))
    found += [_standing(state, None, is_left=bool(trade)) for state in states.values()]
    return sorted(found, key=lambda text: _KINDS.index(Kind(text.kind)))


def facts_by_kind(facts: Iterable[SiteFact]) -> dict[str, str]:
    """Put facts of a site into the words of our gaps: the first of a kind, or all where several belong together."""
    found: dict[str, list[str]] = {}
    for fact in facts:
        # Braces are variables to a reply.
        found.setdefault(fact.kind, []).append(fact.value.translate(_PLAIN))
    joined = {}
    for kind, values in found.items():
        sentences = [value if value[-1] in ".!?" or kind == "hours" else f"{value}." for value in values]
        joined[kind] = _JOINED[kind].join(sentences[:3]) if kind in _JOINED else values[0]
    return joined


def replies_of(facts: Iterable[SiteFact]) -> list[dict[str, Any]]:
    """Make ready replies of the questions that a site answers, each with the page it comes from."""
    replies: dict[str, dict[str, Any]] = {}
    for fact in facts:
        if fact.kind != "question" or len(replies) == MOST_REPLIES:
            continue
        key = re.sub(r"[\W_]+", "-", fact.value.lower()).strip("-")[:40].strip("-")
        if key:
            replies.setdefault(
                key,
                {
                    "kind": "canned",
                    "key": key,
                    "title": fact.value[:TITLE_LIMIT],
                    "body": fact.words.translate(_PLAIN),
                    "data": {"why": fact.url[:WHY_LIMIT]},
                },
            )
    return list(replies.values())


@transaction.atomic
def save_trade_texts(
    *, company: Company, texts: Iterable[tuple[TradeText, str, bool]], by: TextAuthor, now: datetime
) -> int:
    """Write what was made of the texts: as drafts where the company must approve them, else published.

    Args:
        texts: each with its words and whether it is used. One that isn't, of those every company begins with, goes out
            of force, and stays where the company must approve: what would come in its place is a draft.

    Returns:
        How many were written.

    Raises:
        Outdated, Taken: somebody wrote one of them meanwhile. Nothing is written.
    """
    is_free = not by.inside or company.managers_publish
    written = 0
    for text, typed, is_used in texts:
        if text.how == WAITS or (text.how == NEW and not is_used):
            continue
        if text.now is not None and not is_used:
            if not is_free:
                continue
            publish.withdraw(company=company, text=text.now, by=by, now=now)
        elif text.now is None:
            new = NewText(text.kind, company.language, _words(text, typed), text.key)
            (publish.add_text if is_free else drafts.add_draft)(company=company, new=new, by=by, now=now)
        elif _words(text, typed) == _words_of(text.now):
            continue
        else:
            version = NewVersion(_words(text, typed), text.now.edition)
            write = publish.change_text if is_free else drafts.change_draft
            write(company=company, text=text.now, new=version, by=by, now=now)
        written += 1
    return written


_PLAIN = str.maketrans("{}[]", "()()")


def _name(kind: str, key: str) -> tuple[str, str]:
    return kind, "" if kind in SINGLE else key


def _proposed(words: Mapping[str, Any]) -> TradeText:
    """A text that isn't there yet. A reply or greeting with a gap waits for whoever fills it."""
    is_used = words["kind"] in SINGLE or not open_marks(words["body"])
    return TradeText(NEW, words["kind"], words["key"], words["title"], _body(words), words["data"], is_used)


def _standing(state: TextState, words: Mapping[str, Any] | None, *, is_left: bool = False) -> TradeText:
    """A text that is there: as it stands, or in the words proposed for one that nobody touched yet.

    Args:
        is_left: what nobody touched and nobody proposes isn't used any more.
    """
    newest = state.coming or state.shown
    held = {"kind": str(newest.kind), "key": newest.key, **_words_of(newest)}
    how = BEGUN if newest.version == 1 and is_starter(held) else OWN
    if state.scheduled is not None:
        how = WAITS
    if how == BEGUN and words is not None:
        held = {**words, "key": newest.key}
    is_used = words is not None or how != BEGUN or not is_left
    if how == BEGUN and newest.kind not in SINGLE and open_marks(held["body"]):
        is_used = False
    return TradeText(how, held["kind"], held["key"], held["title"], _body(held), held["data"], is_used, newest)


def _body(words: Mapping[str, Any]) -> str:
    if words["kind"] == Kind.SCRIPT:
        return "\n".join(step["text"] for step in words["data"].get("steps", []))
    return str(words["body"])


def _words_of(text: Text) -> dict[str, Any]:
    return {"title": text.title, "body": text.body, "data": text.data}


def _words(text: TradeText, typed: str) -> dict[str, Any]:
    """Return the words of the version that is to be written."""
    if text.kind != Kind.SCRIPT:
        return {"title": text.title, "body": typed, "data": dict(text.data)}
    held = text.now.data if text.now is not None and text.how == OWN else text.data
    old = [(step["key"], step["text"]) for step in held.get("steps", [])]
    steps = [{"key": key, "text": step} for key, step in keep_keys(old, lines_of(typed))]
    return {"title": text.title, "body": "", "data": {"steps": steps}}
