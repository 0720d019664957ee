"""The writer: one row per message, consecutive seqs, the first answer again, and nobody pays for another's bad row."""

import asyncio
import json
import uuid
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone

from agency.live import process
from agency.live.outlet import Outlet
from chat.live import writer
from chat.live.judge import Post
from chat.models import Message
from tenants.context import Schema, in_company
from tests.realtime.desk import Socket, operator, say, visitor
from tests.realtime.scene import Held, held, new_id, proves, zen_held

pytestmark = pytest.mark.usefixtures("live")


class Ear:
    """An outlet that keeps what is pushed into it."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.outlet = Outlet(self._send)

    async def _send(self, message: dict[str, Any]) -> None:
        self.heard.append(json.loads(message["text"]))


def post(chat: Held, body: str, *, schema: str = "t_acme", ear: Ear | None = None) -> Post:
    """A visitor's text, past the checks of the socket."""
    return Post(
        schema=schema,
        chat_id=chat.id,
        client_id=new_id(),
        side="visitor",
        kind="text",
        body=body,
        at=timezone.now(),
        outlet=(ear or Ear()).outlet,
    )


def texts(chat_id: str, schema: str = "t_acme") -> list[tuple[int, str]]:
    """Seq and body of a chat's texts."""
    with in_company(Schema(schema)):
        rows = Message.objects.filter(chat=chat_id, kind="text").order_by("seq")
        return list(rows.values_list("seq", "body"))


def codes(chat_id: str) -> list[str]:
    """Every message of an acme chat in order: what it is or, for a system line, what it says."""
    with in_company(Schema("t_acme")):
        rows = Message.objects.filter(chat=chat_id).order_by("seq")
        return [row.data.get("code", row.body) for row in rows]


async def post_raw(socket: Socket, body: str, client_id: str, **more: Any) -> None:
    await socket.send(type="message.post", client_id=client_id, body=body, **more)


@pytest.mark.parametrize("side", ["visitor", "operator", "note"])
async def test_a_row_of_the_writer_is_a_row_of_the_orm(side: str) -> None:
    alice, _ = await operator()
    chat = await held(alice)
    if side == "visitor":
        ack = await say(chat.visitor, "Hoi, dit is de writer.")
    else:
        more = {"chat_id": chat.id, "fence": chat.fence, "note": side == "note"}
        ack = await say(alice, "Hoi, dit is de writer.", **more)

    def compare() -> None:
        with in_company(Schema("t_acme")):
            row = Message.objects.get(chat=chat.id, seq=ack["seq"])
            # Only what the writer sets; the rest is the defaults' business, in Python and in SQL.
            Message.objects.create(
                chat_id=chat.id,
                seq=900,
                client_id=uuid.uuid4(),
                kind=row.kind,
                side=row.side,
                author_id=row.author_id,
                author_name=row.author_name,
                body=row.body,
                created_at=row.created_at,
            )
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT * FROM chat_message WHERE chat_id = %s AND seq IN (%s, 900) ORDER BY seq",
                    [chat.id, ack["seq"]],
                )
                columns = [column.name for column in cursor.description]
                by_writer, by_orm = (dict(zip(columns, row, strict=True)) for row in cursor)
        own = {"id", "seq", "client_id"}
        assert {name: by_writer[name] for name in columns if name not in own} == {
            name: by_orm[name] for name in columns if name not in own
        }
        assert by_writer["client_id"] == uuid.UUID(ack["client_id"])
        assert by_writer["author_name"] == ("" if side == "visitor" else "Alice")

    await sync_to_async(compare)()


async def test_an_ack_s_time_is_the_row_s_and_ends_in_z() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    ack = await say(chat.visitor, "Hoe laat is het?")
    heard = (await alice.hear("message.posted"))["message"]
    assert ack["at"] == heard["at"]
    assert ack["at"].endswith("Z")


@proves("refused")
async def test_one_bad_row_doesn_t_refuse_another_company_s() -> None:
    alice, _ = await operator()
    acme, zen = await held(alice), await zen_held(alice)
    ear, before = Ear(), dict(writer.stats)
    bad = post(acme, "nul \x00", ear=ear)
    good = post(zen, "goed", schema="t_zen", ear=ear)
    beside = post(acme, "ook goed", ear=ear)
    assert all([writer.put(bad), writer.put(good), writer.put(beside)])
    await writer.written()
    answers = {answer["client_id"]: answer for answer in ear.heard}
    assert answers[bad.client_id]["code"] == "refused"
    assert answers[good.client_id]["type"] == answers[beside.client_id]["type"] == "ack"
    assert writer.stats["replayed"] - before["replayed"] == 3
    assert (await sync_to_async(texts)(zen.id, "t_zen"))[-1] == (
        answers[good.client_id]["seq"],
        "goed",
    )
    bodies = [body for _, body in await sync_to_async(texts)(acme.id)]
    assert bodies == ["Hoi", "ook goed"]
    assert ear.outlet.pending == 0
    # The connection is good for the next batch, and the refused text took no seq.
    ack = await say(acme.visitor, "verder")
    assert ack["seq"] == answers[beside.client_id]["seq"] + 1


@proves("busy")
async def test_a_full_queue_says_busy_and_the_same_command_works_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice, _ = await operator()
    chat = await held(alice)
    monkeypatch.setattr(writer, "MAX_QUEUE", 0)
    client_id = new_id()
    await post_raw(chat.visitor, "Druk?", client_id)
    assert (await chat.visitor.hear("error"))["code"] == "busy"
    await post_raw(alice, "Druk!", client_id, chat_id=chat.id, fence=chat.fence)
    assert (await alice.hear("error"))["code"] == "busy"
    monkeypatch.undo()
    await post_raw(chat.visitor, "Druk?", client_id)
    await chat.visitor.hear("ack", client_id=client_id)
    assert [body for _, body in await sync_to_async(texts)(chat.id)] == ["Hoi", "Druk?"]


async def test_a_socket_with_64_unanswered_commands_hears_busy() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    ear = Ear()
    taken = [writer.put(post(chat, f"{n}", ear=ear)) for n in range(writer.MAX_PENDING + 1)]
    assert taken == [True] * writer.MAX_PENDING + [False]
    await writer.written()
    assert len(ear.heard) == writer.MAX_PENDING
    assert writer.put(post(chat, "weer plaats", ear=ear))
    await writer.written()


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


async def test_messages_of_one_batch_get_consecutive_seqs_in_order() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    ear, before = Ear(), dict(writer.stats)
    posts = [post(chat, f"regel {number}", ear=ear) for number in range(20)]
    for one in posts:
        assert writer.put(one)
    await writer.written()
    assert writer.stats["batches"] - before["batches"] == 1
    assert [answer["client_id"] for answer in ear.heard] == [one.client_id for one in posts]
    seqs = [answer["seq"] for answer in ear.heard]
    assert seqs == list(range(seqs[0], seqs[0] + 20))
    assert (await sync_to_async(texts)(chat.id))[1:] == list(
        zip(seqs, [one.body for one in posts], strict=True)
    )
    heard = [(await alice.hear("message.posted"))["message"]["seq"] for _ in posts]
    assert heard == seqs


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


async def test_a_chat_that_is_held_up_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_PLANNER", writer._PLANNER.replace("=2000", "=100", 1))
    await process.stop()
    alice, _ = await operator()
    stuck, other = await held(alice), await zen_held(alice)
    ear = Ear()
    posts = [post(stuck, "een", ear=ear), post(stuck, "twee", ear=ear)]
    posts.append(post(other, "drie", schema="t_zen", ear=ear))
    async with await psycopg.AsyncConnection.connect(**_where()) as holder:
        await holder.execute(
            "SELECT 1 FROM agency_poolentry WHERE chat_id = %s FOR UPDATE", [stuck.id]
        )
        for one in posts:
            assert writer.put(one)
        await writer.written()
        await holder.rollback()
    assert [answer.get("code") for answer in ear.heard] == ["retry", "retry", None]
    assert "drie" in [body for _, body in await sync_to_async(texts)(other.id, "t_zen")]
    assert [body for _, body in await sync_to_async(texts)(stuck.id)] == ["Hoi"]


async def test_a_writer_that_ends_answers_what_it_never_took_up() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    ear = Ear()
    one = post(chat, "een", ear=ear)
    mark = asyncio.get_running_loop().create_future()
    assert writer.put(one)
    writer._queue.append(mark)
    writer._give_back()
    assert mark.done()
    assert (ear.heard[0]["code"], one.outlet.pending) == ("retry", 0)


def _where() -> dict[str, Any]:
    params = connection.get_connection_params()
    return {
        name: params[name]
        for name in ("host", "port", "user", "password", "dbname")
        if params.get(name)
    }


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
