"""Occupancy in three ways, concurrency and handling time: worked out by hand, and second by second."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.facts.occupancy import Held, Occupancy, handling_by_concurrency, measure
from agency.domain.facts.presence import BREAK, DRAIN, FREE, FULL, PresenceStretch

BEGIN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return BEGIN + minutes * MINUTE


def held(begin: float, end: float | None, wrap_up: float | None = None) -> Held:
    if end is None:
        return Held(at(begin), None)
    return Held(at(begin), at(end), at(end), at(wrap_up)) if wrap_up else Held(at(begin), at(end))


def minutes(time: timedelta) -> float:
    return time / MINUTE


def test_an_hour_by_hand() -> None:
    # Three slots; 40 minutes at the desk, then a break in which one chat is finished.
    stretches = [PresenceStretch(FREE, at(0), at(30), capacity=3), PresenceStretch(DRAIN, at(30), at(40), capacity=3)]
    stretches.append(PresenceStretch(BREAK, at(40), at(60), "lunch", 3))
    chats = [held(0, 20, 25), held(10, 30), held(15, 45, 46)]
    spent = measure(stretches, chats, at(0), at(60))
    assert minutes(spent.staffed) == 40
    # Without a break: never, as one chat or another is held all the time until 45.
    assert minutes(spent.with_chat) == 40
    # All three at once from 15 to 20.
    assert minutes(spent.at_cap) == 5
    assert minutes(spent.slots) == 120
    # 20 + 20 + 25 minutes held at the desk, and one wrap-up of 5 at a fifth; the other one fell in the break.
    assert minutes(spent.weighted) == pytest.approx(66)
    assert (spent.share_with_chat, spent.share_at_cap) == (1.0, 0.125)
    assert spent.share_of_slots == pytest.approx(0.55)
    assert minutes(spent.holding) == 45
    assert minutes(spent.chats) == 20 + 20 + 30
    assert spent.concurrency == pytest.approx(70 / 45)


def test_full_with_an_offer_is_at_the_cap_too() -> None:
    stretches = [PresenceStretch(FULL, at(0), at(1), capacity=2), PresenceStretch(FREE, at(1), at(2), capacity=2)]
    assert minutes(measure(stretches, [held(0, 2)], at(0), at(2)).at_cap) == 1


def test_nobody_there_and_nothing_held_is_no_share() -> None:
    nothing = measure([], [], at(0), at(60))
    assert nothing == Occupancy()
    assert (nothing.share_with_chat, nothing.share_of_slots, nothing.share_at_cap, nothing.concurrency) == (None,) * 4


def test_what_still_lasts_counts_until_the_end_that_is_asked_for() -> None:
    open_end = Held(at(0), at(10), at(10), None)
    spent = measure([PresenceStretch(FREE, at(0), at(60), capacity=1)], [open_end, held(20, None)], at(0), at(30))
    assert minutes(spent.with_chat) == 20
    assert minutes(spent.weighted) == pytest.approx(20 + 0.2 * 20)


def test_handling_time_by_the_chats_beside() -> None:
    chats = [held(0, 10, 12), held(0, 10, 11), held(20, 30, 33), held(5, None)]
    # The first two have each other and, half of the time, the one that isn't over: 2.5, to the even 2.
    assert handling_by_concurrency(chats) == {2: (3, 12 * MINUTE + 11 * MINUTE + 13 * MINUTE)}
    assert handling_by_concurrency(chats[2:3]) == {1: (1, 13 * MINUTE)}
    assert handling_by_concurrency([Held(at(0), at(4), at(4), None)]) == {}


SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)


@given(st.lists(st.tuples(SPANS, st.integers(0, 5)), max_size=6), st.lists(st.integers(0, 40), max_size=6, unique=True))
def test_sums_are_those_of_a_count_second_by_second(spans: list[tuple[list[int], int]], cuts: list[int]) -> None:
    chats = [held(begin, end, end + more) if more else held(begin, end) for (begin, end), more in spans]
    states, cuts = (FREE, BREAK, FULL, DRAIN), sorted(cuts)
    stretches = [
        PresenceStretch(states[place % 4], at(begin), at(end), capacity=1 + place % 3)
        for place, (begin, end) in enumerate(pairwise(cuts))
    ]
    spent = measure(stretches, chats, at(5), at(35))
    staffed = with_chat = at_cap = slots = holding = count = 0
    weighted = 0.0
    for minute in range(5, 35):
        number = sum(begin <= minute < end for (begin, end), _ in spans)
        wraps = sum(end <= minute < end + more for (_, end), more in spans)
        now = [one for one in stretches if one.starts_at <= at(minute) < one.ends_at and one.state != BREAK]
        holding, count = holding + bool(number), count + number
        for one in now:
            staffed, slots = staffed + 1, slots + one.capacity
            with_chat += bool(number)
            at_cap += one.state == FULL or number >= one.capacity
            weighted += number + 0.2 * wraps
    names = ("staffed", "with_chat", "at_cap", "slots", "holding", "chats")
    expected = [staffed, with_chat, at_cap, slots, holding, count]
    assert [minutes(getattr(spent, name)) for name in names] == expected
    assert minutes(spent.weighted) == pytest.approx(weighted)


@given(st.lists(SPANS, max_size=5), st.integers(0, 40))
def test_two_halves_add_up_to_the_whole(spans: list[list[int]], cut: int) -> None:
    stretches = [PresenceStretch(FREE, at(3), at(30), capacity=2), PresenceStretch(FULL, at(30), at(38), capacity=2)]
    chats = [held(begin, end) for begin, end in spans]
    halves = measure(stretches, chats, at(0), at(cut)) + measure(stretches, chats, at(cut), at(40))
    assert halves == measure(stretches, chats, at(0), at(40))
