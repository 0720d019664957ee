"""A day is covered by a person's stretches and by their absence: no gap, no overlap, and its sum is the clock's."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.facts.presence import (
    AWAY,
    BREAK,
    FREE,
    STAFFED,
    STATES,
    PresenceStretch,
    state_of,
    time_in,
    timeline,
)
from agency.domain.hours.periods import day_bounds

ZONE = "Europe/Amsterdam"
BEGIN = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def test_what_nobody_wrote_down_is_away() -> None:
    stretches = [PresenceStretch(FREE, at(10), at(20), capacity=6), PresenceStretch(BREAK, at(20), at(30), "lunch", 6)]
    assert timeline(stretches, at(0), at(60)) == [
        PresenceStretch(AWAY, at(0), at(10)),
        *stretches,
        PresenceStretch(AWAY, at(30), at(60)),
    ]
    assert timeline([], at(0), at(60)) == [PresenceStretch(AWAY, at(0), at(60))]


def test_a_stretch_is_cut_where_the_day_is() -> None:
    whole = PresenceStretch(FREE, at(-60), at(90), capacity=6)
    assert timeline([whole], at(0), at(60)) == [PresenceStretch(FREE, at(0), at(60), capacity=6)]
    assert timeline([PresenceStretch(FREE, at(60), at(90))], at(0), at(60)) == [PresenceStretch(AWAY, at(0), at(60))]


def test_two_that_overlap_are_no_day() -> None:
    with pytest.raises(ValueError, match="overlap"):
        timeline([PresenceStretch(FREE, at(0), at(20)), PresenceStretch(BREAK, at(19), at(30))], at(0), at(60))


def test_a_break_goes_before_a_drain_and_a_drain_before_the_slots() -> None:
    seat = {"paused": False, "pause_reason": "", "draining": False, "used": 2, "capacity": 3}
    assert state_of(**seat) == "free"
    assert state_of(**seat | {"used": 3}) == state_of(**seat | {"used": 4}) == "full"
    assert state_of(**seat | {"used": 3, "draining": True}) == "drain"
    assert state_of(**seat | {"draining": True, "paused": True, "pause_reason": "lunch"}) == "break"
    assert state_of(**seat | {"paused": True, "pause_reason": "training"}) == "training"


# The two nights on which the clock is set, and days around them.
DAYS = st.sampled_from([date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25)])
CUTS = st.lists(st.integers(-7_200, 100_000), min_size=2, max_size=20, unique=True).map(sorted)


@given(DAYS, CUTS, st.data())
def test_each_day_is_covered_whole_and_its_sum_is_the_clock_s(day: date, cuts: list[int], data: st.DataObject) -> None:
    begin, end = day_bounds(day, ZONE)
    assert (end - begin) in {timedelta(hours=hours) for hours in (23, 24, 25)}
    stretches = [
        PresenceStretch(state, begin + timedelta(seconds=earlier), begin + timedelta(seconds=later))
        for earlier, later in pairwise(cuts)
        if (state := data.draw(st.sampled_from([*sorted(STATES - {AWAY}), None]))) is not None
    ]
    covered = timeline(data.draw(st.permutations(stretches)), begin, end)
    assert (covered[0].starts_at, covered[-1].ends_at) == (begin, end)
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(covered))
    assert time_in(covered, STATES) == end - begin
    for state in (*sorted(STATES - {AWAY}), *STAFFED):
        within = [
            min(one.ends_at, end) - max(one.starts_at, begin)
            for one in stretches
            if one.state == state and one.ends_at > begin and one.starts_at < end
        ]
        assert time_in(covered, [state]) == sum(within, timedelta())
