"""Frames changed at random never break a socket."""

import asyncio
import json
import logging

import pytest
from asgiref.sync import sync_to_async
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests import cast
from tests.chat.realtime.desk import PATIENCE, Socket, operator, visitor
from tests.chat.realtime.hostility import both, no_traceback, stored  # noqa: F401 -- fixtures
from tests.chat.realtime.scene import held, wait_idle
from tests.contracts import protocol_page

pytestmark = pytest.mark.usefixtures("live")


# Answers that a frame may get besides its own event.
CODES = set(protocol_page.error_codes())

CLOSES = {4400, 4401, 4413, 4429}

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


def _mutants(heading: str) -> st.SearchStrategy[str]:
    """Return a frame of the page with a field replaced, dropped or added, or its text cut or spoilt."""

    examples = [section.example for section in protocol_page.sections(heading).values()]

    @st.composite
    def mutant(draw: st.DrawFn) -> str:
        frame = dict(draw(st.sampled_from(examples)))
        for _ in range(draw(st.integers(0, 3))):
            name = draw(st.sampled_from([*frame, "extra"]))
            if draw(st.booleans()):
                frame[name] = draw(_JSON)
            else:
                frame.pop(name, None)
        raw = json.dumps(frame)
        kind = draw(st.sampled_from(["whole", "whole", "whole", "cut", "spoilt"]))
        if kind == "whole":
            return raw
        place = draw(st.integers(1, len(raw) - 1))
        return raw[:place] if kind == "cut" else raw[:place] + draw(st.characters(codec="utf-8")) + raw[place:]

    return mutant()


def _generated(heading: str, count: int) -> list[str]:
    """Return mutants, the same at every run."""
    found: list[str] = []

    @hypothesis_settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_mutants(heading))
    def collect(raw: str) -> None:
        found.append(raw)

    collect()
    return found


async def test_mutated_frames_never_break_a_socket() -> None:
    """400 frames: each is answered, or closes its socket with a documented code, or is a silent one like `typing`."""
    alice, zen = await both()
    chat = await held(alice)
    bystander, _ = await visitor(cast.ZEN_SITE, cast.ZEN_ORIGIN)
    mutants = _generated("Visitor commands", 200), _generated("Console commands", 200)
    assert [len(set(raws)) > 100 for raws in mutants] == [True, True]
    socket = chat.visitor
    for raw in mutants[0]:
        await socket.send_raw(raw)
        closed = await _drained(socket, None)
        if closed is not None:
            assert closed in CLOSES, raw
            socket, _ = await visitor()
    for raw in mutants[1]:
        await alice.send_raw(raw)
        closed = await _drained(alice, zen.id)
        if closed is not None:
            assert closed in CLOSES, raw
            alice, _ = await operator()
    assert await wait_idle(bystander) == []
    assert [body for _, body in await sync_to_async(stored)(zen.id)] == ["Hoi"]


async def _drained(socket: Socket, chat_id: str | None) -> int | None:
    """Read until a sync is answered, finding each error on the way a known one. Returns the close code if the socket
    closed.
    """
    ask = {"type": "chat.sync", "after": 2**31 - 1, **({"chat_id": chat_id} if chat_id else {})}
    await socket.send(**ask)
    async with asyncio.timeout(PATIENCE):
        while True:
            output = await socket.communicator.receive_output(5)
            if output["type"] == "websocket.close":
                return int(output["code"])
            frame = json.loads(output["text"])
            if frame["type"] == "error":
                assert frame["code"] in CODES, frame
                if frame["code"] == "not_found" and "client_id" not in frame:
                    return None
            if frame["type"] == "chat.synced":
                return None


def test_the_log_is_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    """`no_traceback` means something only if what the live path logs arrives there."""
    logging.getLogger("balie.live").error("seen")
    assert [record.message for record in caplog.records]
    caplog.clear()
