"""Why a chat waits, from the router's own refusals."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from agency.domain import waiting
from agency.domain.routing import Candidate, Entry, choose

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
COMPANY = uuid.uuid4()
ENTRY = Entry(uuid.uuid4(), COMPANY, "nl", NOW, 20)


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


FULL = {"used": 6}
AWAY = {"paused": True}
FOREIGN = {"languages": frozenset({"fr"})}
LIMITED = {"chat_limits": {COMPANY: 1}, "chats": {COMPANY: 1}, "used": 1}


@pytest.mark.parametrize(
    ("here", "code", "counts"),
    [
        ([], "nobody", (0, 0, 0, 0)),
        ([FOREIGN], "language", (0, 0, 0, 0)),
        ([AWAY, FOREIGN], "away", (1, 0, 0, 0)),
        ([AWAY, FULL, {**FULL, "used": 3, "capacity": 3}], "full", (1, 2, 9, 9)),
        ([LIMITED, AWAY], "limit", (1, 1, 1, 6)),
        ([FULL, LIMITED], "full", (0, 2, 7, 12)),
        ([FULL, {}], "soon", (0, 0, 0, 0)),
        ([{"draining": True}], "soon", (0, 0, 0, 0)),
    ],
)
def test_it_names_what_stands_in_the_way(
    here: list[dict[str, Any]], code: str, counts: tuple[int, ...]
) -> None:
    seats = [seat(**facts) for facts in here]
    why = waiting.why(choose(ENTRY, seats, NOW), seats)
    assert (why.code, why.here) == (code, len(seats))
    assert (why.away, why.full, why.used, why.capacity) == counts


def test_every_refusal_of_the_router_has_a_kind() -> None:
    facts = [{"leased": False}, AWAY, {"certified": frozenset()}, FOREIGN, FULL, LIMITED]
    facts += [{"draining": True}, {}, {"load": 1.0}]
    seats = [seat(**one) for one in facts]
    refused = choose(ENTRY, seats, NOW).refused
    kinds = [waiting.kind_of(refused[one.operator_id]) for one in seats[:7]]
    assert kinds == ["lease", "away", "uncertified", "language", "full", "limit", "draining"]
    assert waiting.kind_of(refused[seats[8].operator_id]) == "after"
