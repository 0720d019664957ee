"""Hostile words, where they may end up, and a log without a traceback."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from agency.services.system import rate_limits
from agency.services.system.rate_limits import Limit
from chat.models import Message
from tenants.context import Schema, in_company
from tests.chat.realtime.desk import Socket, operator
from tests.chat.realtime.scene import Held, wait_idle, zen_held


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing that a client sends is an error of ours."""
    settings.FRAME_BURST = settings.FRAME_RATE = 1_000_000
    monkeypatch.setattr(rate_limits, "CHATS_OF_VISITOR", Limit("chats_visitor", 1_000_000, 600))
    caplog.set_level(logging.ERROR)
    yield
    assert caplog.get_records("call") == []


def stored(chat_id: str, schema: str = "t_zen") -> list[tuple[int, str]]:
    """Seq and body of what people wrote in a chat."""
    with in_company(Schema(schema)):
        rows = Message.objects.filter(chat=chat_id, kind__in=("text", "note")).order_by("seq")
        return list(rows.values_list("seq", "body"))


async def both(**body: Any) -> tuple[Socket, Held]:
    """Alice with a zen chat."""
    alice, _ = await operator()
    chat = await zen_held(alice, **body)
    await wait_idle(alice, chat.id)
    await wait_idle(chat.visitor)
    return alice, chat
