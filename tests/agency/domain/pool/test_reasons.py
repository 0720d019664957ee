"""Reasons are codes with facts: no code is renamed, each has words in both languages, what is kept says the same."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from agency.domain.pool import reasons, site_reasons, trail_reasons
from agency.domain.pool.reasons import KINDS, PoolReason
from agency.domain.pool.routing import Candidate, Entry, choose, why_next
from chat.templatetags.routes import reason_word

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COMPANY = UUID(int=100)
# The rows of every home bear these: one that is renamed or gone leaves rows that nobody can read.
OF_THE_ROUTER = {
    "all_at_soft_limit", "another_helped", "at_head", "at_soft_limit", "bounced", "bounced_alone", "bounced_by_all",
    "bounced_more", "by_name", "certified", "company_limit", "cut", "draining", "draining_alone", "free", "full",
    "helped_before", "higher_id", "higher_load", "lead_called", "less_idle", "longest_idle", "lowest_id",
    "lowest_load", "no_language", "no_lease", "nobody", "not_certified", "not_lead", "paused", "seconds_late",
    "seconds_left", "some_load", "starved", "tally", "unread",
}  # fmt: skip
OF_THE_TRAIL = {
    "break_began", "certification_revoked", "closed", "declined", "handed_back", "lease_ended", "moved", "no_answer",
    "other", "picked", "picked_early", "picked_next", "picked_ringing", "requeued", "routed", "shift_ended",
    "taken_from", "taken_over", "transfer", "transfer_accepted", "transfer_again", "transfer_cancelled",
    "transfer_passed",
}  # fmt: skip

OF_A_SITE = {
    "all_draining", "all_paused", "nobody_certified", "nobody_here", "nobody_speaks", "not_live", "outside_hours",
    "overflow",
}  # fmt: skip


def rarely(dice: random.Random) -> bool:
    return dice.random() < 0.12


def ago(dice: random.Random, most: int) -> datetime:
    return NOW - timedelta(seconds=dice.choice((0, 1, most)))


def some_pool(dice: random.Random) -> tuple[Entry, list[Candidate]]:
    """Return a chat and up to four people, between whom anything may decide."""
    people = [UUID(int=number) for number in range(1, dice.choice((1, 2, 3, 5)))]
    entry = Entry(
        chat_id=UUID(int=9),
        company_id=COMPANY,
        language="nl",
        arrived_at=ago(dice, 200),
        promise_seconds=20,
        at_head=rarely(dice),
        bounced_by={pk: dice.choice((0, 0, 1, 2)) for pk in people},
        bounces=2,
        earlier_operator=dice.choice([None, *people]),
        called=dice.random() < 0.3,
        load_limit=dice.choice((None, 1.0)),
    )
    return entry, [some_candidate(dice, pk) for pk in people]


def some_candidate(dice: random.Random, operator_id: UUID) -> Candidate:
    """Somebody who can mostly take a chat, and now and then can't for any one reason."""
    return Candidate(
        operator_id=operator_id,
        certified=frozenset() if rarely(dice) else frozenset({COMPANY}),
        languages=frozenset({"en"} if rarely(dice) else {"nl"}),
        capacity=3,
        used=3 if rarely(dice) else 1,
        load=dice.choice((0.3, 0.3, 0.3, 1.0)),
        idle_since=ago(dice, 60),
        paused=rarely(dice),
        draining=dice.random() < 0.3,
        leased=not rarely(dice),
        is_lead=rarely(dice),
        chat_limits={COMPANY: 1} if rarely(dice) else {},
        chats={COMPANY: 1},
        unread=frozenset({COMPANY}) if rarely(dice) else frozenset(),
    )


def of_the_router() -> Iterator[PoolReason]:
    """Every reason of the router, out of 4,000 pools: for whom it chose, against each other, and for the place."""
    dice = random.Random(3)
    for _ in range(4_000):
        entry, candidates = some_pool(dice)
        choice = choose(entry, candidates, NOW)
        yield from choice.refused.values()
        yield from (*why_next(entry, NOW), *choice.reasons)


def test_no_code_is_renamed() -> None:
    assert KINDS.keys() == OF_THE_ROUTER | OF_THE_TRAIL | OF_A_SITE
    assert vars(site_reasons).keys() >= OF_A_SITE
    assert set(trail_reasons.TRAIL_CODES) == OF_THE_TRAIL | {""}


def test_every_reason_of_the_router_is_given_by_it() -> None:
    # The first is a transfer's, the second a migration's.
    assert {one.code for one in of_the_router()} == OF_THE_ROUTER - {"by_name", "cut"}


def test_every_reason_has_its_dutch() -> None:
    # The same in both languages, or nothing but facts.
    alike = {"transfer: {why}", "{n} {why}", "{why}", "{by}", "{text}", "…"}
    every = {words for kind in KINDS.values() for words in (kind.words, kind.bare) if words}
    with translation.override("nl"):
        same = {words for words in every if translation.gettext(words) == words}
        # As many facts in it as in the English.
        assert {words for words in every if named(words) != named(translation.gettext(words))} == set()
    assert same <= alike


def named(words: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(words) if name}


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            trail_reasons.routed(
                why=(
                    reasons.seconds_left(n=5),
                    reasons.certified(),
                    reasons.free(n=5, of=6),
                    reasons.lowest_load(load=0.3),
                )
            ),
            "nog 5 s, bevoegd, 5 van 6 plekken vrij, laagste belasting, 0,3",
        ),
        (
            trail_reasons.transfer(name="Sanne: {x}; y", why=(reasons.by_name(),)),
            "doorgezet door Sanne: {x}; y, op naam gevraagd",
        ),
        (
            trail_reasons.transfer_passed(why=(trail_reasons.declined(words="eerst dit; dan dat"),)),
            "doorzetten: doorgegeven: eerst dit; dan dat",
        ),
        (trail_reasons.declined(words=""), "doorgegeven"),
        (
            trail_reasons.routed(
                why=(
                    reasons.nobody(),
                    reasons.tally(n=2, why=(reasons.not_certified(),)),
                    reasons.tally(n=1, why=(reasons.full(n=6, of=6),)),
                )
            ),
            "niemand kan, 2 niet bevoegd, 1 vol, 6 van 6",
        ),
        (trail_reasons.picked_ringing(name="Bram"), "gepakt, het ging over bij Bram"),
        (trail_reasons.no_answer(seconds=10), "geen antwoord in 10 s"),
        (trail_reasons.closed(by="manager"), "Gesloten door de leiding"),
        (trail_reasons.other(text="what no router says"), "what no router says"),
        (reasons.NONE, ""),
        (PoolReason("of_a_later_release", {"n": 1}), "of_a_later_release"),
    ],
)
def test_a_reason_that_was_kept_says_the_same(reason: PoolReason, words: str) -> None:
    kept: dict[str, Any] = json.loads(json.dumps(reasons.write(reason)))
    again = reasons.read(reason.code, kept)
    assert again == reason
    with translation.override("nl"):
        assert reason_word(again) == words


def test_a_text_is_cut_where_nobody_reads_on() -> None:
    kept = reasons.write(trail_reasons.transfer_passed(why=(trail_reasons.declined(words="x" * 201),)))
    assert kept == {"why": [{"code": "declined", "words": "x" * 200}]}
