"""A message that is sent again is one row, and keeps its order, whatever happened in between."""

import asyncio
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from chat.live import writer
from chat.models import Message
from tenants.context import Schema, in_company
from tests.chat.realtime.desk import operator, say, visitor
from tests.chat.realtime.scene import held, new_id, proves
from tests.chat.realtime.writing import Ear, post, post_raw, texts

pytestmark = pytest.mark.usefixtures("live")


def codes(chat_id: str) -> list[str]:
    """Return every message of an acme chat in order: what it is or, for a system line, what it says."""
    with in_company(Schema("t_acme")):
        rows = Message.objects.filter(chat=chat_id).order_by("seq")
        return [row.data.get("code", row.body) for row in rows]


@proves("retry")
async def test_a_lost_connection_says_retry_and_the_resend_is_written_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[psycopg.AsyncConnection[Any]] = []
    connect = writer._connect

    async def remember() -> Any:
        made.append(await connect())
        return made[-1]

    monkeypatch.setattr(writer, "_connect", remember)
    alice, _ = await operator()
    chat = await held(alice)
    await say(chat.visitor, "Ervoor")
    await sync_to_async(_terminate)(made[-1].info.backend_pid)
    client_id = new_id()
    await post_raw(chat.visitor, "Valt hij weg?", client_id)
    assert (await chat.visitor.hear("error", client_id=client_id))["code"] == "retry"
    await post_raw(chat.visitor, "Valt hij weg?", client_id)
    await chat.visitor.hear("ack", client_id=client_id)
    assert len(made) == 2
    bodies = [body for _, body in await sync_to_async(texts)(chat.id)]
    assert bodies == ["Hoi", "Ervoor", "Valt hij weg?"]


async def test_an_answer_lost_after_commit_is_given_again_without_a_second_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The worst moment: PostgreSQL has committed, and we don't know it."""
    alice, _ = await operator()
    chat = await held(alice)
    commit = writer._commit

    async def commit_and_lose(*given: Any) -> Any:
        await commit(*given)
        monkeypatch.setattr(writer, "_commit", commit)
        raise psycopg.OperationalError("the server closed the connection")

    monkeypatch.setattr(writer, "_commit", commit_and_lose)
    client_id = new_id()
    await post_raw(chat.visitor, "Kwam dit aan?", client_id)
    assert (await chat.visitor.hear("error", client_id=client_id))["code"] == "retry"
    await post_raw(chat.visitor, "Kwam dit aan?", client_id)
    ack = await chat.visitor.hear("ack", client_id=client_id)
    assert (await sync_to_async(texts)(chat.id))[-1] == (ack["seq"], "Kwam dit aan?")
    assert len(await sync_to_async(texts)(chat.id)) == 2


@proves("chat_closed", "conflict")
async def test_a_resend_after_the_close_gets_the_first_answer() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    client_id, own = new_id(), new_id()
    await post_raw(chat.visitor, "Laatste vraag", client_id)
    first = await chat.visitor.hear("ack", client_id=client_id)
    mine = {"chat_id": chat.id, "fence": chat.fence}
    await post_raw(alice, "Laatste antwoord", own, **mine)
    answer = await alice.hear("ack", client_id=own)
    await alice.send(type="chat.close", client_id=new_id(), **mine)
    closed = (await alice.hear("chat.changed"))["entry"]
    await alice.send(
        type="chat.wrap_up",
        chat_id=chat.id,
        fence=closed["fence"],
        client_id=new_id(),
        outcome="resolved",
    )
    await alice.hear("chat.removed")

    await post_raw(chat.visitor, "Laatste vraag", client_id)
    assert await chat.visitor.hear("ack", client_id=client_id) == first
    await post_raw(alice, "Laatste antwoord", own, **mine)
    assert (await alice.hear("ack", client_id=own))["seq"] == answer["seq"]
    await post_raw(chat.visitor, "Een ander woord", client_id)
    assert (await chat.visitor.hear("error"))["code"] == "conflict"
    await post_raw(chat.visitor, "Nog iets", new_id())
    assert (await chat.visitor.hear("error"))["code"] == "chat_closed"
    await post_raw(alice, "Nog iets", new_id(), **mine)
    assert (await alice.hear("error"))["code"] == "chat_closed"
    assert len(await sync_to_async(texts)(chat.id)) == 3


async def test_a_resend_composed_otherwise_is_the_same_text() -> None:
    """Both sides store the composed form (NFC), and compare a repeat after the same."""
    alice, _ = await operator()
    chat = await held(alice)
    socket, _ = await visitor()
    begins, client_id, own = new_id(), new_id(), new_id()
    await post_raw(socket, "Cre\u0300me?", begins)
    first = await socket.hear("ack", client_id=begins)
    await post_raw(socket, "Cr\u00e8me?", begins)
    assert await socket.hear("ack", client_id=begins) == first
    for sender, key, more in (
        (chat.visitor, client_id, {}),
        (alice, own, {"chat_id": chat.id, "fence": chat.fence}),
    ):
        await post_raw(sender, "bru\u0302le\u0301e", key, **more)
        answer = await sender.hear("ack", client_id=key)
        await post_raw(sender, "br\u00fbl\u00e9e\n", key, **more)
        assert await sender.hear("ack", client_id=key) == answer
    assert [body for _, body in await sync_to_async(texts)(chat.id)][-2:] == ["br\u00fbl\u00e9e"] * 2


async def test_a_resent_first_message_finds_its_chat_again_also_when_it_is_closed() -> None:
    alice, _ = await operator()
    socket, welcome = await visitor()
    client_id = new_id()
    await post_raw(socket, "Eerste", client_id)
    first = await socket.hear("ack", client_id=client_id)
    await socket.send(type="chat.close", client_id=new_id())
    await socket.hear("ack")
    again, _ = await visitor(token=welcome["token"])
    await post_raw(again, "Eerste", client_id)
    assert await again.hear("ack", client_id=client_id) == first
    other, _ = await visitor(token=welcome["token"])
    await post_raw(other, "Tweede", client_id)
    assert (await other.hear("error"))["code"] == "conflict"
    await alice.leave()


async def test_a_repeat_in_the_very_same_batch_is_one_row() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    ear = Ear()
    first, repeat, other = (post(chat, body, ear=ear) for body in ("een", "een", "twee"))
    repeat.client_id = other.client_id = first.client_id
    for one in (first, repeat, other):
        writer.put(one)
    await writer.written()
    assert [answer.get("seq") or answer["code"] for answer in ear.heard] == [4, 4, "conflict"]
    assert [body for _, body in await sync_to_async(texts)(chat.id)] == ["Hoi", "een"]


async def test_a_visitor_s_post_close_post_keep_their_order() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    ids = [new_id() for _ in range(3)]
    await post_raw(chat.visitor, "Dank je", ids[0])
    await chat.visitor.send(type="chat.close", client_id=ids[1])
    await post_raw(chat.visitor, "O ja", ids[2])
    text = await chat.visitor.hear("ack", client_id=ids[0])
    close = await chat.visitor.hear("ack", client_id=ids[1])
    assert close["seq"] == text["seq"] + 1
    assert (await chat.visitor.hear("error", client_id=ids[2]))["code"] == "chat_closed"
    assert (await sync_to_async(codes)(chat.id))[-2:] == ["Dank je", "closed"]


async def test_an_operator_s_post_close_keep_their_order() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    mine = {"chat_id": chat.id, "fence": chat.fence}
    ids = [new_id() for _ in range(2)]
    await post_raw(alice, "Tot ziens", ids[0], **mine)
    await alice.send(type="chat.close", client_id=ids[1], **mine)
    await asyncio.gather(*[alice.hear("ack", client_id=ids[0])])
    await alice.hear("ack", client_id=ids[1])
    assert (await sync_to_async(codes)(chat.id))[-2:] == ["Tot ziens", "closed"]


def _terminate(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)
