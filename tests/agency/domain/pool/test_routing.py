from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from agency.domain.pool import reasons
from agency.domain.pool.reasons import PoolReason
from agency.domain.pool.routing import Candidate, Choice, Entry, choose, order, why_next

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
    late = entry(3, arrived_at=ago(79))
    assert order([late, headed, headed_earlier], NOW) == [headed_earlier, headed, late]


def test_nothing_but_an_earlier_promise_goes_before_a_chat_that_waited_a_minute_too_long() -> None:
    headed = entry(1, arrived_at=ago(1), at_head=True)
    starved = entry(2, arrived_at=ago(80))
    headed_before = entry(3, arrived_at=ago(85), at_head=True)
    longer_promise = entry(4, arrived_at=ago(90), promise_seconds=60)
    queue = [longer_promise, headed, starved, headed_before]
    assert order(queue, NOW) == [headed_before, starved, headed, longer_promise]
    assert [why_next(chat, NOW) for chat in order(queue, NOW)] == [
        (reasons.seconds_late(n=65), reasons.starved()),
        (reasons.seconds_late(n=60), reasons.starved()),
        (reasons.at_head(), reasons.seconds_left(n=19)),
        (reasons.seconds_late(n=30),),
    ]


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
    assert choice.reasons == (reasons.certified(), reasons.free(n=2, of=6), reasons.lowest_load(load=1.3))
    assert choice.refused == {BOB: reasons.higher_load(load=2.0, best=1.3), CARLA: reasons.not_certified()}


def test_equal_loads_go_to_the_longest_idle_and_then_to_the_lowest_id() -> None:
    choice = chosen(entry(), operator(ALICE, idle_since=ago(10)), operator(BOB, idle_since=ago(40)))
    assert choice.operator_id == BOB
    assert choice.reasons[-1] == reasons.longest_idle(n=40)
    assert choice.refused == {ALICE: reasons.less_idle(n=10, of=40)}

    choice = chosen(entry(), operator(BOB), operator(ALICE))
    assert choice.operator_id == ALICE
    assert choice.reasons[-1] == reasons.lowest_id()
    assert choice.refused == {BOB: reasons.higher_id()}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"leased": False}, reasons.no_lease()),
        ({"paused": True}, reasons.paused()),
        ({"certified": frozenset({ZEN})}, reasons.not_certified()),
        ({"certified": frozenset()}, reasons.not_certified()),
        ({"languages": frozenset({"en"})}, reasons.no_language(language="nl")),
        ({"capacity": 3, "used": 3}, reasons.full(n=3, of=3)),
        # A lowered capacity takes effect as slots free: more may be used than there are.
        ({"capacity": 3, "used": 5}, reasons.full(n=5, of=3)),
    ],
)
def test_who_may_not_have_a_chat_is_refused_with_the_reason(facts: dict[str, object], reason: PoolReason) -> None:
    choice = chosen(entry(), operator(ALICE, **facts))
    assert choice.operator_id is None
    assert choice.refused == {ALICE: reason}
    assert choice.reasons == (reasons.nobody(), reasons.tally(n=1, why=(reason,)))


def test_nobody_at_all_is_a_choice_too() -> None:
    assert chosen(entry()) == Choice(None, (reasons.nobody(),), {})


def test_the_refusals_are_counted_the_most_frequent_first() -> None:
    choice = chosen(
        entry(),
        operator(ALICE, certified=frozenset()),
        operator(BOB, paused=True),
        operator(CARLA, paused=True),
    )
    assert choice.reasons == (
        reasons.nobody(),
        reasons.tally(n=2, why=(reasons.paused(),)),
        reasons.tally(n=1, why=(reasons.not_certified(),)),
    )


def test_a_company_may_limit_how_many_of_its_chats_a_newcomer_holds() -> None:
    newcomer = operator(ALICE, used=1, chat_limits={ACME: 1}, chats={ACME: 1})
    choice = chosen(entry(), newcomer)
    assert choice.refused == {ALICE: reasons.company_limit(n=1, of=1)}
    assert choice.operator_id is None
    assert chosen(entry(), replace(newcomer, chats={ZEN: 1})).operator_id == ALICE


def test_the_visitors_earlier_operator_goes_before_a_lighter_colleague() -> None:
    returning = entry(earlier_operator=ALICE)
    choice = chosen(returning, operator(ALICE, used=3, load=2.3), operator(BOB))
    assert choice.operator_id == ALICE
    assert choice.reasons == (
        reasons.certified(),
        reasons.free(n=3, of=6),
        reasons.helped_before(),
        reasons.some_load(load=2.3),
    )
    assert choice.refused == {BOB: reasons.another_helped()}
    assert chosen(returning, operator(ALICE, used=6), operator(BOB)).operator_id == BOB


def test_from_the_soft_limit_on_others_are_asked_first() -> None:
    busy = operator(ALICE, used=3, load=2.0, load_limit=2.0)
    choice = chosen(entry(earlier_operator=ALICE), busy, operator(BOB, load=2.3, load_limit=4.0))
    assert choice.operator_id == BOB
    assert choice.refused == {ALICE: reasons.at_soft_limit(load=2.0)}
    # It ranks and never refuses: alone, Alice is asked all the same.
    alone = chosen(entry(), busy)
    assert alone.operator_id == ALICE
    assert alone.reasons[-1] == reasons.all_at_soft_limit(limit=2.0)
    # The company's limit counts where it is the lower one.
    strict = entry(load_limit=1.0)
    choice = chosen(strict, operator(ALICE, load=1.0, load_limit=4.0), operator(BOB, load=0.9))
    assert choice.operator_id == BOB
    assert choice.refused == {ALICE: reasons.at_soft_limit(load=1.0)}


def test_who_has_not_read_the_newest_instruction_comes_after_who_has() -> None:
    unread = operator(ALICE, unread=frozenset({ACME}))
    choice = chosen(entry(), unread, operator(BOB, used=5, load=5.0, load_limit=4.0))
    assert choice.operator_id == BOB
    assert choice.refused == {ALICE: reasons.unread()}
    assert reasons.unread() in chosen(entry(), unread).reasons
    assert chosen(entry(), operator(ALICE, unread=frozenset({ZEN}))).reasons[-1] == reasons.lowest_load(load=0.0)


def test_after_two_bounces_a_lead_operator_goes_first() -> None:
    called = entry(bounced_by={ALICE: 1, BOB: 1}, bounces=2, called=True)
    lead = operator(CARLA, used=5, load=4.9, load_limit=4.0, is_lead=True)
    colleague = operator(UUID(int=4))
    choice = chosen(called, operator(ALICE), operator(BOB), lead, colleague)
    assert choice.operator_id == CARLA
    assert reasons.lead_called(bounces=2) in choice.reasons
    assert choice.refused[UUID(int=4)] == reasons.not_lead()
    assert choice.refused[ALICE] == reasons.bounced()
    # Not certified, a lead is nobody for this chat; and before the call being one changes nothing.
    stranger = replace(lead, certified=frozenset({ZEN}))
    assert chosen(called, stranger, colleague).operator_id == UUID(int=4)
    assert chosen(entry(), lead, colleague).operator_id == UUID(int=4)


def test_who_bounced_a_chat_gets_it_again_only_if_nobody_else_can() -> None:
    bounced = entry(bounced_by={ALICE: 1}, bounces=1)
    busy = operator(BOB, used=5, load=5.0)
    choice = chosen(bounced, operator(ALICE), busy)
    assert choice.operator_id == BOB
    assert choice.refused == {ALICE: reasons.bounced()}

    choice = chosen(bounced, operator(ALICE), replace(busy, used=6))
    assert choice.operator_id == ALICE
    assert choice.reasons[-1] == reasons.bounced_alone()


def test_a_chat_that_all_let_pass_goes_round() -> None:
    idle, busy = operator(ALICE), operator(BOB, used=1, load=1.0)
    choice = chosen(entry(bounced_by={ALICE: 2, BOB: 1}, bounces=3), idle, busy)
    assert choice.operator_id == BOB
    assert choice.refused == {ALICE: reasons.bounced_more()}
    assert choice.reasons[-1] == reasons.bounced_by_all()

    assert chosen(entry(bounced_by={ALICE: 2, BOB: 2}, bounces=4), idle, busy).operator_id == ALICE


def test_a_draining_operator_is_asked_after_everybody_else_who_has_a_slot() -> None:
    draining = operator(ALICE, draining=True)
    busy = operator(BOB, used=5, load=5.0, load_limit=2.0, unread=frozenset({ACME}))
    choice = chosen(entry(bounced_by={BOB: 3}, earlier_operator=ALICE), draining, busy)
    assert choice.operator_id == BOB
    assert choice.refused == {ALICE: reasons.draining()}


@pytest.mark.parametrize(
    "facts",
    [
        {"certified": frozenset({ZEN})},
        {"leased": False},
        {"paused": True},
        {"languages": frozenset({"en"})},
        {"used": 6},
        {"draining": True, "used": 6},
        {"draining": True, "load": 1.0},
    ],
)
def test_a_draining_operator_is_asked_where_nobody_else_has_a_slot(
    facts: dict[str, object],
) -> None:
    choice = chosen(entry(), operator(ALICE, draining=True), operator(BOB, **facts))
    assert choice.operator_id == ALICE
    assert reasons.draining_alone() in choice.reasons
