"""The writer: rows as the ORM writes them, batches in order, and what is refused when it can't."""

import asyncio
import uuid
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from agency.live import process
from chat.live import writer
from chat.models import Message
from tenants.context import Schema, in_company
from tests.chat.realtime.desk import operator, say
from tests.chat.realtime.scene import held, new_id, proves, zen_held
from tests.chat.realtime.writing import Ear, post, post_raw, texts

pytestmark = pytest.mark.usefixtures("live")


MADE = {
    "source": "canned",
    "text": "0b8f8f0e-94d4-4a53-8a30-6f6a1f8f0c11",
    "version": 3,
    "distance": 12,
    "script": "0b8f8f0e-94d4-4a53-8a30-6f6a1f8f0c12",
}


@pytest.mark.parametrize("side", ["visitor", "operator", "made", "note"])
async def test_a_row_of_the_writer_is_a_row_of_the_orm(side: str) -> None:
    alice, _ = await operator()
    chat = await held(alice)
    if side == "visitor":
        ack = await say(chat.visitor, "Hoi, dit is de writer.")
    else:
        more = {"chat_id": chat.id, "fence": chat.fence, "note": side == "note"}
        if side != "operator":
            more["provenance"] = MADE
        ack = await say(alice, "Hoi, dit is de writer.", **more)
    by_writer, by_orm = await sync_to_async(twice)(chat.id, ack["seq"], MADE if side == "made" else None)
    own = {"id", "seq", "client_id"}
    assert {name: by_writer[name] for name in by_writer if name not in own} == {
        name: by_orm[name] for name in by_orm if name not in own
    }
    assert by_writer["client_id"] == uuid.UUID(ack["client_id"])
    assert by_writer["author_name"] == ("" if side == "visitor" else "Alice")


def twice(chat_id: str, seq: int, data: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the writer's row, and one that the ORM writes like it, column by column."""
    with in_company(Schema("t_acme")):
        row = Message.objects.get(chat=chat_id, seq=seq)
        # Only what the writer sets; the rest is the defaults' business, in Python and in SQL.
        Message.objects.create(
            chat_id=chat_id,
            seq=900,
            client_id=uuid.uuid4(),
            kind=row.kind,
            side=row.side,
            author_id=row.author_id,
            author_name=row.author_name,
            body=row.body,
            **({} if data is None else {"data": data}),
            created_at=row.created_at,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM chat_message WHERE chat_id = %s AND seq IN (%s, 900) ORDER BY seq",
                [chat_id, seq],
            )
            columns = [column.name for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor]


async def test_neither_side_is_told_how_a_text_came_about() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    ack = await say(alice, "Een halve maat.", chat_id=chat.id, fence=chat.fence, provenance=MADE)
    assert (await chat.visitor.hear("message.posted", chat_id=chat.id))["message"]["data"] == {}
    for side, more in ((chat.visitor, {}), (alice, {"chat_id": chat.id})):
        await side.send(type="chat.sync", after=ack["seq"] - 1, **more)
        (message,) = (await side.hear("chat.synced"))["messages"]
        assert (message["body"], message["data"]) == ("Een halve maat.", {})


@pytest.mark.parametrize(
    "said",
    [
        {"source": "bot"},
        {"source": "typed", "version": 3},
        {"source": "canned"},
        {**MADE, "distance": None},
        {**MADE, "distance": -1},
        {**MADE, "version": 0},
        {**MADE, "text": "maat"},
        {**MADE, "body": "Een halve maat."},
    ],
)
async def test_what_no_console_of_ours_says_of_a_text_is_a_bad_frame(said: dict[str, Any]) -> None:
    alice, _ = await operator()
    chat = await held(alice)
    await post_raw(alice, "Ja.", new_id(), chat_id=chat.id, fence=chat.fence, provenance=said)
    assert (await alice.hear("error"))["code"] == "bad_frame"


async def test_a_visitor_says_nothing_of_a_text() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    await post_raw(chat.visitor, "Hoi.", new_id(), provenance={"source": "typed"})
    assert (await chat.visitor.hear("error"))["code"] == "bad_frame"


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


async def test_a_socket_with_64_unanswered_commands_hears_busy(settings: Any) -> None:
    settings.FRAME_BURST = 1_000
    alice, _ = await operator()
    chat = await held(alice)
    ear = Ear()
    taken = [writer.put(post(chat, f"{n}", ear=ear)) for n in range(writer.MAX_PENDING + 1)]
    assert taken == [True] * writer.MAX_PENDING + [False]
    await writer.written()
    assert len(ear.heard) == writer.MAX_PENDING
    assert writer.put(post(chat, "weer plaats", ear=ear))
    await writer.written()


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
    assert (await sync_to_async(texts)(chat.id))[1:] == list(zip(seqs, [one.body for one in posts], strict=True))
    heard = [(await alice.hear("message.posted"))["message"]["seq"] for _ in posts]
    assert heard == seqs


async def test_a_chat_that_is_held_up_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(writer._SESSION, "lock_timeout", "100")
    await process.stop()
    alice, _ = await operator()
    stuck, other = await held(alice), await zen_held(alice)
    ear = Ear()
    posts = [post(stuck, "een", ear=ear), post(stuck, "twee", ear=ear)]
    posts.append(post(other, "drie", schema="t_zen", ear=ear))
    async with await psycopg.AsyncConnection.connect(**_where()) as holder:
        await holder.execute("SELECT 1 FROM agency_poolentry WHERE chat_id = %s FOR UPDATE", [stuck.id])
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
    return {name: params[name] for name in ("host", "port", "user", "password", "dbname") if params.get(name)}


async def test_a_person_has_one_budget_in_a_chat_however_many_sockets_write() -> None:
    """12 sockets in 12 processes would look like this to the writer: what counts is kept in the chat's own row."""
    alice, _ = await operator()
    chat = await held(alice)
    # The chat's first text isn't one of them; the operator's messages have a budget of their own.
    ears = [Ear() for _ in range(12)]
    for number in range(120):
        assert writer.put(post(chat, f"{number}", ear=ears[number % 12]))
    await writer.written()
    heard = [frame for ear in ears for frame in ear.heard]
    acks = [frame for frame in heard if frame["type"] == "ack"]
    codes = {frame["code"] for frame in heard if frame["type"] == "error"}
    # 30 at once, and what 10 a second gives back while a batch or two are written.
    assert 30 <= len(acks) <= 60
    assert codes == {"too_fast"}
    assert any(ear.outlet.closed for ear in ears)
    more = {"chat_id": chat.id, "fence": chat.fence}
    assert (await say(alice, "Rustig aan.", **more))["seq"]
    # A repeat of what was taken costs nothing, not even now.
    again = Ear()
    first = post(chat, "0", ear=again)
    first.client_id = ears[0].heard[0]["client_id"]
    writer.put(first)
    await writer.written()
    assert again.heard == ears[0].heard[:1]
