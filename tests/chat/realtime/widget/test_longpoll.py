"""The visitor's frames where WebSocket is blocked."""

import asyncio
import json
import uuid
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from balie.asgi import application
from chat.realtime import direct
from chat.realtime.widget import longpoll
from tests import cast
from tests.chat.realtime.desk import PATIENCE, operator, take

pytestmark = pytest.mark.usefixtures("live")


async def poll(
    session: str | None,
    *frames: dict[str, Any],
    origin: str = cast.ACME_ORIGIN,
    raw: bytes = b"",
    address: str = "127.0.0.1",
) -> tuple[int, dict[bytes, bytes], dict[str, Any]]:
    body = raw or json.dumps({"session": session, "frames": [json.dumps(frame) for frame in frames]}).encode()
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/wire/widget/{cast.ACME_SITE}/",
        "headers": [(b"origin", origin.encode())],
        "query_string": b"",
        "client": [address, 4711],
    }
    request = ApplicationCommunicator(application, scope)
    await request.send_input({"type": "http.request", "body": body})
    start = await request.receive_output(10)
    answer = await request.receive_output(10)
    await request.wait(10)
    return start["status"], dict(start["headers"]), json.loads(answer["body"])


async def poll_until(session: str, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while True:
            _, _, answer = await poll(session)
            for text in answer["frames"]:
                frame: dict[str, Any] = json.loads(text)
                if frame["type"] == kind:
                    return frame


async def test_a_chat_goes_by_long_poll() -> None:
    alice, _ = await operator()
    status, headers, answer = await poll(None, {"type": "hello"})
    assert status == 200
    assert headers[b"access-control-allow-origin"] == cast.ACME_ORIGIN.encode()
    assert json.loads(answer["frames"][0])["type"] == "welcome"

    client_id = str(uuid.uuid4())
    post = {"type": "message.post", "client_id": client_id, "body": "Hoi"}
    _, _, answer = await poll(answer["session"], post)
    assert json.loads(answer["frames"][0])["client_id"] == client_id
    chat = await take(alice)
    assert chat["messages"][1]["body"] == "Hoi"
    heard = await poll_until(answer["session"], "message.posted")
    assert heard["message"]["data"]["code"] == "accepted"


async def test_a_foreign_page_learns_nothing() -> None:
    status, headers, answer = await poll(None, {"type": "hello"}, origin="https://evil.example")
    assert status == 200
    assert b"access-control-allow-origin" not in headers
    assert [json.loads(text)["code"] for text in answer["frames"]] == ["bad_origin"]


async def test_a_lost_session_and_a_bad_body_are_said() -> None:
    assert (await poll("unknown"))[0] == 410
    assert (await poll(None, raw=b"[]"))[0] == 400
    assert (await poll(None, raw=b"x" * 80_000))[0] == 413


async def test_a_session_that_is_over_leaves_no_consumer_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(direct, "HELLO_WITHIN", 0.05)
    before = asyncio.all_tasks()
    status, _, answer = await poll(None)
    assert (status, answer["closed"]) == (200, direct.NO_HELLO)
    ours = [task for task in asyncio.all_tasks() - before if "Session._run" in repr(task)]
    await asyncio.wait_for(asyncio.gather(*ours), 5)
    assert answer["session"] not in longpoll._sessions


async def test_a_rating_and_a_transcript_go_by_long_poll() -> None:
    _, _, answer = await poll(None, {"type": "hello"})
    alice, _ = await operator()
    post = {"type": "message.post", "client_id": str(uuid.uuid4()), "body": "Hoi"}
    await poll(answer["session"], post)
    chat = await take(alice)
    more = {"chat_id": chat["entry"]["chat_id"]}
    ask = {"type": "transcript.ask", "client_id": str(uuid.uuid4()), "email": "m@voorbeeld.example"}
    await poll(answer["session"], {**ask, **more})
    assert (await alice.hear("transcript.changed"))["address"] == "m@voorbeeld.example"
    close = {"type": "chat.close", "client_id": str(uuid.uuid4())}
    rate = {"type": "chat.rate", "client_id": str(uuid.uuid4()), "good": True, **more}
    _, _, answer = await poll(answer["session"], close, rate)
    frames = [json.loads(text) for text in answer["frames"]]
    while frames[-1].get("client_id") != rate["client_id"]:
        _, _, answer = await poll(answer["session"])
        frames += [json.loads(text) for text in answer["frames"]]
    assert frames[-1]["type"] == "ack"
    assert (await alice.hear("chat.rated"))["good"] is True


async def test_one_house_can_not_fill_the_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(longpoll, "MAX_OF_ADDRESS", 3)
    house = [f"2001:db8:1:1::{number:x}" for number in range(1, 6)]
    statuses = [(await poll(None, {"type": "hello"}, address=one))[0] for one in house]
    assert statuses == [200, 200, 200, 503, 503]
    assert (await poll(None, {"type": "hello"}, address="2001:db8:1:2::1"))[0] == 200
    # A session that ends gives its place back.
    gone = next(one for one in longpoll._sessions.values() if one.caller == "2001:db8:1:1::/64")
    longpoll._forget(gone)
    assert (await poll(None, {"type": "hello"}, address=house[0]))[0] == 200


async def test_one_site_can_not_fill_the_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    open_now = longpoll._open_of[cast.ACME_SITE]
    monkeypatch.setattr(longpoll, "MAX_OF_SITE", open_now + 1)
    statuses = [(await poll(None, {"type": "hello"}))[0] for _ in range(2)]
    assert statuses == [200, 503]
