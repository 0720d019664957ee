"""Committed changes, which stay so whatever becomes of their events."""

from collections.abc import Sequence

import pytest
from django.db import transaction

from agency.live import switchboard


def test_events_that_cant_go_out_fail_no_committed_command(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Sequence[switchboard.Event]] = []

    def hand_over(events: Sequence[switchboard.Event]) -> None:
        tried.append(events)
        raise RuntimeError

    monkeypatch.setattr(switchboard, "_hand_over", hand_over)
    with transaction.atomic():
        switchboard.send_on_commit([("u:somebody", "{}")])
    assert tried == [[("u:somebody", "{}")]]
