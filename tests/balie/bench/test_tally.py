"""The replay's judge finds what it is there to find."""

import dataclasses

import pytest

from balie.bench.replay import tally
from balie.bench.replay.tally import Played, Tally, TallyRow, TallyStep

GREETING = TallyRow(1, "auto", "operator", "greeting", "Hello!")
ACCEPTED = TallyRow(3, "system", "system", "line", "")
ROWS = [
    GREETING,
    TallyRow(2, "text", "visitor", "a", "Is it open?"),
    ACCEPTED,
    TallyRow(4, "text", "operator", "b", "Yes."),
    TallyRow(5, "text", "visitor", "c", "Thanks."),
]
TRAIL = [
    TallyStep(1, "offer", "alice"),
    TallyStep(2, "accept", "alice"),
    TallyStep(3, "release", "alice"),
]


def played(**other: object) -> Played:
    whole = Played(
        said=[
            ("a", "visitor", "Is it open?"),
            ("b", "operator", "Yes."),
            ("c", "visitor", "Thanks."),
        ],
        acked={"a", "b", "c"},
        received={"a", "b", "c"},
        visitor_knows=frozenset({1, 2, 3, 4, 5}),
        turns=3,
    )
    return dataclasses.replace(whole, **other)  # type: ignore[arg-type]


def faults(of: Played, rows: list[TallyRow], trail: list[TallyStep] = TRAIL) -> dict[str, int]:
    found = Tally()
    found.add("chat", of, rows, trail)
    counts = dataclasses.asdict(found)
    assert bool(counts.pop("examples")) == any(counts.values())
    return {name: count for name, count in counts.items() if count}


def test_a_chat_that_went_well_has_no_fault() -> None:
    assert faults(played(), ROWS) == {}


def test_an_acknowledged_text_without_its_row_is_lost() -> None:
    assert faults(played(), ROWS[:4]) == {"lost": 1}
    other_words = [*ROWS[:4], TallyRow(5, "text", "visitor", "c", "Thank you.")]
    assert faults(played(), other_words)["lost"] == 1


def test_a_text_that_was_never_acknowledged_is_unfinished_and_not_lost() -> None:
    assert faults(played(acked={"a", "b"}), ROWS[:4]) == {"unfinished": 1}


@pytest.mark.parametrize(
    "row",
    [
        TallyRow(6, "text", "visitor", "c", "Thanks."),
        TallyRow(6, "text", "visitor", "sent again under a new id", "Thanks."),
        TallyRow(6, "text", "visitor", "x", "Nobody said this."),
    ],
)
def test_a_text_stored_more_often_than_it_was_said_is_doubled(row: TallyRow) -> None:
    known = frozenset(range(1, 7))
    heard = {"a", "b", "c", row.client_id}
    assert faults(played(visitor_knows=known, received=heard), [*ROWS, row])["doubled"] == 1


def test_a_text_said_twice_may_be_stored_twice() -> None:
    said = [*played().said, ("d", "visitor", "Thanks.")]
    rows = [*ROWS, TallyRow(6, "text", "visitor", "d", "Thanks.")]
    twice = played(
        said=said,
        acked={"a", "b", "c", "d"},
        received={"a", "b", "c", "d"},
        visitor_knows=frozenset(range(1, 7)),
        turns=4,
    )
    assert faults(twice, rows) == {}


def test_texts_stored_in_another_order_than_they_were_said_are_out_of_order() -> None:
    swapped = [
        *ROWS[:3],
        dataclasses.replace(ROWS[4], seq=4),
        dataclasses.replace(ROWS[3], seq=5),
    ]
    assert faults(played(), swapped) == {"out_of_order": 1}


def test_a_missing_seq_and_one_used_twice_are_gaps() -> None:
    assert tally.gaps([row for row in ROWS if row.seq != 3]) == 1
    assert tally.gaps([*ROWS, dataclasses.replace(ACCEPTED, client_id="other")]) == 1
    assert tally.gaps([]) == 0


def test_two_holders_at_once_are_found() -> None:
    taken_over = [*TRAIL[:2], TallyStep(3, "accept", "bob")]
    assert tally.assigned_twice(taken_over) == 1
    same_fence = [*TRAIL[:2], TallyStep(2, "accept", "bob")]
    assert tally.assigned_twice(same_fence) == 1
    handed_on = [*TRAIL[:2], TallyStep(3, "requeue", "alice"), TallyStep(5, "accept", "bob")]
    assert tally.assigned_twice(handed_on) == 0


def test_what_the_other_side_never_heard_is_found() -> None:
    assert faults(played(received={"a", "c"}), ROWS) == {"unheard": 1}
    assert faults(played(visitor_knows=frozenset({1, 2, 4, 5})), ROWS) == {"unheard": 1}
    assert faults(played(visitor_knows=frozenset({1, 2, 4}), early=True), ROWS) == {}


def test_percentiles_are_of_the_values_themselves() -> None:
    assert tally.percentile([3, 1, 2], 0.5) == 2
    assert tally.percentile(range(1, 101), 0.99) == 99
    assert tally.percentile([5], 0.5) == 5
    assert tally.percentile([], 0.5) is None
