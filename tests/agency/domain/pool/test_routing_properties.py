"""The things that no pool, however odd, may make the policy do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from agency.domain.pool.routing import STARVED_AFTER, Candidate, Entry, choose, is_starved, order

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COMPANIES = [UUID(int=number) for number in range(100, 102)]
OPERATORS = [UUID(int=number) for number in range(1, 9)]

moments = st.integers(0, 150).map(lambda seconds: NOW - timedelta(seconds=seconds))
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
    earlier_operator=st.none() | st.sampled_from(OPERATORS),
    called=st.booleans(),
    load_limit=st.sampled_from([None, None, 1.0]),
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
    is_lead=rarely,
    load_limit=st.sampled_from([None, 1.0, 2.0]),
    chat_limits=st.sampled_from([{}, {}, {}, {COMPANIES[0]: 1}]),
    chats=st.sampled_from([{}, {COMPANIES[0]: 1}]),
    unread=st.sampled_from([frozenset(), frozenset(), frozenset(COMPANIES[:1])]),
)
pools = st.sampled_from([0, 4, 6]).flatmap(
    lambda least: st.lists(candidates, min_size=least, max_size=8, unique_by=lambda candidate: candidate.operator_id)
)


def times(entry: Entry, candidate: Candidate) -> int:
    return entry.bounced_by.get(candidate.operator_id, 0)


def could(entry: Entry, candidate: Candidate) -> bool:
    """Everything but the slots."""
    return (
        candidate.leased
        and not candidate.paused
        and entry.company_id in candidate.certified
        and entry.language in candidate.languages
    )


def has_room(entry: Entry, candidate: Candidate) -> bool:
    """A free slot, and a chat left of what the company allows this operator."""
    limit = candidate.chat_limits.get(entry.company_id, 99)
    return candidate.used < candidate.capacity and candidate.chats.get(entry.company_id, 0) < limit


@given(entries, pools)
def test_the_chosen_may_have_the_chat_and_has_room(entry: Entry, pool: list[Candidate]) -> None:
    """Certified, in its language, here, not on a break, and with a slot free: of whoever is chosen, always."""
    choice = choose(entry, pool, NOW)
    by_id = {candidate.operator_id: candidate for candidate in pool}
    if choice.operator_id is not None:
        best = by_id[choice.operator_id]
        assert could(entry, best)
        assert has_room(entry, best)


def alike(entry: Entry, candidate: Candidate) -> tuple[object, ...]:
    """All that counts before the load."""
    limits = [limit for limit in (entry.load_limit, candidate.load_limit) if limit is not None]
    return (
        candidate.draining,
        times(entry, candidate),
        candidate.is_lead,
        entry.company_id in candidate.unread,
        candidate.load >= min(limits, default=99),
        candidate.operator_id == entry.earlier_operator,
    )


@given(entries, pools)
def test_among_equals_the_load_decides(entry: Entry, pool: list[Candidate]) -> None:
    choice = choose(entry, pool, NOW)
    if choice.operator_id is None:
        return
    best = next(c for c in pool if c.operator_id == choice.operator_id)
    assert best.load == min(
        other.load
        for other in pool
        if could(entry, other) and has_room(entry, other) and alike(entry, other) == alike(entry, best)
    )


@given(entries, pools)
def test_a_chat_waits_only_if_nobody_could_take_it(entry: Entry, pool: list[Candidate]) -> None:
    """No drain, soft limit, unread instruction, bounce or call ever keeps a chat from a certified free slot."""
    waits = not any(could(entry, c) and has_room(entry, c) for c in pool)
    assert (choose(entry, pool, NOW).operator_id is None) is waits


@given(entries, pools)
def test_who_drains_is_asked_only_where_nobody_else_has_a_slot(entry: Entry, pool: list[Candidate]) -> None:
    choice = choose(entry, pool, NOW)
    free = [c for c in pool if could(entry, c) and has_room(entry, c)]
    drains = {c.operator_id for c in pool if c.draining}
    if choice.operator_id is not None:
        assert (choice.operator_id in drains) is all(c.draining for c in free)


@given(entries, pools)
def test_everybody_else_is_refused_with_a_reason(entry: Entry, pool: list[Candidate]) -> None:
    choice = choose(entry, pool, NOW)
    everybody = {candidate.operator_id for candidate in pool}
    assert set(choice.refused) == everybody - {choice.operator_id}
    assert all(choice.refused.values())
    assert choice.reasons
    assert all(choice.reasons)


@given(entries, pools, st.randoms())
def test_the_order_of_the_rows_changes_nothing(entry: Entry, pool: list[Candidate], random: Random) -> None:
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
        # Only a draining operator is spared for it: they are the last resort.
        by_id = {candidate.operator_id: candidate for candidate in pool}
        assert by_id[again.operator_id].draining
        assert not by_id[choice.operator_id].draining


queues = st.lists(entries, max_size=12, unique_by=lambda entry: entry.chat_id)


@given(queues, st.randoms())
def test_the_queue_is_one_order_whoever_sorts_it(queue: list[Entry], random: Random) -> None:
    sorted_once = order(queue, NOW)
    random.shuffle(queue)
    assert order(queue, NOW) == sorted_once
    starved = [is_starved(entry, NOW) for entry in sorted_once]
    assert starved == sorted(starved, reverse=True)
    for before, after in pairwise(sorted_once):
        if is_starved(before, NOW) == is_starved(after, NOW) and (
            is_starved(after, NOW) or before.at_head == after.at_head
        ):
            assert before.due_at <= after.due_at


@given(queues, st.integers(0, 300))
def test_time_alone_never_costs_a_starved_chat_its_place(queue: list[Entry], later: int) -> None:
    """The clock only ever moves a chat forward in the one way: over the edge of its own patience."""
    then = NOW + timedelta(seconds=later)
    starved = [entry for entry in order(queue, NOW) if is_starved(entry, NOW)]
    assert order(queue, then)[: len(starved)] == starved


arrivals_of_a_day = st.lists(
    st.tuples(st.integers(0, 8), st.sampled_from([5, 20, 60]), st.booleans()),
    min_size=12,
    max_size=30,
)


@given(arrivals_of_a_day, st.integers(10, 20))
@settings(max_examples=60)
def test_no_chat_is_passed_over_past_the_bound(arrivals: list[tuple[int, int, bool]], service_seconds: int) -> None:
    """A day at one slot that may be far too slow, with chats of dead consoles pushing in all the time.

    Whenever the slot frees, the chat it takes had an earlier promise than every chat that then waited beyond the bound.
    """
    now, coming = NOW, []
    for number, (gap, promise, at_head) in enumerate(arrivals):
        now += timedelta(seconds=gap)
        coming.append(Entry(UUID(int=number), COMPANIES[0], "nl", now, promise, at_head=at_head))
    waiting: list[Entry] = []
    now = NOW
    while coming or waiting:
        now += timedelta(seconds=service_seconds)
        waiting += [entry for entry in coming if entry.arrived_at <= now]
        coming = [entry for entry in coming if entry.arrived_at > now]
        if waiting:
            served, *waiting = order(waiting, now)
            for passed in waiting:
                if now >= passed.due_at + timedelta(seconds=STARVED_AFTER):
                    assert (served.due_at, served.arrived_at) <= (passed.due_at, passed.arrived_at)


@given(st.integers(1, 8), st.integers(0, 30))
def test_equals_hold_equally_many_within_one_chat(operators: int, chats: int) -> None:
    pool = {
        who: Candidate(who, frozenset(COMPANIES), frozenset({"nl"}), 6, 0, 0.0, NOW) for who in OPERATORS[:operators]
    }
    for number in range(min(chats, 6 * operators)):
        entry = Entry(UUID(int=number), COMPANIES[number % 2], "nl", NOW, 20)
        who = choose(entry, list(pool.values()), NOW).operator_id
        assert who is not None
        pool[who] = replace(pool[who], used=pool[who].used + 1, load=pool[who].load + 1.0)
    held = [candidate.used for candidate in pool.values()]
    assert max(held) - min(held) <= 1


@given(entries, pools)
def test_one_more_slot_each_never_costs_a_chat_its_operator(entry: Entry, pool: list[Candidate]) -> None:
    if choose(entry, pool, NOW).operator_id is None:
        return
    roomier = [replace(candidate, capacity=candidate.capacity + 1) for candidate in pool]
    assert choose(entry, roomier, NOW).operator_id is not None


def test_the_pools_drawn_here_lead_to_choices_of_every_kind() -> None:
    """Without this, pools in which nobody can answer would prove all of the above."""
    kinds = {
        "certified",
        "longest_idle",
        "bounced_alone",
        "bounced_by_all",
        "draining_alone",
        "nobody",
        "lead_called",
        "helped_before",
        "unread",
        "all_at_soft_limit",
    }
    seen: set[str] = set()

    class SeenAll(Exception):
        pass

    @settings(max_examples=3000, database=None, phases=[Phase.generate])
    @given(entries, pools)
    def look(entry: Entry, pool: list[Candidate]) -> None:
        seen.update(kinds & {reason.code for reason in choose(entry, pool, NOW).reasons})
        if seen == kinds:
            raise SeenAll

    with pytest.raises(SeenAll):
        look()
