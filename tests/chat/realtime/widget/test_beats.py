"""Beats that could not be written: they aren't forgotten for what came in meanwhile."""

import uuid
from datetime import UTC, datetime

import pytest

from chat.realtime.widget import beats

AT = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize("beat_first", [True, False])
def test_a_beat_and_a_read_mark_that_wait_are_both_kept(beat_first: bool) -> None:
    chat_id = uuid.uuid4()
    steps = [
        lambda: beats.visitor_seen(chat_id, AT, hidden=True),
        lambda: beats.read_to(chat_id, "operator", 5),
    ]
    first, then = steps if beat_first else steps[::-1]
    first()
    unwritten = beats._waiting.pop(chat_id)
    then()
    beats._keep(chat_id, unwritten)
    assert beats._waiting[chat_id] == beats._Seen(AT, True, 0, 5)
