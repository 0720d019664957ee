"""The end of a talk: the visitor rates the chat and asks for it by mail, with every refusal, over both lines."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from agency.models import ChatRecord
from chat.models import Rating, TranscriptRequest
from tenants.context import Schema, in_company
from tests.chat.realtime.desk import Socket, operator, say, visitor
from tests.chat.realtime.scene import Held, held, new_id, proves, wait_idle, zen_held

pytestmark = pytest.mark.usefixtures("live")

MAIL = "marieke@voorbeeld.example"


async def refusal(socket: Socket, kind: str, chat_id: str, **more: Any) -> str:
    """Return the code with which a command is refused."""
    client_id = new_id()
    await socket.send(type=kind, chat_id=chat_id, client_id=client_id, **more)
    error = await socket.hear("error", client_id=client_id)
    assert error["chat_id"] == chat_id
    return str(error["code"])


async def done(socket: Socket, kind: str, chat_id: str, **more: Any) -> None:
    """A command and its ack."""
    client_id = new_id()
    await socket.send(type=kind, chat_id=chat_id, client_id=client_id, **more)
    await socket.hear("ack", client_id=client_id, chat_id=chat_id)


async def ended() -> tuple[Socket, Held]:
    """Alice, and a chat that she closed and still wraps up."""
    alice, _ = await operator()
    chat = await held(alice)
    await alice.send(type="chat.close", chat_id=chat.id, fence=chat.fence, client_id=new_id())
    await chat.visitor.hear("message.posted")
    await wait_idle(alice, chat.id)
    return alice, chat


def ratings(schema: str = "t_acme") -> list[tuple[bool, str, str]]:
    with in_company(Schema(schema)):
        return list(Rating.objects.values_list("good", "words", "source"))


def requests(schema: str = "t_acme") -> list[str]:
    with in_company(Schema(schema)):
        return list(TranscriptRequest.objects.values_list("recipient", flat=True))


async def test_one_tap_rates_words_follow_and_a_second_thought_changes_it() -> None:
    alice, chat = await ended()
    await done(chat.visitor, "chat.rate", chat.id, good=True)
    assert await sync_to_async(ratings)() == [(True, "", "panel")]
    await done(chat.visitor, "chat.rate", chat.id, good=False, words="Te laat\x00 hoor")
    assert await sync_to_async(ratings)() == [(False, "Te laat hoor", "panel")]
    for socket in (alice, chat.visitor):
        assert (await socket.hear("chat.rated"))["good"] is True
        last = await socket.hear("chat.rated")
        assert (last["good"], last["words"]) == (False, "Te laat hoor")
    _, welcome = await visitor(token=chat.welcome["token"], chat_id=chat.id)
    assert welcome["chat"]["rating"] == {"good": False, "words": "Te laat hoor"}


async def test_a_rating_repeated_is_one_rating() -> None:
    _, chat = await ended()
    command = {"type": "chat.rate", "chat_id": chat.id, "client_id": new_id(), "good": True}
    for _ in range(3):
        await chat.visitor.send(**command)
        await chat.visitor.hear("ack", client_id=command["client_id"])
    await chat.visitor.hear("chat.rated")
    assert await wait_idle(chat.visitor) == []
    assert len(await sync_to_async(ratings)()) == 1


@proves("not_closed")
async def test_a_chat_that_goes_on_can_t_be_rated() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    assert await refusal(chat.visitor, "chat.rate", chat.id, good=True) == "not_closed"
    assert await sync_to_async(ratings)() == []


@proves("too_late")
async def test_thirty_days_later_is_too_late() -> None:
    _, chat = await ended()
    old = timezone.now() - timedelta(days=30, seconds=1)
    await ChatRecord.objects.filter(pk=chat.id).aupdate(arrived_at=old, closed_at=old)
    assert await refusal(chat.visitor, "chat.rate", chat.id, good=True) == "too_late"


async def test_only_the_visitor_s_own_chat_of_this_site_s_company() -> None:
    alice, chat = await ended()
    zen = await zen_held(alice)
    await zen.visitor.send(type="chat.close", client_id=new_id())
    await zen.visitor.hear("ack")
    other, _ = await visitor()
    await say(other, "Ik ben een ander")
    for socket, chat_id in ((other, chat.id), (other, zen.id), (zen.visitor, chat.id)):
        assert await refusal(socket, "chat.rate", chat_id, good=True) == "not_found"
        assert await refusal(socket, "transcript.ask", chat_id, email=MAIL) == "not_found"
    assert await refusal(other, "chat.rate", new_id(), good=True) == "not_found"
    for schema in ("t_acme", "t_zen"):
        assert await sync_to_async(ratings)(schema) == []
        assert await sync_to_async(requests)(schema) == []
    assert await wait_idle(chat.visitor) == []


async def test_words_have_a_limit() -> None:
    _, chat = await ended()
    await done(chat.visitor, "chat.rate", chat.id, good=True, words="😀" * 1_000)
    await chat.visitor.send(type="chat.rate", chat_id=chat.id, client_id=new_id(), good=True, words="a" * 1_001)
    assert (await chat.visitor.hear("error"))["code"] == "bad_frame"


async def test_a_transcript_is_asked_for_during_the_chat_and_told_to_both_sides() -> None:
    alice, _ = await operator()
    chat = await held(alice)
    await done(chat.visitor, "transcript.ask", chat.id, email=MAIL)
    for socket in (alice, chat.visitor):
        told = await socket.hear("transcript.changed")
        assert (told["chat_id"], told["address"], told["state"]) == (chat.id, MAIL, "queued")
    _, snapshot = await operator()
    assert [one["address"] for one in snapshot["chats"][0]["transcripts"]] == [MAIL]


async def test_addresses_that_can_t_be_and_too_many() -> None:
    _, chat = await ended()
    for address in (
        "",
        "jan",
        "jan@",
        "jan@voorbeeld",
        "a@b.nl, c@d.nl",
        "a@b.nl\nBcc: c@d.nl",
        "\x00",
    ):
        code = await refusal(chat.visitor, "transcript.ask", chat.id, email=address)
        assert code == "bad_address", address
    for name in ("een", "twee", "drie"):
        await done(chat.visitor, "transcript.ask", chat.id, email=f"{name}@voorbeeld.example")
    again = {"email": "vier@voorbeeld.example"}
    assert await refusal(chat.visitor, "transcript.ask", chat.id, **again) == "too_many"
    # One that is known is no fourth.
    await done(chat.visitor, "transcript.ask", chat.id, email="TWEE@voorbeeld.example")
    assert len(await sync_to_async(requests)()) == 3


async def test_no_visitor_hears_another_s_address() -> None:
    alice, chat = await ended()
    other = await held(alice)
    await done(chat.visitor, "transcript.ask", chat.id, email=MAIL)
    await alice.hear("transcript.changed")
    assert await wait_idle(other.visitor) == []
    _, welcome = await visitor(token=other.welcome["token"], chat_id=chat.id)
    assert MAIL not in str(welcome)
