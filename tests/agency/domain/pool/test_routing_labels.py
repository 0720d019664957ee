"""Every reason that the router gives is given exactly where what it says is true, in whatever pool."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agency.domain.pool.routing import Candidate, Choice, Entry, choose
from tests.agency.domain.pool.test_routing_properties import (
    COMPANIES,
    NOW,
    OPERATORS,
    entries,
    has_room,
    pools,
    times,
)

# Why somebody can't have the chat: the first that holds is what is said.
CANNOT: dict[str, Callable[[Entry, Candidate], bool]] = {
    "no_lease": lambda _, one: not one.leased,
    "paused": lambda _, one: one.paused,
    "not_certified": lambda entry, one: entry.company_id not in one.certified,
    "no_language": lambda entry, one: entry.language not in one.languages,
    "full": lambda _, one: one.used >= one.capacity,
    "company_limit": lambda entry, one: not has_room(entry, one),
}


def busy(entry: Entry, one: Candidate) -> bool:
    """At or above the lower of the company's limit of load and their own."""
    return any(one.load >= limit for limit in (entry.load_limit, one.load_limit) if limit is not None)


def lets_lead(entry: Entry, one: Candidate) -> bool:
    return entry.called and not one.is_lead


# Why somebody else is rather asked: the first in which the two differ. Less is better in each.
RATHER: dict[str, Callable[[Entry, Candidate], object]] = {
    "draining": lambda _, one: one.draining,
    "bounced": times,
    "not_lead": lets_lead,
    "unread": lambda entry, one: entry.company_id in one.unread,
    "at_soft_limit": busy,
    "another_helped": lambda entry, one: one.operator_id != entry.earlier_operator,
    "higher_load": lambda _, one: one.load,
    "less_idle": lambda _, one: one.idle_since,
    "higher_id": lambda _, one: one.operator_id,
}
BEFORE_IDLE = list(RATHER.values())[:-2]


def why_not(entry: Entry, one: Candidate) -> str:
    return next((code for code, holds in CANNOT.items() if holds(entry, one)), "")


def why_rather(entry: Entry, one: Candidate, best: Candidate) -> str:
    code = next(code for code, of in RATHER.items() if of(entry, one) != of(entry, best))
    return "bounced_more" if code == "bounced" and times(entry, best) else code


def labels(entry: Entry, best: Candidate, possible: list[Candidate]) -> set[str]:
    """Return what is true of the chosen one among those who could have it."""
    others = [one for one in possible if one is not best]
    tied = [one for one in others if all(of(entry, one) == of(entry, best) for of in BEFORE_IDLE)]
    # The next in line says by what it was decided.
    equal = any(one.idle_since == best.idle_since for one in tied)
    bounced, lightest = times(entry, best) > 0, all(best.load <= one.load for one in others)
    true = {
        "certified": True,
        "free": True,
        "lead_called": entry.called and best.is_lead,
        "helped_before": entry.earlier_operator == best.operator_id,
        "lowest_load": lightest,
        "some_load": not lightest,
        "longest_idle": bool(tied) and not equal,
        "lowest_id": equal,
        "draining_alone": best.draining,
        "bounced_alone": bounced and not others,
        "bounced_by_all": bounced and bool(others),
        "unread": entry.company_id in best.unread,
        "all_at_soft_limit": busy(entry, best),
    }
    return {code for code, holds in true.items() if holds}


def codes(choice: Choice) -> list[str]:
    return [one.code for one in choice.reasons]


# Colleagues who all could have the chat and hardly differ: what decides comes late in the order.
alike = st.builds(
    Candidate,
    operator_id=st.sampled_from(OPERATORS),
    certified=st.just(frozenset(COMPANIES)),
    languages=st.just(frozenset({"nl", "en"})),
    capacity=st.just(6),
    used=st.sampled_from([1, 2]),
    load=st.sampled_from([0.0, 1.0]),
    idle_since=st.sampled_from([NOW, NOW - timedelta(seconds=9)]),
    is_lead=st.booleans(),
    load_limit=st.sampled_from([None, None, 1.0]),
    unread=st.sampled_from([frozenset(), frozenset(), frozenset(COMPANIES[:1])]),
)
teams = st.lists(alike, min_size=2, max_size=4, unique_by=lambda one: one.operator_id)
rarely_bounced = st.builds(
    replace, entries, bounced_by=st.dictionaries(st.sampled_from(OPERATORS), st.integers(1, 2), max_size=2)
)
anybody = st.one_of(pools, teams, teams)


# Each example is cheap, and some reasons are rare.
@settings(max_examples=300)
@given(st.one_of(entries, rarely_bounced), anybody)
def test_each_reason_if_and_only_if(entry: Entry, pool: list[Candidate]) -> None:
    choice = choose(entry, pool, NOW)
    possible = [one for one in pool if not why_not(entry, one)]
    best = next((one for one in possible if one.operator_id == choice.operator_id), None)
    said = {operator_id: refusal.code for operator_id, refusal in choice.refused.items()}
    if best is None:
        assert (possible, choice.operator_id, codes(choice)[0]) == ([], None, "nobody")
        assert said == {one.operator_id: why_not(entry, one) for one in pool}
        return
    assert len(codes(choice)) == len(set(codes(choice)))
    assert set(codes(choice)) == labels(entry, best, possible)
    assert said == {
        one.operator_id: why_not(entry, one) or why_rather(entry, one, best) for one in pool if one is not best
    }


@settings(max_examples=300)
@given(rarely_bounced, anybody)
def test_each_number_in_a_reason_is_that_of_whom_it_is_about(entry: Entry, pool: list[Candidate]) -> None:
    choice = choose(entry, pool, NOW)
    by_id = {one.operator_id: one for one in pool}
    for operator_id, refusal in choice.refused.items():
        one = by_id[operator_id]
        if refusal.code == "full":
            assert dict(refusal.facts) == {"n": one.used, "of": one.capacity}
        if refusal.code == "company_limit":
            facts = {"n": one.chats.get(entry.company_id, 0), "of": one.chat_limits[entry.company_id]}
            assert dict(refusal.facts) == facts
        if refusal.code == "less_idle":
            assert dict(refusal.facts) == {"n": idle(one), "of": idle(by_id[choice.operator_id])}
        if refusal.code == "higher_load":
            assert dict(refusal.facts) == {"load": one.load, "best": by_id[choice.operator_id].load}
    for given_reason in choice.reasons:
        if given_reason.code == "free":
            best = by_id[choice.operator_id]
            assert dict(given_reason.facts) == {"n": best.capacity - best.used, "of": best.capacity}
        if given_reason.code == "longest_idle":
            assert dict(given_reason.facts) == {"n": idle(by_id[choice.operator_id])}


def idle(one: Candidate) -> int:
    return int((NOW - one.idle_since).total_seconds())
