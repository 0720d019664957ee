from itertools import permutations

import pytest

from agency.domain.pool.capacity import LEVEL_CAPACITY, weight, weighted_load


@pytest.mark.parametrize(
    ("state", "turn", "expected"),
    [
        ("offered", "operator", 1.0),
        ("open", "operator", 1.0),
        ("open", "visitor", 0.3),
        ("wrap_up", "operator", 0.2),
        ("wrap_up", "visitor", 0.2),
        # The greeting may have given the turn away, but an offer waits for me all the same.
        ("offered", "visitor", 1.0),
    ],
)
def test_a_chat_weighs_by_who_is_waiting(state: str, turn: str, expected: float) -> None:
    assert weight(state, turn) == expected


def test_equal_loads_are_equal_in_any_order() -> None:
    held = [("open", "visitor"), ("wrap_up", "operator"), ("open", "visitor"), ("open", "operator")]
    assert {weighted_load(order) for order in permutations(held)} == {1.8}
    assert weighted_load([("open", "visitor")] * 3) == 0.9
    nothing = weighted_load([])
    assert (nothing, type(nothing)) == (0.0, float), "it is shown with its decimal"


def test_a_beginner_holds_three_and_a_trained_operator_six() -> None:
    assert dict(LEVEL_CAPACITY) == {"beginner": 3, "trained": 6}
