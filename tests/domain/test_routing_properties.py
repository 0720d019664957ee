"""What no pool, however odd, may make the policy do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from agency.domain.routing import Candidate, Entry, choose, order

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COMPANIES = [UUID(int=number) for number in range(100, 102)]
OPERATORS = [UUID(int=number) for number in range(1, 9)]

moments = st.integers(0, 90).map(lambda seconds: NOW - timedelta(seconds=seconds))
languages = st.sampled_from(["nl", "en"])

entries = st.builds(
    Entry,
    chat_id=st.uuids(),
    company_id=st.sampled_from(COMPANIES),
    language=languages,
    arrived_at=moments,
    promise_seconds=st.sampled_from([10, 20, 30, 60]),
    at_head=st.booleans(),
    bounced_by=st.dictionaries(st.sampled_from(OPERATORS), st.integers(1, 3), max_size=6),
    bounces=st.integers(0, 2),
)
# Seven of eight are not in the way, so that many operators may have the chat.
mostly = st.sampled_from([True] * 7 + [False])
rarely = mostly.map(lambda held: not held)
candidates = st.builds(
    Candidate,
    operator_id=st.sampled_from(OPERATORS),
    certified=st.sampled_from([frozenset(COMPANIES), *(frozenset({c}) for c in COMPANIES)]),
    languages=st.sampled_from([frozenset({"nl", "en"}), frozenset({"nl"}), frozenset({"en"})]),
    capacity=st.sampled_from([0, 3, 6, 6]),
    used=st.sampled_from([0, 1, 2, 3, 5, 6, 7]),
    load=st.sampled_from([0.0, 1.3]),
    idle_since=moments,
    paused=rarely,
    draining=st.booleans(),
    leased=mostly,
)
pools = st.sampled_from([0, 4, 6]).flatmap(
    lambda least: st.lists(
        candidates, min_size=least, max_size=8, unique_by=lambda candidate: candidate.operator_id
    )
)


def times(entry: Entry, candidate: Candidate) -> int:
    return entry.bounced_by.get(candidate.operator_id, 0)


def could(entry: Entry, candidate: Candidate) -> bool:
    """Everything but the slots and the drain."""
    return (
        candidate.leased
        and not candidate.paused
        and entry.company_id in candidate.certified
        and entry.language in candidate.languages
    )


@given(entries, pools)
def test_the_chosen_may_have_the_chat_and_has_room(entry: Entry, pool: list[Candidate]) -> None:
    choice = choose(entry, pool, NOW)
    by_id = {candidate.operator_id: candidate for candidate in pool}
    if choice.operator_id is not None:
        best = by_id[choice.operator_id]
        assert could(entry, best)
        assert best.used < best.capacity
        assert best.load == min(
            other.load
            for other in pool
            if could(entry, other)
            and other.used < other.capacity
            and other.draining <= best.draining
            and times(entry, other) == times(entry, best)
        )


@given(entries, pools)
def test_a_chat_waits_only_if_nobody_could_take_it(entry: Entry, pool: list[Candidate]) -> None:
    remaining = [c for c in pool if could(entry, c) and not c.draining]
    askable = remaining or [c for c in pool if could(entry, c)]
    waits = all(c.used >= c.capacity for c in askable)
    assert (choose(entry, pool, NOW).operator_id is None) is waits


@given(entries, pools)
def test_everybody_else_is_refused_with_a_reason(entry: Entry, pool: list[Candidate]) -> None:
    choice = choose(entry, pool, NOW)
    everybody = {candidate.operator_id for candidate in pool}
    assert set(choice.refused) == everybody - {choice.operator_id}
    assert all(choice.refused.values())
    assert choice.reasons
    assert all(choice.reasons)


@given(entries, pools, st.randoms())
def test_the_order_of_the_rows_changes_nothing(
    entry: Entry, pool: list[Candidate], random: Random
) -> None:
    first = choose(entry, pool, NOW)
    random.shuffle(pool)
    assert choose(entry, pool, NOW) == first


@given(entries, pools)
def test_a_bouncer_is_asked_again_only_when_alone(entry: Entry, pool: list[Candidate]) -> None:
    choice = choose(entry, pool, NOW)
    if choice.operator_id not in entry.bounced_by:
        return
    others = [candidate for candidate in pool if candidate.operator_id not in entry.bounced_by]
    again = choose(entry, others, NOW)
    if again.operator_id is not None:
        # Only a draining operator is left behind for it: the company still has this one.
        by_id = {candidate.operator_id: candidate for candidate in pool}
        assert by_id[again.operator_id].draining
        assert not by_id[choice.operator_id].draining


@given(st.lists(entries, max_size=12, unique_by=lambda entry: entry.chat_id), st.randoms())
def test_the_queue_is_one_order_whoever_sorts_it(queue: list[Entry], random: Random) -> None:
    sorted_once = order(queue, NOW)
    random.shuffle(queue)
    assert order(queue, NOW) == sorted_once
    assert order(queue, NOW + timedelta(seconds=77)) == sorted_once
    heads = [entry.at_head for entry in sorted_once]
    assert heads == sorted(heads, reverse=True)
    for before, after in pairwise(sorted_once):
        if before.at_head == after.at_head:
            due = [e.arrived_at + timedelta(seconds=e.promise_seconds) for e in (before, after)]
            assert due[0] <= due[1]


@given(entries, pools)
def test_one_more_slot_each_never_costs_a_chat_its_operator(
    entry: Entry, pool: list[Candidate]
) -> None:
    if choose(entry, pool, NOW).operator_id is None:
        return
    roomier = [replace(candidate, capacity=candidate.capacity + 1) for candidate in pool]
    assert choose(entry, roomier, NOW).operator_id is not None


def test_the_pools_drawn_here_lead_to_choices_of_every_kind() -> None:
    """Without this, pools in which nobody can answer would prove all of the above."""
    kinds = {"certified", "longest idle", "bounced it", "draining", "nobody possible"}
    seen: set[str] = set()

    class SeenAll(Exception):
        pass

    @settings(max_examples=3000, database=None, phases=[Phase.generate])
    @given(entries, pools)
    def look(entry: Entry, pool: list[Candidate]) -> None:
        reasons = choose(entry, pool, NOW).reasons
        seen.update(k for k in kinds if any(reason.startswith(k) for reason in reasons))
        if seen == kinds:
            raise SeenAll

    with pytest.raises(SeenAll):
        look()
