"""Hostile words, stored as they are or refused. A message between pages is no frame, and a header none of ours."""

import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from agency.domain.text import clean, clean_line, problem
from agency.models import Seat
from chat.models import Chat
from tenants.context import Schema, in_company
from tests import DATA
from tests.chat.realtime.desk import Socket, visitor
from tests.chat.realtime.hostility import both, no_traceback, stored  # noqa: F401 -- fixtures
from tests.chat.realtime.scene import Held, new_id, rows_of, unharmed, wait_idle

pytestmark = pytest.mark.usefixtures("live")


SHARED = DATA.parents[2] / "shared" / "data"

APP_MESSAGES = json.loads((DATA / "app_messages.json").read_text())

HEADERS = json.loads((DATA / "email_header_strings.json").read_text())


def naughty() -> list[str]:
    """Return the public list of strings that break programs."""
    return json.loads((SHARED / "naughty_strings.json").read_text())


async def answer_to(socket: Socket, raw: str) -> dict[str, Any]:
    """Return the next thing said after a raw frame: an event, or a close as one."""
    await socket.send_raw(raw)
    output = await socket.communicator.receive_output(5)
    if output["type"] == "websocket.close":
        return {"type": "close", "code": output["code"]}
    return json.loads(output["text"])


def recast(raw: str, **more: Any) -> str:
    """Return a chat program's message frame, however broken, as our own `message.post`."""
    ours = json.dumps({"type": "message.post", "client_id": new_id(), **more})[1:-1]
    return raw.replace('"type":"message"', ours).replace('"text":', '"body":')


def as_stored(written: str) -> str | None:
    """Return what must become of a text (its rule is held by `tests/agency/domain/test_text.py`). None if it is
    refused.
    """
    kept = clean(written)
    return None if problem(kept, 4000) else kept


async def test_every_app_message_as_it_is_is_refused_and_the_socket_lives() -> None:
    async with unharmed(writes=True):
        alice, chat = await both()
        before = await sync_to_async(rows_of)("t_")
        for case in APP_MESSAGES:
            for socket in (chat.visitor, alice):
                answer = await answer_to(socket, case["frame"])
                assert (answer["type"], answer["code"]) == ("error", "bad_frame"), case["name"]
        assert await sync_to_async(rows_of)("t_") == before
        assert await wait_idle(alice, chat.id) == await wait_idle(chat.visitor) == []


async def test_every_app_message_as_a_message_post_is_stored_or_refused() -> None:
    async with unharmed(writes=True):
        alice, chat = await both()
        mine = {"chat_id": chat.id, "fence": chat.fence}
        accepted = []
        for case in APP_MESSAGES:
            for socket, other, more in ((chat.visitor, alice, {}), (alice, chat.visitor, mine)):
                answer = await answer_to(socket, recast(case["frame"], **more))
                if answer["type"] == "ack":
                    accepted.append(case["name"])
                    body = as_stored(json.loads(case["frame"])["text"])
                    heard = await other.hear("message.posted")
                    assert heard["message"]["body"] == body
                    assert (await sync_to_async(stored)(chat.id))[-1] == (answer["seq"], body)
                else:
                    assert answer["type"] == "error", case["name"]
                    assert answer["code"] in ("bad_frame", "bad_text", "empty"), case["name"]
        assert accepted == ["text-crlf"] * 2
        assert await wait_idle(alice, chat.id) == await wait_idle(chat.visitor) == []


async def _pass_through(strings: list[str], sender: Socket, hearer: Socket, chat: Held, **more: Any) -> int:
    """Post every string. Each is heard and stored exactly, or refused. Returns the number stored."""
    count = 0
    for string in strings:
        client_id, wanted = new_id(), as_stored(string)
        frame = {"type": "message.post", "client_id": client_id, "body": string, **more}
        answer = await answer_to(sender, json.dumps(frame))
        if wanted is None:
            assert (answer["type"], answer["client_id"]) == ("error", client_id), repr(string)
            assert answer["code"] in ("empty", "too_long", "bad_text"), repr(string)
            continue
        assert (answer["type"], answer["client_id"]) == ("ack", client_id), repr(string)
        heard = (await hearer.hear("message.posted"))["message"]
        assert heard["seq"] == answer["seq"]
        if more.get("note"):
            assert (heard["kind"], heard["body"]) == ("hidden", ""), repr(string)
        else:
            assert (heard["body"], heard["client_id"]) == (wanted, client_id), repr(string)
        count += 1
    await wait_idle(sender, more.get("chat_id"))
    bodies = [body for _, body in await sync_to_async(stored)(chat.id)]
    wanted_bodies = [wanted for one in strings if (wanted := as_stored(one)) is not None]
    assert bodies[-count:] == wanted_bodies
    return count


@pytest.mark.shared_data
@pytest.mark.parametrize("side", ["visitor", "operator", "note"])
async def test_naughty_strings_as_messages(side: str) -> None:
    async with unharmed(writes=True):
        alice, chat = await both()
        strings = [*naughty(), *HEADERS]
        if side == "visitor":
            count = await _pass_through(strings, chat.visitor, alice, chat)
        else:
            mine = {"chat_id": chat.id, "fence": chat.fence, "note": side == "note"}
            count = await _pass_through(strings, alice, chat.visitor, chat, **mine)
        assert count > 500
        # Read back whole by the other way in: what a reload shows.
        await chat.visitor.send(type="chat.sync", after=0)
        synced = await chat.visitor.hear("chat.synced")
        shown = [one["body"] for one in synced["messages"] if one["kind"] == "text"]
        rows = [body for _, body in await sync_to_async(stored)(chat.id)]
        # The newest page; a visitor's has no note in it.
        seen = rows[:1] if side == "note" else rows
        assert shown == seen[len(seen) - len(shown) :]


@pytest.mark.shared_data
async def test_naughty_strings_as_page_title_url_and_referrer() -> None:
    """Send every string as url and as title of a `page.view`, and every fourth in a first message too (30 ms each)."""
    strings = [string[:300] for string in (*naughty(), *HEADERS)]
    alice, chat = await both()
    await sync_to_async(_stay_seated)()
    told = ""
    for string in strings:
        page = {"url": string, "title": string}
        await chat.visitor.send(type="page.view", page=page)
        if clean_line(string) in ("", told):
            continue  # no page, or the one known last
        told = clean_line(string)
        heard = (await alice.hear("message.posted"))["message"]
        assert heard["data"] == {"code": "page", "url": told, "title": told}, repr(string)
    # Nobody takes these chats: what is looked at is the row.
    every = strings[::4]
    thirds = [every[number : number + 3] for number in range(0, len(every), 3)]
    for turn in range(3):
        wanted = {}
        for triple in thirds[turn::3]:
            url, title, referrer = _turned(triple, turn)
            page = {"url": url, "title": title, "referrer": referrer}
            socket, _ = await visitor()
            post = {"type": "message.post", "client_id": new_id(), "body": "x", "page": page}
            answer = await answer_to(socket, json.dumps(post))
            assert answer["type"] == "ack", page
            wanted[answer["chat_id"]] = tuple(clean_line(one) for one in (url, title, referrer))
            await socket.leave()
        assert await sync_to_async(_pages)(list(wanted)) == wanted


def _stay_seated() -> None:
    """Nobody renews a lease here, and on a busy machine the test takes longer than its 15 s."""
    Seat.objects.update(lease_until=timezone.now() + timedelta(minutes=10))


def _turned(triple: list[str], turn: int) -> list[str]:
    full = [*triple, "", ""][:3]
    return full[turn:] + full[:turn]


def _pages(ids: list[str]) -> dict[str, tuple[str, str, str]]:
    with in_company(Schema("t_acme")):
        rows = Chat.objects.filter(pk__in=ids)
        return {str(row.pk): (row.page_url, row.page_title, row.referrer) for row in rows}


async def test_header_strings_in_the_question_form_make_no_header() -> None:
    """Names and addresses that try to add headers or recipients are one line, or refused."""
    from chat.models import Delivery

    marieke, _ = await visitor()
    for string in HEADERS:
        post = {
            "type": "question.post",
            "client_id": new_id(),
            "body": string,
            "name": string[:100],
        }
        answer = await answer_to(marieke, json.dumps({**post, "email": string[:254]}))
        assert answer["type"] == "question.posted" or answer["code"] == "bad_address", string
        post["client_id"] = new_id()
        answer = await answer_to(marieke, json.dumps({**post, "phone": "085 000 12 34"}))
        assert answer["type"] == "question.posted", string

    def mails() -> list[Any]:
        with in_company(Schema("t_acme")):
            return list(Delivery.objects.all())

    written = await sync_to_async(mails)()
    assert len(written) > len(HEADERS)
    for mail in written:
        assert mail.recipient == "vragen@acme.test"
        assert "\n" not in mail.subject + mail.reply_to
        assert "\r" not in mail.subject + mail.reply_to
        assert "," not in mail.reply_to
