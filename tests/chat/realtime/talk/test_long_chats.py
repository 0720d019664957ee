"""A chat of any length: no answer grows with it, and every message can be had, forwards and backwards."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from chat.services.console.snapshot import SNAPSHOT_BYTES
from tests.chat.realtime import long_chats
from tests.chat.realtime.desk import Socket, operator, say, visitor
from tests.chat.realtime.scene import held
from tests.chat.realtime.widget.test_longpoll import poll

pytestmark = pytest.mark.usefixtures("live")


def asking(socket: Socket, **more: Any) -> long_chats.Ask:
    """Send `chat.sync` over this socket. Returns the messages of its answer."""

    async def ask(**page: int) -> list[dict[str, Any]]:
        await socket.send(type="chat.sync", **page, **more)
        messages: list[dict[str, Any]] = (await socket.hear("chat.synced"))["messages"]
        return messages

    return ask


def polling(session: str) -> long_chats.Ask:
    """Return the same by long poll."""

    async def ask(**page: int) -> list[dict[str, Any]]:
        _, _, answer = await poll(session, {"type": "chat.sync", **page})
        assert answer["closed"] is None
        messages: list[dict[str, Any]] = json.loads(answer["frames"][-1])["messages"]
        return messages

    return ask


async def test_68_texts_of_3900_characters_lock_nobody_out(settings: Any) -> None:
    """Eight seconds at the rate that was allowed: whoever held the chat could not come back, and
    nor could the visitor.
    """
    settings.FRAME_BURST = 1_000
    alice, _ = await operator()
    chat = await held(alice)
    body = "lang " * 780
    for _ in range(68):
        last = (await say(chat.visitor, body))["seq"]

    again, snapshot = await operator()
    [shown] = snapshot["chats"]
    long_chats.check_page(shown["messages"])
    assert shown["messages"][-1]["seq"] == shown["entry"]["last_seq"] == last
    whole = await long_chats.walk_back(shown["messages"], asking(again, chat_id=chat.id))
    assert whole[1:] == await long_chats.walk_on(asking(again, chat_id=chat.id), last)
    assert [one["body"] for one in whole if one["kind"] == "text"] == ["Hoi", *[body.strip()] * 68]

    token, hello = chat.welcome["token"], {"chat_id": chat.id}
    _, _, answer = await poll(None, {"type": "hello", "token": token, **hello})
    for welcome, ask in (
        (json.loads(answer["frames"][0]), polling(answer["session"])),
        *[(welcome, asking(socket)) for socket, welcome in [await visitor(token=token, **hello)]],
    ):
        seen = welcome["chat"]
        long_chats.check_page(seen["messages"])
        assert (seen["messages"][-1]["seq"], seen["last_seq"]) == (last, last)
        assert len(await long_chats.walk_back(seen["messages"], ask)) == last
        assert len(await long_chats.walk_on(ask, last)) == last - 1


async def test_who_comes_back_catches_up_by_pages() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    await sync_to_async(long_chats.grow)(chat.id, 200, "kort")
    hello = {"token": chat.welcome["token"], "chat_id": chat.id}
    socket, welcome = await visitor(**hello, after=3)
    page = welcome["chat"]["messages"]
    assert [page[0]["seq"], page[-1]["seq"], welcome["chat"]["last_seq"]] == [4, 83, 203]
    assert len(await long_chats.walk_on(asking(socket), 203, after=83)) == 120
    _, fresh = await visitor(**hello)
    page = fresh["chat"]["messages"]
    assert [page[0]["seq"], page[-1]["seq"]] == [124, 203]


async def test_a_chat_whose_answer_lies_before_the_page_counts_as_answered() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    hello = {"token": chat.welcome["token"], "chat_id": chat.id}
    await sync_to_async(long_chats.grow)(chat.id, 100, "hallo?")
    assert (await visitor(**hello))[1]["chat"]["answered"] is False
    await say(alice, "Ik ben er.", chat_id=chat.id, fence=chat.fence)
    await sync_to_async(long_chats.grow)(chat.id, 100, "en?")
    seen = (await visitor(**hello))[1]["chat"]
    assert {message["side"] for message in seen["messages"]} == {"visitor"}
    assert seen["answered"] is True


async def test_twelve_chats_of_long_texts_share_one_snapshot() -> None:
    entries = await sync_to_async(long_chats.hold_many)("alice@balie.test", 12)
    for entry in entries:
        await sync_to_async(long_chats.grow)(entry.pk, 60, "é" * 4000)
    alice, snapshot = await operator()
    assert len(snapshot["chats"]) == 12
    for chat in snapshot["chats"]:
        long_chats.check_page(chat["messages"], SNAPSHOT_BYTES // 12)
        assert chat["messages"][-1]["seq"] == chat["entry"]["last_seq"]
    [last] = snapshot["chats"][-1:]
    ask = asking(alice, chat_id=last["entry"]["chat_id"])
    whole = await long_chats.walk_back(last["messages"], ask)
    assert len(whole) == last["entry"]["last_seq"]
