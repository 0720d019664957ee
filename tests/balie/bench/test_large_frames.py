"""Large frames that go out, held against no limit for what comes in: both servers, and the long poll over each."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from balie.run import launch
from chat.realtime.auth import issue_token
from tenants.resolve import find_site
from tests import cast
from tests.balie.bench.web import serving
from tests.chat.realtime import long_chats
from tests.chat.realtime.desk import sign_in

pytestmark = [pytest.mark.launcher, pytest.mark.usefixtures("committed")]

# Less than any of the answers here: what is sent passes it on every server, what comes in on none.
WALL = 16 * 1024
WITHIN_S = 20


@pytest.fixture(params=launch.SERVERS)
def port(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A web process as `make run` starts it, with a wall that every snapshot passes."""
    monkeypatch.setattr(launch, "FRAME_WALL", WALL)
    with serving(request.param, tmp_path) as web:
        yield web.port


def test_held_chats_always_load(port: int) -> None:
    entries = long_chats.hold_many("alice@balie.test", 12)
    for entry in entries:
        long_chats.grow(entry.pk, 60, "é" * 4000)
    longest = entries[0]
    long_chats.grow(longest.pk, 5_000, "kort")

    with _console(port) as console:
        snapshot = _ask(console, "snapshot", type="hello")
        assert {chat["entry"]["chat_id"] for chat in snapshot["chats"]} == {str(entry.pk) for entry in entries}
        ask = {"type": "chat.sync", "chat_id": str(longest.pk)}
        first = _ask(console, "chat.synced", **ask, before=4_000)["messages"]
        assert [first[0]["seq"], first[-1]["seq"]] == [3_920, 3_999]
        # A chat of 12 x 4,000 characters of two bytes: nothing that comes in may be as long as this.
        page = _ask(console, "chat.synced", **ask, before=60)["messages"]
        assert len(json.dumps(page, ensure_ascii=False).encode()) > WALL
        console.send(json.dumps({"type": "floor.get", "x": "x" * WALL}))
        with pytest.raises(ConnectionClosed):
            _hear(console, "floor")

    hello = {"type": "hello", "token": _token(longest.visitor_id), "chat_id": str(longest.pk)}
    sync = {"type": "chat.sync", "before": 60}
    with _widget(port) as widget:
        welcome = _ask(widget, "welcome", **hello)
        assert welcome["chat"]["messages"][-1]["seq"] == welcome["chat"]["last_seq"]
        page = _ask(widget, "chat.synced", **sync)["messages"]
        assert page[-1]["seq"] == 59
    polled = _poll(port, None, hello)
    assert json.loads(polled["frames"][0])["type"] == "welcome"
    polled = _poll(port, polled["session"], sync)
    assert len(polled["frames"][0].encode()) > WALL
    assert (json.loads(polled["frames"][0])["messages"], polled["closed"]) == (page, None)


def _console(port: int) -> ClientConnection:
    # Cookies bear the port of their host.
    cookie = f"balie_session_{port}={sign_in('alice@balie.test')}"
    url = f"ws://127.0.0.1:{port}/ws/console/"
    headers = {"Cookie": cookie}
    return connect(url, origin=f"http://127.0.0.1:{port}", additional_headers=headers, max_size=None)


def _widget(port: int) -> ClientConnection:
    url = f"ws://127.0.0.1:{port}/ws/widget/{cast.ACME_SITE}/"
    return connect(url, origin=cast.ACME_ORIGIN, max_size=None)


def _token(visitor_id: UUID) -> str:
    site = find_site(cast.ACME_SITE)
    assert site is not None
    return issue_token(site, visitor_id)


def _ask(line: ClientConnection, kind: str, **frame: Any) -> dict[str, Any]:
    line.send(json.dumps(frame))
    return _hear(line, kind)


def _hear(line: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(line.recv(timeout=WITHIN_S))
        if frame["type"] == kind:
            return frame


def _poll(port: int, session: str | None, *frames: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"session": session, "frames": [json.dumps(frame) for frame in frames]})
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/wire/widget/{cast.ACME_SITE}/",
        data=body.encode(),
        headers={"Origin": cast.ACME_ORIGIN, "Content-Type": "text/plain"},
    )
    with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
