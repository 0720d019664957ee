"""When a long poll's session is hung up: once nobody polled it for longer than FORGET_AFTER, and no sooner."""

import asyncio
from types import SimpleNamespace

import pytest

from chat.realtime.widget import longpoll
from chat.realtime.widget.longpoll import FORGET_AFTER

NOW = 1_000.0


async def test_only_what_was_silent_for_longer_is_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = {"polled now": 0.0, "at the limit": FORGET_AFTER, "one past it": FORGET_AFTER + 1}
    sessions = {name: SimpleNamespace(id=name, seen_at=NOW - for_s) for name, for_s in silent.items()}
    forgotten: list[str] = []
    rounds = iter([None])

    async def sleep(_seconds: float) -> None:
        if next(rounds, "over") == "over":
            raise asyncio.CancelledError

    monkeypatch.setattr(longpoll, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(longpoll, "time", SimpleNamespace(monotonic=lambda: NOW))
    monkeypatch.setattr(longpoll, "_sessions", sessions)
    monkeypatch.setattr(longpoll, "_forget", lambda session: forgotten.append(session.id))
    with pytest.raises(asyncio.CancelledError):
        await longpoll.forget_silent()
    assert forgotten == ["one past it"]
