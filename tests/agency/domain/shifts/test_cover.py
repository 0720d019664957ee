"""The planned people against those needed, by half hours: the bit masks hold against a plain count."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agency.domain.shifts.cover import (
    STEP,
    CoverFrame,
    Shortage,
    count_planned,
    covered,
    frame_of,
    levels,
    shortages,
    touched,
)

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY = CoverFrame(START, 24 * 4)


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def test_a_frame_holds_the_half_hours_around_its_ends() -> None:
    assert frame_of(at(0.4), at(1.6)) == CoverFrame(START, 8)
    assert frame_of(at(0.5), at(2)) == CoverFrame(at(0.5), 6)
    assert frame_of(at(1), at(1)) == CoverFrame(at(1), 0)
    assert frame_of(START + timedelta(seconds=59, microseconds=7), at(0.5)) == CoverFrame(START, 2)


def test_somebody_counts_for_a_quarter_they_are_planned_for_the_whole_of() -> None:
    assert covered(DAY, [(at(0), at(1))]) == 0b1111
    assert covered(DAY, [(at(0.1), at(1.1))]) == 0b1110
    # Two shifts that touch within a quarter cover it together.
    assert covered(DAY, [(at(0.6), at(1)), (at(0), at(0.6))]) == 0b1111
    assert covered(DAY, [(at(-9), at(99))]) == DAY.all
    assert covered(DAY, [(at(0.1), at(0.2)), (at(-3), at(-1)), (at(30), at(31))]) == 0


def test_a_company_asks_for_every_quarter_it_is_open_in() -> None:
    assert touched(DAY, [(at(0.1), at(0.6))]) == 0b0111
    assert touched(DAY, [(at(-1), at(0))]) == 0


def test_counters_say_how_many_are_planned() -> None:
    assert levels([0b1110, 0b0110, 0b0100, 0b0100], 3) == [0b1110, 0b0110, 0b0100]
    assert levels([], 2) == [0, 0]


def test_gaps_are_told_in_half_hours_with_how_many_are_planned() -> None:
    early, late = covered(DAY, [(at(0), at(8))]), covered(DAY, [(at(4.25), at(12))])
    open_ = touched(DAY, [(at(2), at(14))])
    assert shortages(DAY, open_, [early, late], 2) == [
        Shortage(at(2), at(4.5), 1),
        Shortage(at(8), at(12), 1),
        Shortage(at(12), at(14), 0),
    ]
    assert shortages(DAY, open_, [early, late], 1) == [Shortage(at(12), at(14), 0)]
    assert shortages(DAY, 0, [], 2) == []
    assert Shortage(at(2), at(4.5), 1).half_hours == 5


SOME = st.integers(-40, 200)
STRETCHES = st.lists(
    st.tuples(SOME, st.integers(1, 60)).map(
        lambda pair: (
            START + pair[0] * timedelta(minutes=10),
            START + (pair[0] + pair[1]) * timedelta(minutes=10),
        )
    ),
    max_size=5,
)


@given(st.lists(STRETCHES, max_size=5), STRETCHES, st.integers(1, 4))
@settings(max_examples=60)
def test_the_masks_count_as_one_would_by_hand(people: list, hours: list, needed: int) -> None:
    found = shortages(DAY, touched(DAY, hours), [covered(DAY, planned) for planned in people], needed)
    told = {}
    for one in found:
        for n in range(one.half_hours):
            told[one.starts_at + n * 2 * STEP] = one.planned
    counted = {}
    for n in range(0, DAY.steps, 2):
        counts = [
            sum(_is_there(planned, quarter) for planned in people)
            for quarter in (START + n * STEP, START + (n + 1) * STEP)
            if any(start < quarter + STEP and end > quarter for start, end in hours)
        ]
        if counts and min(counts) < needed:
            counted[START + n * STEP] = min(counts)
    assert told == counted


def _is_there(planned: list, quarter: datetime) -> bool:
    minutes = (quarter + n * timedelta(minutes=5) for n in range(3))
    return all(any(start <= minute < end for start, end in planned) for minute in minutes)


def test_people_are_counted_as_one_by_one() -> None:
    dice = random.Random(3)
    masks = [dice.getrandbits(96) for _ in range(401)]
    assert count_planned(masks, 96) == [sum(mask >> q & 1 for mask in masks) for q in range(96)]
    assert count_planned([], 2) == [0, 0]
