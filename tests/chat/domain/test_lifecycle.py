from datetime import UTC, datetime, timedelta

import pytest

from chat.domain.lifecycle import (
    State,
    Turn,
    has_left,
    needs_reminder,
)

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("state", "turn", "silent", "reminded", "due"),
    [
        (State.OPEN, Turn.VISITOR, 239.9, None, False),
        (State.OPEN, Turn.VISITOR, 240, None, True),
        (State.OPEN, Turn.VISITOR, 300, 240, False),
        (State.OPEN, Turn.VISITOR, 300, -60, True),
        (State.OPEN, Turn.OPERATOR, 300, None, False),
        (State.WAITING, Turn.VISITOR, 300, None, False),
        (State.WRAP_UP, Turn.VISITOR, 300, None, False),
    ],
)
def test_a_silent_visitor_is_reminded_once(
    state: State, turn: Turn, silent: float, reminded: float | None, due: bool
) -> None:
    assert due is needs_reminder(
        state=state,
        turn=turn,
        silent_since=START,
        reminded_at=None if reminded is None else after(reminded),
        now=after(silent),
    )


@pytest.mark.parametrize(
    ("state", "hidden", "unseen", "left"),
    [
        (State.WAITING, False, 29.9, False),
        (State.WAITING, False, 30, True),
        (State.OFFERED, False, 30, True),
        (State.OFFERED, True, 119.9, False),
        (State.WAITING, True, 120, True),
        (State.OPEN, False, 3600, False),
        (State.WRAP_UP, False, 3600, False),
    ],
)
def test_a_visitor_nobody_answered_has_left_when_the_beats_stop(
    state: State, hidden: bool, unseen: float, left: bool
) -> None:
    assert left is has_left(state=state, seen_at=START, hidden=hidden, now=after(unseen))
