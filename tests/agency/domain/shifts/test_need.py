"""People for a half hour of chats: the figures of docs/pool.md, and what must hold for any pace and promise."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agency.domain.shifts.erlang import fewest_agents
from agency.domain.shifts.need import PLANNED_AT_ONCE, Pace, people_needed

ALONE = Pace(aht_s=600, at_once=1, chats=1000)


def need(chats: float, pace: Pace = ALONE, share: float = 0.9, within_s: float = 20) -> int:
    return people_needed(chats, pace=pace, share=share, within_s=within_s)


def test_300_chats_an_hour_of_ten_minutes_need_26_people() -> None:
    assert need(150) == 26


def test_no_chats_need_nobody_and_the_least_of_them_somebody() -> None:
    assert need(0) == 0
    assert need(0.001) == 1


def test_a_chat_measured_beside_others_takes_less_of_its_operator() -> None:
    # Two at once work at 1.7, so each takes 2 / 1.7 as long as it would alone.
    beside = Pace(aht_s=600 * 2 / 1.7, at_once=2, chats=1000)
    assert beside.alone_s == pytest.approx(600)
    assert beside.planned_s == pytest.approx(600 / 2.5)
    assert need(150, beside) == 26
    assert Pace(aht_s=300, at_once=0).alone_s == 300
    assert Pace(aht_s=300, at_once=40).alone_s == pytest.approx(300 * 3.9 / 6)


def test_without_measurements_a_chat_alone_takes_ten_minutes() -> None:
    assert Pace().alone_s == 600
    assert Pace().chats == 0


def test_it_is_erlang_c_at_the_speed_of_three() -> None:
    assert PLANNED_AT_ONCE == 3
    for chats in (5, 20, 60):
        assert need(chats) == fewest_agents(per_hour=2 * chats, aht_s=600 / 2.5, target=0.9, within_s=20)


@settings(max_examples=40)
@given(
    chats=st.floats(0.1, 300),
    aht=st.floats(30, 1800),
    share=st.floats(0.5, 1),
    within=st.integers(5, 120),
)
def test_more_work_or_a_stricter_promise_never_needs_fewer(chats: float, aht: float, share: float, within: int) -> None:
    pace = Pace(aht_s=aht, at_once=1, chats=1000)
    found = need(chats, pace, share, within)
    assert found > chats * 2 / 3600 * pace.planned_s - 1e-9
    assert found <= need(chats * 1.1, pace, share, within)
    assert found <= need(chats, Pace(aht_s=aht * 1.1, at_once=1, chats=1000), share, within)
    assert found >= need(chats, pace, share * 0.9, within)
    assert found >= need(chats, pace, share, within * 2)
    assert math.isfinite(found)
