"""Why a chat waits, from who is here for it."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from agency.domain.pool import refusals
from agency.domain.pool.refusals import Crowd
from agency.domain.pool.routing import Candidate, Entry, choose

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
COMPANY = uuid.uuid4()
ENTRY = Entry(uuid.uuid4(), COMPANY, "nl", NOW, 20)


@pytest.mark.parametrize(
    ("crowd", "code"),
    [
        (Crowd(), "nobody"),
        (Crowd(here=1), "language"),
        (Crowd(here=2, away=1), "away"),
        (Crowd(here=3, away=1, limited=1), "limit"),
        (Crowd(here=3, away=1, limited=1, full=1), "full"),
        (Crowd(here=4, away=1, limited=1, full=1, free=1), "soon"),
    ],
)
def test_it_names_what_stands_in_the_way(crowd: Crowd, code: str) -> None:
    assert crowd.code == code


def seat(**facts: Any) -> Candidate:
    """A certified, free operator, but for these facts."""
    plain: dict[str, Any] = {
        "operator_id": uuid.uuid4(),
        "certified": frozenset({COMPANY}),
        "languages": frozenset({"nl"}),
        "capacity": 6,
        "used": 0,
        "load": 0.0,
        "idle_since": NOW,
    }
    return Candidate(**{**plain, **facts})


def test_every_refusal_of_the_router_has_a_kind() -> None:
    kinds: dict[str, dict[str, Any]] = {
        "lease": {"leased": False},
        "away": {"paused": True},
        "uncertified": {"certified": frozenset()},
        "language": {"languages": frozenset({"fr"})},
        "full": {"used": 6},
        "limit": {"chat_limits": {COMPANY: 1}, "chats": {COMPANY: 1}, "used": 1},
        "after": {"load": 1.0},
    }
    seats = {kind: seat(**facts) for kind, facts in kinds.items()}
    refused = choose(ENTRY, [*seats.values(), seat()], NOW).refused
    found = {kind: refusals.kind_of(refused[one.operator_id]) for kind, one in seats.items()}
    assert found == {kind: kind for kind in kinds}
