"""How long a test chat lasts, how much of it there is, and how many there are at once."""

import asyncio

import pytest

from chat.realtime import trial
from tests import cast
from tests.chat.realtime.desk import say
from tests.chat.realtime.scene import new_id
from tests.chat.realtime.widget.trying import (  # noqa: F401 -- fixtures
    fixture_not_live,
    fixture_quick,
    token_of,
    trying,
    welcomed,
    words,
)

pytestmark = pytest.mark.usefixtures("live")


async def test_it_is_bounded_in_time_in_messages_and_in_number(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "LASTS", 0.1)
    socket = await welcomed()
    await say(socket, "Hallo")
    while "tien minuten" not in await words(socket):
        pass
    closed = (await socket.hear("message.posted"))["message"]["data"]
    assert closed == {"code": "closed", "by": "operator"}
    client_id = new_id()
    await socket.send(type="message.post", client_id=client_id, body="Nog iets")
    assert (await socket.hear("error", client_id=client_id))["code"] == "chat_closed"

    monkeypatch.setattr(trial, "_RESTS", 0.1)
    silent = await welcomed()
    # For good: a page that came back by itself would hold a place again.
    assert await silent.hear_close() == 4403

    monkeypatch.setattr(trial, "LASTS", 60.0)
    monkeypatch.setattr(trial, "MESSAGES", 10)
    wordy = await welcomed()
    heard = ""
    while "tien minuten" not in heard:
        await say(wordy, "x" * 4_000)
        heard = await words(wordy)

    monkeypatch.setattr(trial, "MOST", 2)
    await refused_a_place()


async def refused_a_place() -> None:
    one_more = await trying(await token_of())
    assert (await one_more.hear("error"))["code"] == "too_many"
    assert await one_more.hear_close() == 4429


async def test_a_company_takes_no_more_than_its_own_places() -> None:
    ours = [await welcomed() for _ in range(5)]
    await refused_a_place()
    token = await token_of(cast.ZEN_SITE, cast.ZEN_ORIGIN)
    theirs = await trying(token, key=cast.ZEN_SITE, origin=cast.ZEN_ORIGIN)
    await theirs.send(type="hello")
    await theirs.hear("welcome")
    await ours[0].leave()
    await welcomed()


async def test_the_place_is_kept_until_a_chat_that_began_late_is_over(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "LASTS", 0.3)
    monkeypatch.setattr(trial, "_RESTS", 0.1)
    socket = await welcomed()
    await asyncio.sleep(0.25)
    await say(socket, "Hallo")
    while "tien minuten" not in await words(socket):
        pass
    assert await socket.hear_close() == 4403


async def test_questions_are_bounded_as_messages_are_and_leave_no_timer(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "MESSAGES", 14)
    socket = await welcomed()
    await say(socket, "Hallo")
    for _ in range(2):
        await words(socket)
    for _ in range(14):
        await socket.send(type="question.post", client_id=new_id(), body="En later?", email="m@voorbeeld.example")
    assert "hoogstens tien minuten en 80 berichten" in await words(socket)
    await asyncio.sleep(0.1)
    await socket.send(type="chat.sync", after=0)
    assert (await socket.hear("chat.synced"))["last_seq"] <= 14
    [here] = trial._open
    # The one that would end the chat.
    assert len(here.timers) == 1
