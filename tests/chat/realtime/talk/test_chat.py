"""A chat from its first message to its end, over the sockets."""

import uuid
from typing import Any

import pytest

from agency.models import ChatRecord, PoolEntry, Seat
from tests.chat.realtime.desk import Socket, operator, say, take, visitor

pytestmark = pytest.mark.usefixtures("live")


async def test_a_first_message_is_offered_accepted_and_answered() -> None:
    alice, snapshot = await operator()
    assert snapshot["chats"] == []
    marieke, welcome = await visitor()
    assert welcome["availability"]["mode"] == "chat"
    assert welcome["chat"] is None

    ack = await say(marieke, "Valt de Veluwe klein?")
    assert ack["seq"] == 2
    chat = await take(alice)
    assert [message["body"] for message in chat["messages"][:2]] == [
        "Hoi van Acme Schoenen!",
        "Valt de Veluwe klein?",
    ]
    accepted = await marieke.hear("message.posted")
    assert accepted["message"]["data"] == {"code": "accepted", "name": "Alice"}

    await answer_and_thank(alice, marieke, chat["entry"])

    await close_and_wrap_up(alice, chat["entry"])
    closed = await marieke.hear("message.posted")
    assert closed["message"]["data"] == {"code": "closed", "by": "operator"}

    await is_on_record(ack["chat_id"])
    await alice.leave()
    await marieke.leave()


async def answer_and_thank(alice: Socket, marieke: Socket, entry: dict[str, Any]) -> None:
    """Each hears what the other wrote, with the number it got."""
    answer = await say(alice, "Ja, een halve maat.", chat_id=entry["chat_id"], fence=entry["fence"])
    heard = (await marieke.hear("message.posted"))["message"]
    assert (heard["seq"], heard["body"], heard["name"]) == (
        answer["seq"],
        "Ja, een halve maat.",
        "Alice",
    )

    more = await say(marieke, "Dank je!")
    heard = (await alice.hear("message.posted"))["message"]
    assert (heard["seq"], heard["body"]) == (more["seq"], "Dank je!")


async def close_and_wrap_up(alice: Socket, entry: dict[str, Any]) -> None:
    """End the chat as its operator and say how it ended. Then it is off their list."""
    await alice.send(
        type="chat.close",
        chat_id=entry["chat_id"],
        fence=entry["fence"],
        client_id=str(uuid.uuid4()),
    )
    changed = (await alice.hear("chat.changed"))["entry"]
    assert changed["state"] == "wrap_up"
    await alice.send(
        type="chat.wrap_up",
        chat_id=entry["chat_id"],
        fence=changed["fence"],
        client_id=str(uuid.uuid4()),
        outcome="resolved",
    )
    assert (await alice.hear("chat.removed"))["reason"] == "settled"


async def is_on_record(chat_id: str) -> None:
    """The agency keeps what the chat was, and nothing of it is left in the pool."""
    record = await ChatRecord.objects.aget(pk=chat_id)
    assert (record.visitor_texts, record.operator_texts, record.outcome) == (2, 1, "resolved")
    assert record.first_human_at
    assert record.settled_at
    assert not await PoolEntry.objects.aexists()
    assert (await Seat.objects.aget()).used == 0
