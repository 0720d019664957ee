from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from agency.domain.routing import Candidate, Choice, Entry, choose, order

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACME, ZEN = UUID(int=0xACE), UUID(int=0x2E4)
ALICE, BOB, CARLA = UUID(int=1), UUID(int=2), UUID(int=3)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def entry(number: int = 1, **facts: object) -> Entry:
    chat = Entry(UUID(int=number), ACME, "nl", ago(8), 20)
    return replace(chat, **facts)


def operator(who: UUID, **facts: object) -> Candidate:
    free = Candidate(who, frozenset({ACME}), frozenset({"nl", "en"}), 6, 0, 0.0, ago(60))
    return replace(free, **facts)


def chosen(chat: Entry, *candidates: Candidate) -> Choice:
    return choose(chat, candidates, NOW)


def test_the_promise_with_the_least_time_left_comes_first() -> None:
    patient = entry(1, arrived_at=ago(15), promise_seconds=60)
    pressed = entry(2, arrived_at=ago(5), promise_seconds=20)
    late = entry(3, arrived_at=ago(25), promise_seconds=20)
    assert order([patient, pressed, late], NOW) == [late, pressed, patient]


def test_chats_of_a_dead_console_come_before_the_most_pressed() -> None:
    headed = entry(1, arrived_at=ago(1), at_head=True)
    headed_earlier = entry(2, arrived_at=ago(3), at_head=True)
    late = entry(3, arrived_at=ago(500))
    assert order([late, headed, headed_earlier], NOW) == [headed_earlier, headed, late]


def test_equal_promises_go_by_arrival_and_then_by_id() -> None:
    long_promise = entry(3, arrived_at=ago(30), promise_seconds=42)
    short_promise = entry(1, arrived_at=ago(8), promise_seconds=20)
    twin = entry(2, arrived_at=ago(8), promise_seconds=20)
    assert order([twin, short_promise, long_promise], NOW) == [long_promise, short_promise, twin]


def test_the_least_loaded_operator_is_chosen_and_every_choice_is_explained() -> None:
    choice = chosen(
        entry(),
        operator(ALICE, used=4, load=1.3),
        operator(BOB, used=2, load=2.0),
        operator(CARLA, certified=frozenset({ZEN})),
    )
    assert choice.operator_id == ALICE
    assert choice.reasons == ("certified", "free 2/6", "lowest load 1.3")
    assert choice.refused == {BOB: "load 2.0 above 1.3", CARLA: "not certified"}


def test_equal_loads_go_to_the_longest_idle_and_then_to_the_lowest_id() -> None:
    choice = chosen(entry(), operator(ALICE, idle_since=ago(10)), operator(BOB, idle_since=ago(40)))
    assert choice.operator_id == BOB
    assert choice.reasons[-1] == "longest idle 40 s"
    assert choice.refused == {ALICE: "idle 10 s, best 40 s"}

    choice = chosen(entry(), operator(BOB), operator(ALICE))
    assert choice.operator_id == ALICE
    assert choice.reasons[-1] == "lowest id"
    assert choice.refused == {BOB: "equal, higher id"}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"leased": False}, "no lease"),
        ({"paused": True}, "paused"),
        ({"certified": frozenset({ZEN})}, "not certified"),
        ({"certified": frozenset()}, "not certified"),
        ({"languages": frozenset({"en"})}, "no language nl"),
        ({"capacity": 3, "used": 3}, "full 3/3"),
        # A lowered capacity takes effect as slots free: more may be used than there are.
        ({"capacity": 3, "used": 5}, "full 5/3"),
    ],
)
def test_who_may_not_have_a_chat_is_refused_with_the_reason(
    facts: dict[str, object], reason: str
) -> None:
    choice = chosen(entry(), operator(ALICE, **facts))
    assert choice.operator_id is None
    assert choice.refused == {ALICE: reason}
    assert choice.reasons == ("nobody possible", f"1 {reason}")


def test_nobody_at_all_is_a_choice_too() -> None:
    assert chosen(entry()) == Choice(None, ("nobody possible",), {})


def test_the_refusals_are_counted_the_most_frequent_first() -> None:
    choice = chosen(
        entry(),
        operator(ALICE, certified=frozenset()),
        operator(BOB, paused=True),
        operator(CARLA, paused=True),
    )
    assert choice.reasons == ("nobody possible", "2 paused", "1 not certified")


def test_who_bounced_a_chat_gets_it_again_only_if_nobody_else_can() -> None:
    bounced = entry(bounced_by={ALICE: 1}, bounces=1)
    busy = operator(BOB, used=5, load=5.0)
    choice = chosen(bounced, operator(ALICE), busy)
    assert choice.operator_id == BOB
    assert choice.refused == {ALICE: "bounced it"}

    choice = chosen(bounced, operator(ALICE), replace(busy, used=6))
    assert choice.operator_id == ALICE
    assert choice.reasons[-1] == "bounced it, nobody else possible"


def test_a_chat_that_all_let_pass_goes_round() -> None:
    idle, busy = operator(ALICE), operator(BOB, used=1, load=1.0)
    choice = chosen(entry(bounced_by={ALICE: 2, BOB: 1}, bounces=3), idle, busy)
    assert choice.operator_id == BOB
    assert choice.refused == {ALICE: "bounced it more often"}
    assert choice.reasons[-1] == "bounced it, so did all others"

    assert chosen(entry(bounced_by={ALICE: 2, BOB: 2}, bounces=4), idle, busy).operator_id == ALICE


def test_a_draining_operator_is_spared_while_another_certified_seat_remains() -> None:
    draining = operator(ALICE, draining=True)
    choice = chosen(entry(), draining, operator(BOB, used=6))
    assert choice.operator_id is None
    assert choice.refused == {ALICE: "draining", BOB: "full 6/6"}


@pytest.mark.parametrize(
    "facts",
    [
        {"certified": frozenset({ZEN})},
        {"leased": False},
        {"paused": True},
        {"languages": frozenset({"en"})},
        {"draining": True, "used": 6},
    ],
)
def test_a_draining_operator_still_serves_a_company_that_has_nobody_else(
    facts: dict[str, object],
) -> None:
    choice = chosen(entry(), operator(ALICE, draining=True), operator(BOB, **facts))
    assert choice.operator_id == ALICE
    assert "draining, nobody else certified" in choice.reasons
