"""The forecast and the levels: worse in one thing is never better in the answer."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agency.domain.pool.overflow import (
    FULL,
    LEVELS,
    NARROW,
    OPEN,
    QUIET,
    HeldSlots,
    forecast_wait,
    kept_for_others,
    level,
    settle,
)
from agency.domain.pool.slots import Slots, bits

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)

Facts = dict[str, float]


@st.composite
def pools(draw: st.DrawFn) -> Facts:
    slots = draw(st.integers(0, 60))
    busy = draw(st.integers(0, slots))
    return {
        "slots": slots,
        "busy": busy,
        "left": draw(st.integers(-5, slots - busy)),
        "arrivals": draw(st.floats(0, 2)),
        "aht": draw(st.floats(1, 3_000)),
    }


def shown(facts: Facts, promise: int) -> int:
    wait = forecast_wait(**facts)  # type: ignore[arg-type]
    return LEVELS.index(level(left=int(facts["left"]), wait=wait, promise_seconds=promise))


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        # 3 come, 2 are left, 1 comes free: all have a slot.
        ({"left": 2, "busy": 10, "slots": 12, "arrivals": 0.05, "aht": 600}, 0),
        # One short of 12 slots of 600 s: one comes free each 50 s.
        ({"left": 1, "busy": 10, "slots": 12, "arrivals": 0.05, "aht": 600}, 50),
        # The same in a pool of 240: 2.5 s.
        ({"left": 1, "busy": 10, "slots": 240, "arrivals": 0.05, "aht": 600}, 2.5),
        # Chats of 20 s: a slot still counts as freed once a minute only.
        ({"left": 0, "busy": 2, "slots": 2, "arrivals": 0.1, "aht": 20}, 40),
        ({"left": 0, "busy": 0, "slots": 0, "arrivals": 0, "aht": 600}, inf),
    ],
)
def test_the_wait_is_counted_by_hand(facts: Facts, seconds: float) -> None:
    assert forecast_wait(**facts) == pytest.approx(seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "wait", "shows"),
    [(1, 0, OPEN), (1, 20, OPEN), (1, 20.1, QUIET), (1, 30, QUIET), (1, 30.1, NARROW), (1, 40, NARROW),
     (1, 40.1, FULL), (0, 0, FULL), (-3, 0, FULL)],
)  # fmt: skip
def test_a_level_follows_the_promise(left: int, wait: float, shows: str) -> None:
    assert level(left=left, wait=wait, promise_seconds=20) == shows


@given(pools(), st.integers(5, 60), st.data())
@settings(max_examples=150)
def test_worse_facts_never_open_more(facts: Facts, promise: int, data: st.DataObject) -> None:
    worse = dict(facts)
    change = data.draw(st.sampled_from(["left", "taken", "arrivals", "slots", "promise"]))
    stricter = promise
    if change == "left":
        worse["left"] -= 1
    elif change == "taken":  # a free slot is used
        worse |= {"left": facts["left"] - 1, "busy": min(facts["busy"] + 1, facts["slots"])}
    elif change == "arrivals":
        worse["arrivals"] += data.draw(st.floats(0, 1))
    elif change == "slots":  # somebody leaves, with a free slot or a busy one
        worse["slots"] = max(0, facts["slots"] - 1)
        worse["busy"] = max(0, facts["busy"] - data.draw(st.integers(0, 1)))
        worse["left"] -= data.draw(st.integers(0, 1))
    else:
        stricter = promise - data.draw(st.integers(0, promise - 1))
    assert shown(worse, stricter) >= shown(facts, promise)


@given(pools(), st.floats(1, 3_000))
@settings(max_examples=60)
def test_longer_chats_never_shorten_the_wait(facts: Facts, more: float) -> None:
    longer = {**facts, "aht": facts["aht"] + more}
    assert forecast_wait(**longer) >= forecast_wait(**facts) - 1e-6  # type: ignore[arg-type]


def test_a_tenth_is_kept_and_at_least_one() -> None:
    assert [kept_for_others(slots) for slots in (0, 1, 6, 10, 11, 240)] == [1, 1, 1, 1, 2, 24]


def test_worse_shows_at_once_and_better_after_ten_seconds_a_step() -> None:
    at = [settle(None, OPEN, NOW)]
    measured = {0: FULL, 2: OPEN, 8: FULL, 10: OPEN}
    now_measured = OPEN
    for second in range(60):
        now_measured = measured.get(second, now_measured)
        at.append(settle(at[-1], now_measured, NOW + timedelta(seconds=second)))
    levels = [held.level for held in at[1:]]
    assert set(levels[:20]) == {FULL}  # the calm of 2 to 8 s was too short, so it counts from 10 s
    assert (levels[20], levels[29], levels[30], levels[40]) == (NARROW, NARROW, QUIET, OPEN)


@given(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=40))
@settings(max_examples=60)
def test_what_shows_is_never_more_open_than_what_was_measured(measured: list[str]) -> None:
    held: HeldSlots | None = None
    opened: list[int] = []
    for step, one in enumerate(measured):
        before = held
        held = settle(held, one, NOW + timedelta(seconds=2 * step))
        assert LEVELS.index(held.level) >= LEVELS.index(one)
        if before and LEVELS.index(held.level) < LEVELS.index(before.level):
            opened.append(step)
    assert all(later - earlier >= 5 for earlier, later in pairwise(opened))


SEATS = st.dictionaries(st.integers(0, 7), st.integers(0, 4), min_size=1)
SETS = st.lists(st.sets(st.integers(0, 7)).map(lambda seats: bits(sorted(seats))), max_size=12)


@given(SEATS, SETS, st.data())
@settings(max_examples=150)
def test_one_slot_fewer_leaves_nobody_more(free: dict[int, int], chats: list[int], data: st.DataObject) -> None:
    fewer = dict(free)
    seat = data.draw(st.sampled_from(sorted(free)))
    fewer[seat] = max(0, free[seat] - 1)
    before, after = Slots(free), Slots(fewer)
    assert before.take_all(chats) >= after.take_all(chats)
    for asked in [1 << number for number in range(8)] + chats:
        assert after.count(asked) <= before.count(asked)


@given(SEATS, SETS, st.integers(0, 255))
@settings(max_examples=100)
def test_a_chat_more_leaves_nobody_more(free: dict[int, int], chats: list[int], one: int) -> None:
    before, after = Slots(free), Slots(free)
    before.take_all(chats)
    after.take_all([one, *chats])
    assert all(after.count(1 << seat) <= before.count(1 << seat) for seat in range(8))


def test_slots_of_a_limited_seat_count_up_to_its_limit() -> None:
    slots = Slots({0: 4, 3: 2})
    assert slots.count(bits([0, 3])) == 6
    assert slots.count(bits([0, 3]), {0: 1}) == 3
    assert slots.count(bits([0, 3]), {0: -1, 1: 5}) == 2
    assert slots.count(bits([3]), {0: 1}) == 2
