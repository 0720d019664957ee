"""Which posts are refused, and with which code: one fact at a time is other than it should be."""

import dataclasses
from typing import Any

import pytest

from chat.domain.events import ERROR_CODES
from chat.live.judge import OPERATOR, VISITOR, Post, PostFacts, refusal
from tests.chat.services.stage import NOW

ALICE = "a1"


def post(side: str, kind: str = "text") -> Post:
    facts = {"author_id": ALICE, "fence": 3, "epoch": 7} if side == OPERATOR else {}
    return Post("acme", "c1", "m1", side, kind, "Hoi", NOW, None, **facts)


def entry(**facts: Any) -> PostFacts:
    held = {"operator_id": ALICE, "epoch": 7, "fence": 3, "state": "open"} | facts
    needed = {one.name: None for one in dataclasses.fields(PostFacts) if one.default is dataclasses.MISSING}
    return PostFacts(**needed | held)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, ""),
        ({"operator_id": "b2", "epoch": 8, "fence": 4}, "not_yours"),
        ({"operator_id": None, "state": "waiting"}, "not_yours"),
        ({"epoch": 8, "fence": 4}, "seat_taken"),
        ({"fence": 4}, "fence"),
        ({"fence": 2}, "fence"),
        ({"state": "wrap_up"}, "chat_closed"),
        ({"state": "offered"}, "wrong_state"),
    ],
)
def test_an_operator_writes_only_in_the_open_chat_they_hold(facts: dict[str, Any], code: str) -> None:
    assert refusal(post(OPERATOR), entry(**facts)) == code
    assert not code or code in ERROR_CODES


@pytest.mark.parametrize("state", ["open", "wrap_up", "offered"])
def test_a_note_may_be_written_in_the_wrap_up_too(state: str) -> None:
    assert refusal(post(OPERATOR, "note"), entry(state=state)) == ("wrong_state" if state == "offered" else "")


@pytest.mark.parametrize("state", ["waiting", "offered", "open", "wrap_up"])
def test_a_visitor_writes_until_the_chat_is_over(state: str) -> None:
    assert refusal(post(VISITOR), entry(state=state, operator_id=None)) == ("chat_closed" if state == "wrap_up" else "")


@pytest.mark.parametrize("side", [VISITOR, OPERATOR])
def test_a_chat_that_is_finished_takes_no_words(side: str) -> None:
    assert refusal(post(side), None) == "chat_closed"
