"""Well-formed commands that are refused: the code, nothing written, nobody else disturbed."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from agency.models import PoolEntry, Seat
from agency.services.system import rate_limits
from agency.services.system.rate_limits import Limit
from chat.models import Question
from tenants.context import Schema, in_company
from tests import cast
from tests.chat.realtime.desk import operator, say, visitor
from tests.chat.realtime.refusals import error_of, make_token, widget
from tests.chat.realtime.scene import all_rows, held, new_id, proves, unharmed, wait_idle, zen_held
from tests.contracts import protocol_page

pytestmark = pytest.mark.usefixtures("live")


@proves("not_found")
async def test_a_visitor_without_a_chat() -> None:
    async with unharmed():
        marieke, _ = await visitor()
        assert await error_of(marieke, type="chat.sync") == "not_found"
        assert await error_of(marieke, type="chat.close", client_id=new_id()) == "not_found"
        await marieke.send(type="typing")
        await marieke.send(type="read", seq=1)
        await marieke.send(type="page.view", page={"url": "https://shop.acme.example/x"})
        assert await wait_idle(marieke) == []


async def test_a_chat_that_is_none_can_t_be_read() -> None:
    alice, _ = await operator()
    for kind in ("chat.look", "chat.sync", "transfer.options"):
        assert await error_of(alice, type=kind, chat_id=new_id()) == "not_found", kind


async def test_a_visitor_can_t_ask_for_another_s_chat() -> None:
    alice, _ = await operator()
    zen, acme = await zen_held(alice, body="van zen"), await held(alice, body="van acme")
    for chat_id in (zen.id, acme.id, new_id()):
        token = make_token()
        _, welcome = await visitor(chat_id=chat_id, token=token)
        assert welcome["chat"] is None
    # Not even the very visitor who has a chat on the other company's site.
    stolen = zen.welcome["token"]
    socket = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
    await socket.connect()
    assert await error_of(socket, type="hello", token=stolen, chat_id=zen.id) == "wrong_site"


def _commands(chat_id: str, fence: int) -> list[dict[str, Any]]:
    """Return every console command that names a chat with its fence, from the page's examples."""
    found = []
    for section in protocol_page.sections("Console commands").values():
        frame = {**section.example, "chat_id": chat_id, "client_id": new_id()}
        if "fence" in section.example:
            found.append({**frame, "fence": fence})
    assert len(found) >= 9
    return found


def _answer(command: dict[str, Any], code: str) -> str:
    """Return the answer to a command whose chat is refused with this code. Without an offer, or the lead, it looks
    absent.
    """
    absent = command["type"].startswith("offer.") or command["type"] == "chat.take"
    return "not_found" if absent else code


async def test_a_chat_that_was_never_mine_looks_like_none() -> None:
    alice, _ = await operator()
    zen, acme = await zen_held(alice), await held(alice)
    await wait_idle(alice, zen.id)
    for chat_id in (zen.id, acme.id, new_id()):
        # A console of its own for each: all of them together are more frames than one may send at once.
        bob, _ = await operator("bob@balie.test")
        before = await sync_to_async(all_rows)()
        for command in _commands(chat_id, zen.fence):
            assert await error_of(bob, **command) == "not_found", command
        assert await error_of(bob, type="chat.sync", chat_id=chat_id) == "not_found"
        assert await sync_to_async(all_rows)() == before
    assert await wait_idle(acme.visitor) == await wait_idle(zen.visitor) == []
    assert await wait_idle(alice, zen.id) == []


@proves("fence")
async def test_an_old_fence() -> None:
    alice, _ = await operator()
    chat = await zen_held(alice)
    async with unharmed():
        # One below is what the accepted offer had: that command's repeat is answered as the first was.
        for command in _commands(chat.id, chat.fence - 2):
            assert await error_of(alice, **command) == _answer(command, "fence"), command
        assert await wait_idle(chat.visitor) == []


async def test_an_offer_with_another_fence() -> None:
    alice, _ = await operator()
    marieke, _ = await visitor()
    await say(marieke, "Hoi")
    offer = (await alice.hear("offer.made"))["offer"]
    before = await sync_to_async(all_rows)()
    for kind in ("offer.accept", "offer.decline"):
        command = {"type": kind, "chat_id": offer["chat_id"], "client_id": new_id()}
        assert await error_of(alice, **command, fence=offer["fence"] + 1) == "fence"
    assert await sync_to_async(all_rows)() == before


@proves("not_yours")
async def test_a_chat_that_went_to_somebody_else() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    bob, _ = await operator("bob@balie.test")
    old = {"chat_id": chat.id, "fence": chat.fence}
    await alice.send(type="chat.requeue", client_id=new_id(), **old)
    await alice.hear("chat.removed")
    offer = (await bob.hear("offer.made"))["offer"]
    await bob.send(type="offer.accept", chat_id=chat.id, fence=offer["fence"], client_id=new_id())
    await bob.hear("chat.added")
    await wait_idle(bob, chat.id)
    await wait_idle(chat.visitor)
    before = await sync_to_async(all_rows)()
    for command in _commands(chat.id, chat.fence):
        if command["type"] == "chat.requeue":
            # She gave it back herself: the same command again is done already.
            await alice.send(**command)
            await alice.hear("ack", client_id=command["client_id"])
            continue
        assert await error_of(alice, **command) == _answer(command, "not_yours"), command
    assert await error_of(alice, type="chat.sync", chat_id=chat.id) == "not_found"
    assert await sync_to_async(all_rows)() == before
    assert await wait_idle(bob, chat.id) == []
    assert await wait_idle(chat.visitor) == []


@proves("chat_closed", "wrong_state", "bad_outcome", "conflict")
async def test_commands_on_a_chat_that_is_being_wrapped_up() -> None:
    alice, _ = await operator()
    chat = await zen_held(alice)
    mine = {"chat_id": chat.id, "fence": chat.fence}
    own = new_id()
    await alice.send(type="message.post", client_id=own, body="een", **mine)
    await alice.hear("ack")
    assert await error_of(alice, type="message.post", client_id=own, body="twee", **mine) == "conflict"
    await alice.send(type="chat.close", client_id=new_id(), **mine)
    mine["fence"] = (await alice.hear("chat.changed"))["entry"]["fence"]
    await wait_idle(alice, chat.id)
    await wait_idle(chat.visitor)
    async with unharmed():
        post = {"type": "message.post", "client_id": new_id(), "body": "nog iets"}
        assert await error_of(alice, **post, **mine) == "chat_closed"
        assert await error_of(chat.visitor, **post) == "chat_closed"
        for kind in ("chat.close", "chat.requeue", "transfer.cancel"):
            assert await error_of(alice, type=kind, client_id=new_id(), **mine) == "wrong_state"
        transfer = {"type": "chat.transfer", "client_id": new_id(), "to": "any", **mine}
        assert await error_of(alice, **transfer) == "wrong_state"
        assert await error_of(alice, type="transfer.options", chat_id=chat.id) == "not_found"
        for outcome in ("", "unset", "RESOLVED", "nonsense"):
            wrap_up = {"type": "chat.wrap_up", "client_id": new_id(), "outcome": outcome}
            assert await error_of(alice, **wrap_up, **mine) == "bad_outcome"


@proves("full")
async def test_a_pick_with_no_slot_free_and_notes_that_can_t_be_stored() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    marieke, _ = await visitor()
    waiting = (await say(marieke, "Hoi"))["chat_id"]
    offer = (await alice.hear("offer.made"))["offer"]
    await Seat.objects.aupdate(capacity=1, paused=True)
    declined = {"chat_id": waiting, "fence": offer["fence"], "client_id": new_id()}
    await alice.send(type="offer.decline", **declined)
    await alice.hear("ack", client_id=declined["client_id"])
    before = await sync_to_async(all_rows)()
    pick = {"type": "chat.pick", "chat_id": waiting, "client_id": new_id()}
    assert await error_of(alice, **pick) == "full"
    ask = {"chat_id": chat.id, "fence": chat.fence, "to": "any", "client_id": new_id()}
    for code, note in (("too_long", "a" * 4001), ("bad_text", "a\x00b"), ("nobody", "Wie?")):
        assert await error_of(alice, type="chat.transfer", **ask, note=note) == code
    for wish in ({"to": "person"}, {"to": "person", "operator_id": new_id()}):
        assert await error_of(alice, type="chat.transfer", **{**ask, **wish}) == "not_found"
    assert await error_of(alice, type="chat.transfer", **{**ask, "to": "language"}) == "nobody"
    assert await sync_to_async(all_rows)() == before


@proves("seat_taken")
async def test_an_older_console_can_only_read() -> None:
    old, snapshot = await operator()
    chat = await zen_held(old)
    new, _ = await operator()
    await old.hear("seat.taken")
    async with unharmed():
        for command in _commands(chat.id, chat.fence):
            assert await error_of(old, **command) == _answer(command, "seat_taken"), command
        epoch = snapshot["seat"]["epoch"]
        assert await error_of(old, type="seat.renew", epoch=epoch) == "seat_taken"
        assert await error_of(old, type="seat.pause", client_id=new_id(), on=True) == "seat_taken"
        assert await error_of(old, type="seat.drain", client_id=new_id(), on=True) == "seat_taken"
        await old.send(type="chat.sync", chat_id=chat.id)
        assert (await old.hear("chat.synced"))["messages"]
    assert await wait_idle(new, chat.id) == []


@proves("too_many")
async def test_one_address_that_begins_too_many_chats(monkeypatch: pytest.MonkeyPatch) -> None:
    async with unharmed():
        monkeypatch.setattr(rate_limits, "CHATS_OF_ADDRESS", Limit("chats_address", 0, 60))
        marieke = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
        marieke.communicator.scope["client"] = ["203.0.113.9", 4711]
        await marieke.connect()
        await marieke.send(type="hello")
        await marieke.hear("welcome")
        first = {"client_id": new_id(), "body": "Nog een chat"}
        assert await error_of(marieke, type="message.post", **first) == "too_many"
        assert await error_of(marieke, type="question.post", **first, phone="0850001234") == "too_many"
        monkeypatch.setattr(rate_limits, "TRANSCRIPTS_OF_VISITOR", Limit("transcripts_visitor", 0, 60))
        ask = {"client_id": new_id(), "chat_id": new_id(), "email": "jan@example.nl"}
        assert await error_of(marieke, type="transcript.ask", **ask) == "too_many"
        monkeypatch.setattr(rate_limits, "RATINGS_OF_VISITOR", Limit("ratings_visitor", 0, 60))
        rate = {"client_id": new_id(), "chat_id": new_id(), "good": True}
        assert await error_of(marieke, type="chat.rate", **rate) == "too_many"
        await wait_idle(marieke)


@proves("nobody", "bad_address", "bad_time")
async def test_nobody_is_there_and_the_question_form() -> None:
    marieke, _ = await visitor()
    first = {"client_id": new_id(), "body": "Is er iemand?"}
    assert await error_of(marieke, type="message.post", **first) == "nobody"
    assert not await PoolEntry.objects.aexists()
    rows = await sync_to_async(all_rows)()
    for address in (
        {},
        {"email": "x"},
        {"email": "jan@"},
        {"phone": "112"},
        {"email": "a@b", "phone": "x"},
    ):
        assert await error_of(marieke, type="question.post", **first, **address) == "bad_address"
    for call_back in ({"day": "2020-01-01"}, {"part": "morning"}, {"at": "15:30"}):
        call = {"phone": "06 12345678", "call_back": call_back}
        assert await error_of(marieke, type="question.post", **first, **call) == "bad_time"
    assert await sync_to_async(all_rows)() == rows
    await marieke.send(type="question.post", **first, email="jan@example.nl")
    await marieke.hear("question.posted")
    other = {**first, "body": "Iets anders", "email": "jan@example.nl"}
    assert await error_of(marieke, type="question.post", **other) == "conflict"

    def kept() -> list[str]:
        with in_company(Schema("t_acme")):
            return [question.body for question in Question.objects.all()]

    assert await sync_to_async(kept)() == ["Is er iemand?"]


async def test_a_socket_that_closes_midway_leaves_the_others_alone() -> None:
    alice, _ = await operator()
    chat = await zen_held(alice)
    async with unharmed():
        sockets = await asyncio.gather(*[visitor() for _ in range(5)])
        for socket, _ in sockets:
            await socket.send_raw('{"type":"message.post","client_id":')
            await socket.leave()
    await say(chat.visitor, "Nog daar")
