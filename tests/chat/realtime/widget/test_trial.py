"""The robot of a test chat: on the wire like an operator, and in no table."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import HttpCommunicator
from django.core import mail, signing

from balie.asgi import application
from chat.domain import frames
from chat.realtime import trial
from chat.realtime.widget import counters, longpoll, sightings
from chat.services.trial import AGE, CannotTry, check_token, trial_url
from tenants import resolve
from tenants.models import Company, Site
from tests import cast
from tests.chat.realtime.desk import Socket, operator, say
from tests.chat.realtime.scene import new_id
from tests.chat.realtime.widget.trying import (  # noqa: F401 -- fixtures
    fixture_not_live,
    fixture_quick,
    token_of,
    trying,
    welcomed,
    words,
)
from tests.chat.realtime.widget.whole_database import changed, rows
from tests.contracts import protocol_page
from tests.contracts.frames import COMMANDS
from tests.contracts.isolation import private

pytestmark = pytest.mark.usefixtures("live")


async def config(query: str = "", origin: str = cast.ACME_ORIGIN, **headers: str) -> tuple[dict[bytes, bytes], Any]:
    """Ask for the config. Returns headers and body, the status for a body that is empty."""
    sent = [(b"origin", origin.encode())] if origin else []
    sent += [(name.encode(), value.encode()) for name, value in headers.items()]
    path = f"/widget/{cast.ACME_SITE}/config{query}"
    answer = await HttpCommunicator(application, "GET", path, headers=sent).get_response(timeout=5)
    return dict(answer["headers"]), json.loads(answer["body"] or str(answer["status"]))


async def test_a_whole_test_chat_leaves_no_row_in_any_table_and_no_mail() -> None:
    # Somebody is there for real visitors: the robot's chat must ring at nobody's.
    alice, _ = await operator()
    before = await sync_to_async(rows)()
    _, found = await config(f"?test={await token_of()}")
    assert (found["availability"]["mode"], found["level"]) == ("chat", "open")
    socket = await welcomed(page=PAGE)
    chat_id = await talk(socket, found["greetings"][0]["id"])
    await end(socket, chat_id)
    await socket.leave()
    await alice.silent("offer.made", "call.made")
    await sightings.write_waiting()
    after = await sync_to_async(rows)()
    assert {
        "t_acme.chat_message",
        "t_zen.chat_lead",
        "public.billing_charge",
        "public.agency_chatrecord",
    } <= after.keys()
    assert changed(before, after) == {"public.agency_sitesighting"}
    assert mail.outbox == []
    assert (await Company.objects.aget(slug="acme")).tested_at is not None
    assert not trial._open


PAGE = {"url": f"{cast.ACME_ORIGIN}/maat", "title": "Maat", "referrer": ""}


async def talk(socket: Socket, greeting_id: str) -> str:
    """Say what a visitor may say in a chat, and hear the robot. Returns the chat's id."""
    ack = await say(socket, "Valt de Veluwe klein?", page=PAGE, greeting_id=greeting_id)
    assert ack["seq"] == 2
    began = asyncio.get_running_loop().time()
    assert "proefchat" in await words(socket)
    assert asyncio.get_running_loop().time() - began < 2
    assert "Groet" in await words(socket)
    await say(socket, "En de maat?")
    assert "En de maat?" in await words(socket)
    for frame in ({"type": "typing", "on": True}, {"type": "read", "seq": 3}, {"type": "page.view", "page": PAGE}):
        await socket.send(**frame)
    await socket.send(type="beat")
    assert (await socket.hear("beat"))["state"] == "open"
    await socket.send(type="chat.sync", after=0)
    synced = await socket.hear("chat.synced")
    assert [line["seq"] for line in synced["messages"]] == list(range(1, synced["last_seq"] + 1))
    assert synced["messages"][0]["body"] == "Hoi van Acme Schoenen!"
    return str(ack["chat_id"])


async def end(socket: Socket, chat_id: str) -> None:
    """Leave a question, end the chat, rate it and want it by mail."""
    question = {"client_id": new_id(), "body": "En later?", "email": "m@voorbeeld.example"}
    await socket.send(type="question.post", **question)
    assert (await socket.hear("question.posted"))["client_id"] == question["client_id"]
    assert "nergens" in await words(socket)
    await socket.send(type="chat.close", client_id=new_id())
    await socket.hear("ack")
    about = {"client_id": new_id(), "chat_id": chat_id}
    await socket.send(type="chat.rate", good=True, words="Fijn", **about)
    assert (await socket.hear("chat.rated"))["words"] == "Fijn"
    await socket.send(type="transcript.ask", email="m@voorbeeld.example", **about)
    assert (await socket.hear("error"))["code"] == "not_found"


async def test_the_robot_answers_every_frame_of_a_visitor(quick: None) -> None:
    assert set(trial.ANSWERS) == set(frames.VISITOR_FRAMES)
    before = await sync_to_async(rows)()
    for command in COMMANDS:
        if command.side != "Visitor":
            continue
        socket = await welcomed()
        if command.tag not in ("hello", "message.post"):
            await say(socket, private("acme", 1))
        await socket.send(**command.example)
        await socket.send(type="beat")
        await socket.hear("beat")
        known = protocol_page.sections("Visitor events")
        assert {frame["type"] for frame in socket.kept} <= known.keys()
        await socket.leave()
    after = await sync_to_async(rows)()
    assert changed(before, after) == set()


async def test_it_speaks_the_sites_language_in_the_companys_tone(quick: None) -> None:
    await Company.objects.filter(slug="acme").aupdate(tone="u")
    socket = await welcomed()
    await say(socket, "Hallo")
    assert (await words(socket)).startswith("Goedendag, ik ben de robot van Acme Schoenen")
    assert "uw script" in await words(socket)
    try:
        await Site.objects.filter(key=cast.ACME_SITE).aupdate(language="en")
        resolve._sites.clear()
        english = await welcomed()
        await say(english, "Hello")
        assert "test chat" in await words(english)
        assert "no script" in await words(english)
    finally:
        await Site.objects.filter(key=cast.ACME_SITE).aupdate(language="nl")


async def test_a_lost_socket_begins_anew_and_says_so(quick: None) -> None:
    socket = await welcomed()
    lost = (await say(socket, "Hallo"))["chat_id"]
    await socket.leave()
    again = await welcomed(token="test", chat_id=lost, after=3)
    over = (await say(again, "Daar ben ik weer"))["chat_id"]
    assert "verbinding" in await words(again)
    await again.send(type="chat.close", client_id=new_id())
    await again.leave()
    # It was over before its socket went.
    anew = await welcomed(token="test", chat_id=over, after=3)
    assert (await say(anew, "Nog een"))["chat_id"] != over
    assert "verbinding" not in await words(anew)


@pytest.mark.parametrize("code", ["bad_token", "expired_token", "wrong_site", "bad_origin"])
async def test_a_sign_that_is_not_good_here_offers_nothing_even_where_somebody_is(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = {
        "bad_token": "balie",
        "expired_token": await token_of(),
        "wrong_site": await token_of(cast.ZEN_SITE),
        "bad_origin": await token_of(origin=cast.ZEN_ORIGIN),
    }[code]
    if code == "expired_token":
        monkeypatch.setattr("chat.services.trial.AGE", -1)
    with pytest.raises(CannotTry) as refused:
        check_token(token, key=cast.ACME_SITE, origin=cast.ACME_ORIGIN)
    assert refused.value.code == code
    headers, found = await config(f"?test={token}")
    # The loader hides, and may read why; without the sign it would open a real chat once the company is live.
    assert found == 403
    assert headers[b"access-control-allow-origin"] == cast.ACME_ORIGIN.encode()
    assert headers[b"cache-control"] == b"no-store"
    headers, found = await config(f"?test={token}", origin="https://evil.example")
    assert (found, b"access-control-allow-origin" in headers) == (403, False)
    socket = await trying(token)
    assert (await socket.hear("error"))["code"] == code
    # For good: nothing gets better by coming back.
    assert await socket.hear_close() == 4403


async def test_a_page_of_ours_may_be_named_in_the_sign_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    own = "http://acme.localhost:8000"
    token = await token_of(origin=own)
    # A browser names no origin to its own.
    headers, found = await config(f"?test={token}", origin="", host="acme.localhost:8000")
    assert found["test"] == token
    assert b"access-control-allow-origin" not in headers
    assert headers[b"cache-control"] == b"no-store"
    assert (await config(f"?test={token}", origin="", host="evil.example"))[1] == 403
    assert (await config(f"?test={token}"))[1] == 403
    socket = await trying(token, origin=own)
    await socket.send(type="hello")
    await socket.hear("welcome")


async def test_a_page_that_tries_counts_as_one_that_has_the_code_and_as_no_visit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counters, "count", lambda *said, **more: pytest.fail(f"counted: {said}"))
    written: list[Any] = []
    monkeypatch.setattr(sightings, "note_sightings", lambda pairs, now: written.append(list(pairs)))
    await config(f"?test={await token_of()}")
    await sightings.write_waiting()
    assert [origin for _, origin in written[0]] == [cast.ACME_ORIGIN]


async def test_it_goes_by_long_poll_as_well(quick: None) -> None:
    path = f"/wire/widget/{cast.ACME_SITE}/"
    body = json.dumps({"session": None, "frames": ['{"type":"hello"}']}).encode()
    request = HttpCommunicator(
        application,
        "POST",
        f"{path}?test={await token_of()}",
        body=body,
        headers=[(b"origin", cast.ACME_ORIGIN.encode())],
    )
    answer = json.loads((await request.get_response(timeout=5))["body"])
    assert json.loads(answer["frames"][0])["token"] == "test"
    longpoll._sessions[answer["session"]].hang_up()


def test_the_link_names_the_page_and_lasts_an_hour() -> None:
    assert timedelta(seconds=AGE) == timedelta(hours=1)
    url = trial_url(Site(key="a" * 32), "https://shop.acme.example")
    address, _, sign = url.partition("#balie-test=")
    assert address == "https://shop.acme.example/"
    # As the loader reads it.
    assert re.fullmatch(r"[\w:.-]+", sign)
    assert signing.loads(sign, salt="balie.trial") == ["a" * 32, "https://shop.acme.example"]
