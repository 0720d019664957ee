"""The simulated day: what is drawn, who may help whom, how fast work goes, and that a seed fixes it all."""

from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from agency.domain.shifts.erlang import CONCURRENCY_FACTORS
from agency.domain.simulation import engine, measures, report
from agency.domain.simulation.day import SimulatedChat, draw_chats, share_of_each
from agency.domain.simulation.desks import SimulatedDesk
from agency.domain.simulation.engine import simulate
from agency.domain.simulation.measures import (
    Estimate,
    count,
    mean_of,
    measure,
    measure_time,
    samples,
    summarise,
    t_95,
)
from agency.domain.simulation.plan import POLICIES, Plan, SimulatedShift, all_day, steady
from agency.domain.simulation.team import certify, separate

HOUR = 3600.0


def plan(per_hour: float = 60, hours: float = 2, operators: int = 6, **facts) -> Plan:
    rates = steady(per_hour, hours)
    known = {"aht_s": 300.0, "companies": 10, "concurrency": 2, "seed": 5}
    return Plan(rates=rates, shifts=all_day(operators, rates), **{**known, **facts})


def fates(outcome) -> list[tuple[float | None, float | None]]:
    return [(chat.answered_at, chat.left_at) for chat in outcome.chats]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_seed_fixes_every_chat_to_the_last_bit(policy):
    day = plan(patience_s=60.0, bounce=0.2, accept_s=3.0, breadth=0.5)
    once, again = simulate(day, policy), simulate(day, policy)

    assert fates(once) == fates(again)
    assert once.spent == again.spent
    assert fates(once) != fates(simulate(replace(day, seed=6), policy))
    assert fates(once) != fates(simulate(day, policy, replication=1))


def test_every_policy_meets_the_same_visitors():
    drawn = [
        [(chat.arrived, chat.company, chat.demand, chat.patience) for chat in outcome.chats]
        for outcome in (simulate(plan(patience_s=60.0), policy) for policy in POLICIES)
    ]
    assert all(one == drawn[0] for one in drawn)


def test_another_patience_or_length_leaves_the_arrivals_alone():
    usual = draw_chats(plan(), 0)
    other = draw_chats(plan(patience_s=10.0, aht_s=900.0), 0)
    assert [chat.arrived for chat in usual] == [chat.arrived for chat in other]
    assert [chat.demand * 3 for chat in usual] == pytest.approx([chat.demand for chat in other])


@pytest.mark.parametrize("policy", POLICIES)
def test_every_chat_is_answered_or_left_and_never_both(policy):
    outcome = simulate(plan(per_hour=150, patience_s=40.0, bounce=0.3, accept_s=2.0), policy)
    for chat in outcome.chats:
        assert (chat.answered_at is None) != (chat.left_at is None)
        if chat.answered_at is not None:
            assert chat.answered_at <= chat.arrived + chat.patience
        else:
            assert chat.left_at == pytest.approx(chat.arrived + chat.patience)
    level = count(outcome.chats, plan())
    assert level.offered == level.answered + level.abandoned + level.short_abandons


def test_two_chats_of_one_operator_go_slower_and_each_gets_its_work():
    desk = SimulatedDesk(
        number=0,
        operator_id=UUID(int=1),
        companies=frozenset({0}),
        slots=2,
        load_limit=4.0,
        factors=CONCURRENCY_FACTORS,
        starts=0.0,
        ends=HOUR,
        counted_from=0.0,
        here=True,
    )
    for number, (at, demand) in enumerate([(0.0, 100.0), (50.0, 200.0)]):
        desk.offer(at)
        desk.begin(SimulatedChat(number, 0, at, demand, 0.0, 0.0), at)
    assert not desk.is_free

    # Alone for 50 s, then each at 1.7 / 2: the second's other 150 s are alone again.
    first = desk.next_end()
    assert first == pytest.approx(50 + 50 / 0.85)
    desk.end_next(first)
    assert desk.is_free
    assert desk.next_end() == pytest.approx(first + 150)


def test_occupancies_of_a_day_add_up():
    day = plan(per_hour=30, operators=4, silent=0.0)
    outcome = simulate(day, "balie")
    time = measure_time(outcome, day)

    assert outcome.spent.staffed == pytest.approx(4 * 2 * HOUR)
    assert outcome.spent.slots == pytest.approx(2 * outcome.spent.staffed)
    assert time["occupancy_cap"] <= time["occupancy_slots"] <= time["occupancy_chat"] < 1


def test_each_company_has_somebody_and_the_large_ones_more():
    shares = share_of_each(50, "zipf")
    team = certify(shares=shares, operators=10, breadth=0.2, stream=Random(1))
    people = [sum(company in one for one in team) for company in range(50)]

    assert sum(map(len, team)) == 100
    assert min(people) == 1
    assert people[0] == 10
    assert people == sorted(people, reverse=True)
    assert max(map(len, team)) - min(map(len, team)) <= 1


def test_too_few_certifications_for_every_company_are_refused():
    with pytest.raises(ValueError, match="breadth: 6 operators need"):
        simulate(plan(companies=100, breadth=0.01), "balie")


def test_teams_of_a_silo_share_nobody_and_get_people_by_work():
    team = separate(shares=[0.5, 0.2, 0.2, 0.1], operators=6, pools=2)
    assert sorted(map(sorted, team)) == [[0]] * 3 + [[1, 2, 3]] * 3
    alone = separate(shares=share_of_each(250, "even"), operators=26, pools=26)
    assert sorted(company for one in alone for company in one) == list(range(250))


def test_a_silo_leaves_free_operators_idle_while_a_chat_of_another_team_waits():
    day = plan(per_hour=200, operators=10, concurrency=1, aht_s=150.0)
    apart, together = (measure(simulate(day, policy).chats, day) for policy in ("silo", "balie"))
    assert apart["service_level_20"] < together["service_level_20"] - 0.1


def test_a_bounced_chat_goes_round_the_desk_and_its_clock_runs_on():
    day = plan(per_hour=10, operators=3, bounce=0.5)
    chats = simulate(day, "balie").chats
    bounced = [chat for chat in chats if chat.bounces]
    assert bounced
    for chat in bounced:
        assert chat.answered_at - chat.arrived == pytest.approx(10 * chat.bounces)


def test_an_accept_takes_its_seconds_and_a_slot_meanwhile():
    day = plan(per_hour=10, operators=3, accept_s=4.0)
    figures = measure(simulate(day, "longest_idle").chats, day)
    assert figures["wait_p50_s"] == pytest.approx(4.0)


def test_nobody_works_outside_their_shift_and_who_comes_too_late_is_counted():
    rates = steady(30, 2)
    early = replace(plan(operators=2), rates=rates, shifts=(SimulatedShift(2, 0.0, HOUR),))
    chats = simulate(early, "balie").chats
    assert all(chat.answered_at < HOUR for chat in chats if chat.arrived < HOUR * 0.9)
    late = [chat for chat in chats if chat.arrived > HOUR]
    assert late
    assert all(chat.answered_at is None for chat in late)
    figures = measure(chats, early)
    assert figures["unserved"] >= len(late)
    assert figures["service_level_20"] < 0.7


def test_looking_at_the_oldest_only_changes_nothing(monkeypatch):
    day = plan(per_hour=300, operators=6, concurrency=1, breadth=0.3, promises=(20, 60, 120))
    found = []
    # One ahead is where a promise with many chats could hide the only one of another.
    for ahead in (1, 10_000):
        monkeypatch.setattr(engine, "AHEAD", ahead)
        found.append(fates(simulate(day, "balie")))
    assert found[0] == found[1]


@pytest.mark.parametrize("shares", ["even", "zipf"])
@pytest.mark.parametrize("companies", [1, 3, 10])
def test_the_shares_of_the_companies_are_one_together(companies, shares):
    assert sum(share_of_each(companies, shares)) == pytest.approx(1)


def test_who_drains_is_spared_overtime_while_others_are_there():
    rates = steady(30, 2)
    crews = (SimulatedShift(3, 0.0, HOUR), SimulatedShift(3, 0.0, 2 * HOUR))
    day = replace(plan(operators=6), rates=rates, shifts=crews)
    late = {policy: measure_time(simulate(day, policy), day)["overtime_s"] for policy in ("balie", "longest_idle")}
    assert 0 <= late["balie"] < late["longest_idle"]


def test_a_longer_promise_lets_a_shorter_one_go_first_and_says_for_how_long():
    day = plan(per_hour=140, hours=6, operators=6, concurrency=1, aht_s=150.0)
    day = replace(day, promises=(20, 120), patience_s=60.0)
    figures = measure(simulate(day, "balie").chats, day)
    in_order = measure(simulate(day, "longest_idle").chats, day)

    assert in_order["passed_over_max_s"] == 0
    assert figures["passed_over_max_s"] > 0
    assert figures["service_level_promise"] > in_order["service_level_promise"]


def test_beginners_have_three_slots_at_most():
    day = plan(operators=4, concurrency=6, beginners=0.5)
    assert simulate(day, "balie").spent.slots == pytest.approx((3 + 3 + 6 + 6) * 2 * HOUR)


def test_the_first_hours_may_be_left_out_of_the_count():
    day = plan(warmup_s=HOUR)
    outcome = simulate(day, "balie")
    assert min(chat.arrived for chat in outcome.chats) >= HOUR
    assert outcome.spent.staffed == pytest.approx(6 * HOUR)


def test_an_interval_comes_from_days_or_from_the_parts_of_a_long_one():
    day = plan(per_hour=150, operators=8, hours=100)
    single = simulate(day, "balie")
    assert len(samples([single], day)) == 5
    assert summarise([single], day)["mean_wait_s"].half is not None
    assert summarise([single], day)["occupancy_chat"].half is None

    day = replace(day, rates=steady(150, 8), shifts=all_day(8, steady(150, 8)))
    days = [simulate(day, "balie", replication=one) for one in range(3)]
    figures = summarise(days, day)
    offered = [len(one.chats) for one in days]
    assert figures["offered"].value == pytest.approx(sum(offered) / 3)
    assert figures["occupancy_chat"].half is not None


def test_a_day_with_few_queues_has_no_interval_and_says_so():
    day = plan(per_hour=60, operators=8)
    found = report.run(day, ["balie", "round_robin"])
    assert found.figures["balie"]["mean_wait_s"].value is not None
    assert found.figures["balie"]["mean_wait_s"].half is None
    assert any("fewer than 8 queues" in line for line in report.as_lines(found))
    assert found.above("round_robin").value is None


def test_chats_that_wait_one_after_another_are_one_queue():
    def chat(number, wait):
        arrived = 60.0 * number
        drawn = {"company": 0, "demand": 300.0, "patience": 60.0, "phase": 0.0}
        return SimulatedChat(number, arrived=arrived, answered_at=arrived + wait, **drawn)

    day = plan(accept_s=4)
    assert measures._queues([chat(n, wait) for n, wait in enumerate((9, 9, 4, 9, 0, 0, 9))], day) == 3
    assert measures._queues([chat(n, wait) for n, wait in enumerate((0, 9))], day) == 1
    assert measures._queues([], day) == 0


def test_seconds_to_accept_are_no_queue():
    day = plan(per_hour=10, operators=8, hours=100, accept_s=4)
    assert samples([simulate(day, "balie")], day) == []


def test_who_begins_after_the_day_has_no_part_in_it():
    rates = steady(20, 2)
    one = Plan(rates=rates, shifts=(SimulatedShift(1, 0, 2 * HOUR),), aht_s=600, seed=3)
    late = replace(one, shifts=(*one.shifts, SimulatedShift(5, 5 * HOUR, 9 * HOUR)))
    assert late.operators == 1
    waits = [measure(simulate(day, "balie").chats, day)["mean_wait_s"] for day in (one, late)]
    assert waits == [pytest.approx(11_378, abs=1)] * 2
    with pytest.raises(ValueError, match="operators"):
        replace(one, shifts=(SimulatedShift(5, 5 * HOUR, 9 * HOUR),))


def test_a_mean_of_few_values_has_the_interval_of_student():
    known = mean_of([1.0, 2.0, 3.0, None])
    assert known.value == 2
    assert known.half == pytest.approx(4.3027 / 3**0.5)
    assert known.holds(2.5)
    assert not Estimate(1.0).holds(1.0)
    assert mean_of([4.0]) == Estimate(4.0)
    assert t_95(60) == pytest.approx(2.0003, abs=1e-4)
    assert t_95(31) < t_95(30)
