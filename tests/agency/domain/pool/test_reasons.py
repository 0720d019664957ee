"""No reason that the router or the trail makes is without its sentence, nor the sentence without its Dutch."""

import ast
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.utils import translation

from agency.domain.pool import reasons
from agency.domain.pool.reasons import Said, read_reasons
from agency.domain.pool.routing import Candidate, Entry, choose, why_next
from chat.templatetags.chats import CLOSED
from chat.templatetags.routes import reason_word

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COMPANY = UUID(int=100)
SERVICES = Path(settings.BASE_DIR, "chat/services")
SOURCES = (
    *sorted(path for path in (SERVICES / "assignment").glob("*.py") if path.name != "desks.py"),
    SERVICES / "console" / "transfer_note.py",
)
# A name that could be mistaken for nothing else, for what a reason takes from elsewhere.
HOLE = "Q"


def rarely(dice: random.Random) -> bool:
    return dice.random() < 0.12


def ago(dice: random.Random, most: int) -> datetime:
    return NOW - timedelta(seconds=dice.choice((0, 1, most)))


def some_pool(dice: random.Random) -> tuple[Entry, list[Candidate]]:
    """A chat and up to four people, between whom anything may decide."""
    people = [UUID(int=number) for number in range(1, dice.choice((1, 2, 3, 5)))]
    entry = Entry(
        chat_id=UUID(int=9),
        company_id=COMPANY,
        language="nl",
        arrived_at=ago(dice, 200),
        promise_seconds=20,
        at_head=rarely(dice),
        bounced_by={pk: dice.choice((0, 0, 1, 2)) for pk in people},
        bounces=2,
        earlier_operator=dice.choice([None, *people]),
        called=dice.random() < 0.3,
        load_limit=dice.choice((None, 1.0)),
    )
    return entry, [some_candidate(dice, pk) for pk in people]


def some_candidate(dice: random.Random, operator_id: UUID) -> Candidate:
    """Somebody who can mostly take a chat, and now and then can't for any one reason."""
    return Candidate(
        operator_id=operator_id,
        certified=frozenset() if rarely(dice) else frozenset({COMPANY}),
        languages=frozenset({"en"} if rarely(dice) else {"nl"}),
        capacity=3,
        used=3 if rarely(dice) else 1,
        load=dice.choice((0.3, 0.3, 0.3, 1.0)),
        idle_since=ago(dice, 60),
        paused=rarely(dice),
        draining=dice.random() < 0.3,
        leased=not rarely(dice),
        is_lead=rarely(dice),
        chat_limits={COMPANY: 1} if rarely(dice) else {},
        chats={COMPANY: 1},
        unread=frozenset({COMPANY}) if rarely(dice) else frozenset(),
    )


def of_the_router() -> Iterator[str]:
    """Every reason of the router, out of 4,000 pools: for whom it chose, against each other, and for the place."""
    dice = random.Random(3)
    for _ in range(4_000):
        entry, candidates = some_pool(dice)
        choice = choose(entry, candidates, NOW)
        yield from choice.refused.values()
        yield "; ".join((why_next(entry, NOW), *choice.reasons))


def of_the_source() -> Iterator[str]:
    """Every text that the assignment's source gives as a reason, holes for what it takes from elsewhere."""
    trees = [ast.parse(path.read_text()) for path in SOURCES]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    named = {
        target.id: value
        for node in nodes
        if isinstance(node, ast.Assign)
        for targets in node.targets
        for target, value in _pairs(targets, node.value)
    }
    for node in nodes:
        match node:
            case ast.keyword(arg="reason" | "why", value=value):
                yield from _texts(value, named)
            case ast.Assign(targets=[ast.Name(id="reason" | "why")], value=value):
                yield from _texts(value, named)
            # Somebody, and why they.
            case ast.Return(value=ast.Tuple(elts=[_, value])):
                yield from _texts(value, named)


def _pairs(targets: ast.expr, value: ast.expr) -> Iterator[tuple[ast.Name, ast.expr]]:
    if isinstance(targets, ast.Name):
        yield targets, value
    elif isinstance(targets, ast.Tuple) and isinstance(value, ast.Tuple):
        for target, one in zip(targets.elts, value.elts, strict=True):
            yield from _pairs(target, one)


def _texts(node: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body, named)
        yield from _texts(node.orelse, named)
        return
    text = _text(node, named)
    if text.strip(f"{HOLE}:; "):
        yield text


def _text(node: ast.expr, named: dict[str, ast.expr]) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else HOLE
    if isinstance(node, ast.Name) and node.id in named and node.id.isupper():
        return _text(named[node.id], named)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(one, named) for one in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, named)
    return HOLE


# What the code puts into the holes: a number before the words "before it", a reason after "transfer" and in its tail.
def filled(text: str) -> str:
    text = text.replace(f"{HOLE} before it", "3 before it")
    text = re.sub(f"(transfer again; |; ){HOLE}$", r"\1certified", text)
    return re.sub(f"^transfer {HOLE}", "transfer lease ended", text)


def unknown(said: Said) -> bool:
    return not said.words or any(map(unknown, said.why))


@pytest.fixture(scope="module")
def made() -> list[str]:
    found = {*of_the_router(), *map(filled, of_the_source())}
    return sorted(one for one in found if one not in ("", "accepted", *CLOSED))


def test_every_reason_has_its_sentence(made: list[str]) -> None:
    assert [one for one in made if any(map(unknown, read_reasons(one)))] == []


def test_every_sentence_is_made_by_something(made: list[str]) -> None:
    """A line of the table that no reason comes to is a reason that is gone, or one that the makers above miss."""
    used = {said.words for one in made for said in every(read_reasons(one))}
    assert {words for _pattern, words in reasons._TABLE} - used == set()


def every(found: tuple[Said, ...]) -> Iterator[Said]:
    for said in found:
        yield said
        yield from every(said.why)


def test_every_sentence_has_its_dutch() -> None:
    # The same in both languages, or nothing but facts.
    alike = {"transfer: {why}", "{n} {why}"}
    with translation.override("nl"):
        same = {words for _pattern, words in reasons._TABLE if translation.gettext(words) == words}
    assert same <= alike


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            "5 s left; certified; free 5/6; lowest load 0.3",
            "nog 5 s, bevoegd, 5 van 6 plekken vrij",
        ),
        ("transfer by Sanne; asked by name", "doorgezet door Sanne, op naam gevraagd"),
        ("transfer declined: eerst dit; dan dat", "doorzetten: doorgegeven: eerst dit; dan dat"),
        (
            "nobody possible; 2 not certified; 1 full 6/6",
            "niemand kan, 2 niet bevoegd, 1 vol, 6 van 6",
        ),
        ("picked, it rang at Bram", "gepakt, het ging over bij Bram"),
        ("what no router says", "what no router says"),
        # A trail keeps 200 characters: what was cut isn't shown as half a word.
        ("certified; " * 18 + "ce", "bevoegd, " * 18 + "…"),
    ],
)
def test_reasons_are_read_as_they_were_written(reason: str, words: str) -> None:
    with translation.override("nl"):
        assert reason_word(reason).startswith(words)
