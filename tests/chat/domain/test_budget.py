"""How fast one person may write in one chat."""

from datetime import UTC, datetime, timedelta

from chat.domain.budget import Budget

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
BUDGET = Budget(rate=10, burst=30)


def accepted(moments: list[float]) -> int:
    """How many of the messages sent at these seconds are taken."""
    whole_at, taken = None, 0
    for moment in moments:
        after = BUDGET.spend(whole_at, NOW + timedelta(seconds=moment))
        if after is not None:
            whole_at, taken = after, taken + 1
    return taken


def test_thirty_at_once_and_ten_a_second() -> None:
    assert accepted([0.0] * 100) == 30
    assert accepted([0.0] * 100 + [1.0] * 100) == 40
    assert accepted([0.0] * 100 + [60.0] * 100) == 60
    assert accepted([number / 10 for number in range(500)]) == 500


def test_a_clock_that_went_back_gives_nothing_extra() -> None:
    assert accepted([0.0] * 30 + [-5.0] * 30) == 30


def test_a_clock_that_was_put_back_far_shuts_nobody_out() -> None:
    assert accepted([0.0] * 30 + [-600.0] * 100) == 60
