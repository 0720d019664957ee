"""Erlang C and A against the tables, which were computed by two other methods, and against themselves."""

import csv
import json
import math

import pytest

from agency.domain.shifts.erlang import (
    CONCURRENCY_FACTORS,
    envelope,
    erlang_a,
    erlang_c,
    fewest_agents,
    pooled,
)
from tests import DATA


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


EDGES = json.loads((DATA / "erlang.json").read_text(encoding="utf-8"))


def per_hour(row: dict[str, str]) -> float:
    return float(row["volume"]) * 60 / float(row["interval_min"])


@pytest.mark.parametrize("row", rows("erlang_cases.csv"), ids=lambda row: row["volume"])
def test_erlang_c_agrees_with_every_row(row):
    load = {"per_hour": per_hour(row), "aht_s": float(row["aht_s"])}
    within = float(row["target_s"])
    agents = fewest_agents(
        **load,
        target=float(row["target_sl"]),
        within_s=within,
        max_occupancy=float(row["max_occupancy"]) if row["max_occupancy"] else None,
    )
    queue = erlang_c(**load, agents=agents)

    assert agents == int(row["agents"])
    assert queue.p_wait == pytest.approx(float(row["p_wait"]), abs=1e-6)
    assert queue.service_level(within) == pytest.approx(float(row["service_level"]), abs=1e-6)
    assert queue.mean_wait_s == pytest.approx(float(row["asa_s"]), abs=1e-3)
    assert queue.occupancy == pytest.approx(float(row["occupancy"]), abs=1e-6)
    if row["sl_one_fewer"]:
        fewer = erlang_c(**load, agents=agents - 1)
        assert fewer.service_level(within) == pytest.approx(float(row["sl_one_fewer"]), abs=1e-6)


@pytest.mark.parametrize("row", rows("erlang_a_cases.csv"), ids=lambda row: row["volume"])
def test_erlang_a_agrees_with_every_row(row):
    queue = erlang_a(
        per_hour=per_hour(row),
        aht_s=float(row["aht_s"]),
        agents=int(row["agents"]),
        patience_s=float(row["mean_patience_s"]),
    )

    assert queue.p_wait == pytest.approx(float(row["p_wait"]), abs=1e-6)
    assert queue.p_abandon == pytest.approx(float(row["p_abandon"]), abs=1e-6)
    assert queue.mean_wait_s == pytest.approx(float(row["mean_wait_s"]), abs=1e-3)
    assert queue.occupancy == pytest.approx(float(row["occupancy"]), abs=1e-6)


def test_a_patience_of_years_is_erlang_c():
    patient = erlang_a(per_hour=200, aht_s=180, agents=14, patience_s=1e9)
    endless = erlang_c(per_hour=200, aht_s=180, agents=14)

    assert patient.service_level(20) == pytest.approx(endless.service_level(20), abs=1e-6)
    assert patient.mean_wait_s == pytest.approx(endless.mean_wait_s, rel=1e-5)


def test_erlang_a_accounts_for_every_chat_at_the_end():
    queue = erlang_a(per_hour=200, aht_s=180, agents=8, patience_s=120)

    late = 3600.0
    assert queue.answered_within(late) + queue.left_within(late) == pytest.approx(1, abs=1e-9)
    assert queue.left_within(late) == pytest.approx(queue.p_abandon, abs=1e-9)


def test_hundreds_of_agents_neither_overflow_nor_vanish():
    busy = erlang_c(per_hour=5_940, aht_s=600, agents=1_000)
    idle = erlang_c(per_hour=1, aht_s=60, agents=900)
    swamped = erlang_a(per_hour=12_000, aht_s=600, agents=1_000, patience_s=300)

    # The square-root rule: at 99 % of a thousand agents, about two thirds of the chats wait.
    assert 0.6 < busy.p_wait < 0.75
    assert idle.p_wait == 0
    assert idle.service_level(0) == 1
    # So few wait that no float holds their share: then nobody leaves either.
    patient = erlang_a(per_hour=1, aht_s=60, agents=900, patience_s=30)
    assert (patient.p_wait, patient.p_abandon, patient.service_level(20)) == (0, 0, 1)
    # Twice the work that can be done: half of it is given up.
    assert swamped.p_abandon == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(("companies", "at_once", "operators"), [(250, 3, 26), (125, 3, 15), (50, 3, 8), (1, 1, 2)])
def test_the_practice_formula_gives_the_known_staffing(companies, at_once, operators):
    # 300 chats an hour over 250 companies, 600 s each: 90 % within 20 s.
    aht_s = 600 / CONCURRENCY_FACTORS[at_once - 1]
    needed = fewest_agents(per_hour=1.2 * companies, aht_s=aht_s, target=0.9, within_s=20)
    assert needed == operators


def test_one_slot_each_is_erlang_c_and_more_slots_are_never_worse():
    one = pooled(per_hour=100, aht_s=600, operators=20)
    assert one.p_wait == erlang_c(per_hour=100, aht_s=600, agents=20).p_wait
    levels = [
        pooled(per_hour=100, aht_s=600, operators=20, factors=CONCURRENCY_FACTORS[:slots]) for slots in range(1, 7)
    ]
    reached = [queue.service_level(20) for queue in levels]
    assert reached == sorted(reached)


def test_the_envelope_lies_over_every_factor_and_ends_on_the_last():
    speed = envelope(CONCURRENCY_FACTORS)
    for at, factor in enumerate(CONCURRENCY_FACTORS, 1):
        assert speed(at) >= factor - 1e-12
    assert speed(len(CONCURRENCY_FACTORS)) == CONCURRENCY_FACTORS[-1]
    assert speed(0) == 0
    # Two at 1.7 are slower than a mixture of one and three.
    assert speed(2) == pytest.approx(1.75)


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_hour": 0},
        {"per_hour": math.inf},
        {"aht_s": -1},
        {"agents": 0},
        {"agents": 10},
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        erlang_c(**{"per_hour": 200, "aht_s": 180, "agents": 14, **wrong})


def test_a_target_or_an_occupancy_out_of_range_is_refused():
    load = {"per_hour": 200, "aht_s": 180, "within_s": 20}
    with pytest.raises(ValueError, match="target"):
        fewest_agents(**load, target=1)
    with pytest.raises(ValueError, match="occupancy"):
        fewest_agents(**load, target=0.8, max_occupancy=0)
    assert fewest_agents(**load, target=0) == 11
    with pytest.raises(ValueError, match="rise"):
        pooled(per_hour=1, aht_s=60, operators=3, factors=(1.0, 0.9))
    with pytest.raises(ValueError, match="patience"):
        erlang_a(per_hour=1, aht_s=60, agents=3, patience_s=0)


@pytest.mark.parametrize("row", EDGES["fewest_agents"])
def test_a_whole_load_needs_one_more_and_is_no_error(row):
    load = {"per_hour": row["per_hour"], "aht_s": row["aht_s"]}
    assert fewest_agents(**load, target=0, within_s=20) == 14


@pytest.mark.parametrize("aht_s", [60, 90, 180, 330, 600])
def test_no_whole_load_is_an_error_whichever_way_it_was_divided(aht_s):
    for erlangs in range(1, 200):
        load = {"per_hour": erlangs * 3600 / aht_s, "aht_s": aht_s}
        assert fewest_agents(**load, target=0, within_s=20) == erlangs + 1


@pytest.mark.parametrize("row", EDGES["max_occupancy"])
def test_an_occupancy_may_be_met_exactly(row):
    found = fewest_agents(
        per_hour=row["erlang"] * 3600 / 180,
        aht_s=180,
        target=0,
        within_s=20,
        max_occupancy=row["max"],
    )
    assert found == row["agents"]


@pytest.mark.parametrize("row", EDGES["erlang_a"])
def test_an_overload_of_patient_visitors_has_figures(row):
    load = {key: row[key] for key in ("per_hour", "aht_s", "agents", "patience_s")}
    queue = erlang_a(**load)
    for key in ("p_abandon", "mean_wait_s", "p_wait"):
        assert getattr(queue, key) == pytest.approx(row[key], rel=1e-9)
    assert queue.service_level(20) == 0
    # All who stay are answered by the fluid wait of patience x ln(arrivals / capacity) = 16,578 s.
    assert queue.answered_within(14_000) == pytest.approx(0, abs=1e-3)
    assert queue.answered_within(20_000) == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize("patience_s", [1, 600, 7200, 1e6])
@pytest.mark.parametrize("per_hour", [0.01, 10, 199.99, 200, 2000, 1e6])
def test_every_load_has_figures_that_json_can_hold(per_hour, patience_s):
    queue = erlang_a(per_hour=per_hour, aht_s=180, agents=10, patience_s=patience_s)
    for value in (queue.p_wait, queue.p_abandon, queue.mean_wait_s, queue.service_level(20)):
        assert math.isfinite(value)
    assert 0 <= queue.p_wait <= 1
    # Each chat that comes is answered or leaves: work done is work that stayed.
    assert queue.occupancy <= 1 + 1e-9
