"""Each error of docs/protocol.md, heard: its code, what becomes of the socket, nothing written, nobody else disturbed."""

import asyncio
import json
import time
import uuid
from typing import Any, get_args

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.core import signing

from agency.models import PoolEntry, Seat
from agency.services import limits
from chat.domain import frames
from chat.models import Question
from chat.realtime import auth, direct
from tenants.context import Schema, in_company
from tests import cast
from tests.contracts import protocol_page
from tests.realtime import test_endings, test_writer
from tests.realtime.desk import Socket, console_socket, operator, say, visitor
from tests.realtime.scene import (
    PROVEN,
    all_rows,
    held,
    new_id,
    proves,
    unharmed,
    wait_idle,
    zen_held,
)

pytestmark = pytest.mark.usefixtures("live")

NOT_A_KEY = "0" * 32
BAD_ORIGINS = [
    b"https://evil.example",
    b"null",
    b"",
    None,
    b"https://shop.acme.example.evil.example",
    b"https://evilshop.acme.example",
    b"https://shop.acme.example@evil.example",
    b"https://evil.example/https://shop.acme.example",
    b"http://shop.acme.example",
    b"https://shop.acme.example:444",
    b"https://shop.acme.example/",
    b"https://shop.acme.example\x00",
    b"\xff\xfe",
    cast.ZEN_ORIGIN.encode(),
]


async def refused(socket: Socket) -> tuple[str, int]:
    """The code and the close code with which a handshake ends."""
    await socket.connect()
    error = await socket.hear("error")
    return error["code"], await socket.hear_close()


async def error_of(socket: Socket, **frame: Any) -> str:
    """The code that answers this frame."""
    await socket.send(**frame)
    return str((await socket.hear("error"))["code"])


def widget(site: str, origin: bytes | None) -> Socket:
    """A visitor's socket that isn't connected yet."""
    headers = [] if origin is None else [(b"origin", origin)]
    return Socket(f"/ws/widget/{site}/", headers)


@proves("unknown_site")
@pytest.mark.parametrize(
    "key",
    [NOT_A_KEY, cast.ACME_SITE.upper(), cast.ACME_SITE[:-1], "x", "%00" * 32, "%27" * 32,
     cast.ACME_SITE + "%00", "é" * 32, "..", "t_acme", "public"],
)  # fmt: skip
async def test_an_unknown_site_key(key: str) -> None:
    async with unharmed():
        socket = widget(key, cast.ACME_ORIGIN.encode())
        assert await refused(socket) == ("unknown_site", 4404)


@proves("bad_origin")
async def test_an_origin_that_isn_t_the_site_s() -> None:
    async with unharmed():
        for origin in BAD_ORIGINS:
            assert await refused(widget(cast.ACME_SITE, origin)) == ("bad_origin", 4403), origin


async def test_an_origin_is_compared_without_its_case() -> None:
    await visitor(origin=cast.ACME_ORIGIN.upper())


@pytest.mark.parametrize(
    "origin",
    [None, b"null", b"", b"https://evil.example", b"http://localhost.evil.example",
     b"http://evillocalhost", b"http://localhost:81", b"http://acme.localhost", b"localhost"],
)  # fmt: skip
async def test_a_console_from_another_page_is_refused(origin: bytes | None) -> None:
    console = await console_socket("alice@balie.test")
    kept = [header for header in console.communicator.scope["headers"] if header[0] != b"origin"]
    console.communicator.scope["headers"] = kept + (
        [(b"origin", origin)] if origin is not None else []
    )
    async with unharmed():
        assert await refused(console) == ("bad_origin", 4403)


@proves("signed_out")
@pytest.mark.parametrize(
    "cookie",
    ["", "x", "balie_session_8000=", "balie_session_8000=" + "a" * 32, "balie_session_8000=é",
     'balie_session_8000="\\000\\000\\000\\000\\000\\000\\000\\000"', "=;=;", "balie_session_8000=' OR 1=1 --"],
)  # fmt: skip
async def test_a_console_without_a_session_is_refused(cookie: str) -> None:
    from django.conf import settings

    named = cookie.replace("balie_session_8000", settings.SESSION_COOKIE_NAME)
    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
    socket = Socket("/ws/console/", [*headers, (b"cookie", named.encode())])
    async with unharmed():
        assert await refused(socket) == ("signed_out", 4401)


@pytest.mark.parametrize("email", ["maud@balie.test", "carol@acme.test", "dave@zen.test"])
async def test_a_console_is_for_operators_only(email: str) -> None:
    async with unharmed():
        assert await refused(await console_socket(email)) == ("signed_out", 4401)


async def test_a_session_that_ends_closes_its_open_console() -> None:
    from django.contrib.sessions.models import Session

    socket = await console_socket("alice@balie.test")
    await socket.connect()
    await socket.send(type="hello")
    await socket.hear("snapshot")
    await sync_to_async(Session.objects.all().delete)()
    assert (await socket.hear("error"))["code"] == "signed_out"
    assert await socket.hear_close() == 4401


def _token(site: str = cast.ACME_SITE, *, age: float = 0, salt: str = auth._SALT) -> str:
    """A token as it would be issued, of this age in seconds and under this salt."""
    signer = signing.TimestampSigner(salt=salt)
    now = time.time
    signing.time.time = lambda: now() - age  # type: ignore[assignment]
    try:
        return signer.sign_object([site, uuid.uuid4().hex])
    finally:
        signing.time.time = now  # type: ignore[assignment]


@proves("bad_token", "expired_token", "wrong_site")
async def test_a_token_that_isn_t_good() -> None:
    good = _token()
    payload, stamp, signature = good.split(":")
    cases = [
        ("bad_token", ""),
        ("bad_token", "x"),
        ("bad_token", "é" * 100),
        ("bad_token", "\x00"),
        ("bad_token", "a:b:c"),
        ("bad_token", f"{payload}:{stamp}:{signature[:-1]}"),
        ("bad_token", f"{payload}:{stamp}:"),
        ("bad_token", f"{payload[:-2]}:{stamp}:{signature}"),
        ("bad_token", f"{payload}:{stamp}A:{signature}"),
        ("bad_token", _token(salt="balie.other")),
        ("bad_token", signing.TimestampSigner(salt=auth._SALT).sign_object({"a": 1})),
        ("bad_token", signing.TimestampSigner(salt=auth._SALT).sign_object([cast.ACME_SITE, 7])),
        ("bad_token", signing.TimestampSigner(salt=auth._SALT).sign_object([cast.ACME_SITE, "x"])),
        ("expired_token", _token(age=auth.TOKEN_AGE + 60)),
        ("wrong_site", _token(cast.ZEN_SITE)),
    ]
    async with unharmed():
        for code, token in cases:
            socket = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
            await socket.connect()
            assert await error_of(socket, type="hello", token=token) == code, token
            assert await socket.hear_close() == 4401
    await visitor(token=good)
    await visitor(token=_token(age=auth.TOKEN_AGE - 60))


@proves("hello_first")
async def test_a_frame_before_hello() -> None:
    async with unharmed():
        for name, section in protocol_page.sections("Visitor commands").items():
            if name != "hello":
                socket = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
                await socket.connect()
                assert await error_of(socket, **section.example) == "hello_first", name
                assert await socket.hear_close() == 4401
        for name, section in protocol_page.sections("Console commands").items():
            if name != "hello":
                socket = await console_socket("alice@balie.test")
                await socket.connect()
                assert await error_of(socket, **section.example) == "hello_first", name
                assert await socket.hear_close() == 4401


async def test_a_socket_that_never_says_hello_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "HELLO_WITHIN", 0.05)
    socket = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
    await socket.connect()
    assert await socket.hear_close() == 4408


NOT_FRAMES = [
    " ", "hello", "42", "null", "true", '"x"', "[]", "{}", "{", '{"type":null}', '{"type":7}',
    '{"type":[]}', '{"type":"drop_all"}', '{"type":"HELLO"}', '{"type":"message.post"}', "\x00", "\ufeff{}",
    '{"type":"typing","on":true,"extra":1}', '{"type":"typing","on":NaN}', '{"type":"read","seq":-1}',
    '{"type":"read","seq":1e999}', '{"type":"read","seq":99999999999999999999}', '{"type":"read","seq":1.5}',
    '{"type":"typing","on":true}}', '{"type":"typing","type":"beat"', "[" * 5000, '{"a":' * 3000,
    '{"type":"message.post","client_id":"x","body":"x"}',
]  # fmt: skip


@proves("bad_frame")
async def test_what_is_no_frame_is_bad_and_the_socket_lives(settings: Any) -> None:
    settings.FRAME_BURST = 10_000
    async with unharmed():
        marieke, _ = await visitor()
        alice, _ = await operator()
        for socket in (marieke, alice):
            for raw in NOT_FRAMES:
                await socket.send_raw(raw)
                error = await socket.hear("error")
                assert error["code"] == "bad_frame", raw
                assert error["detail"], raw
            await socket.communicator.send_to(bytes_data=b'{"type":"beat"}')
            assert (await socket.hear("error"))["code"] == "bad_frame"
        await wait_idle(marieke)


CONFUSED: list[Any] = [True, 0, 1.5, "", [], {}, [[]], None]


def _confusions(section: protocol_page.Section, cls: Any) -> list[dict[str, Any]]:
    """The section's example with one field of another JSON type; also inside `page`."""
    found = []
    optional = {
        field.name for field in msgspec.structs.fields(cls) if type(None) in get_args(field.type)
    }
    for name, value in section.example.items():
        if name == "type":
            continue
        found += [
            {**section.example, name: odd}
            for odd in CONFUSED
            if type(odd) is not type(value) and not (odd is None and name in optional)
        ]
        if isinstance(value, dict):
            found += [
                {**section.example, name: {**value, inner: odd}}
                for inner in value
                for odd in CONFUSED
                if not isinstance(odd, str)
            ]
    return found


async def test_a_field_of_another_type_is_bad_for_every_frame(settings: Any) -> None:
    settings.FRAME_BURST = 100_000
    tried = 0
    async with unharmed():
        marieke, _ = await visitor()
        alice, _ = await operator()
        for socket, heading, classes in (
            (marieke, "Visitor commands", frames.VISITOR_FRAMES),
            (alice, "Console commands", frames.CONSOLE_FRAMES),
        ):
            by_name = {cls.__struct_config__.tag: cls for cls in classes}
            for name, section in protocol_page.sections(heading).items():
                for frame in _confusions(section, by_name[name]):
                    assert await error_of(socket, **frame) == "bad_frame", frame
                    tried += 1
    assert tried > 300


@proves("too_big")
@pytest.mark.parametrize("body", ["a" * 65_536, "é" * 32_750, "😀" * 16_400])
async def test_a_frame_over_64_kb(body: str) -> None:
    async with unharmed():
        marieke, _ = await visitor()
        await marieke.send_raw(
            json.dumps(
                {"type": "message.post", "client_id": new_id(), "body": body}, ensure_ascii=False
            )
        )
        assert (await marieke.hear("error"))["code"] == "too_big"
        assert await marieke.hear_close() == 4400


@proves("too_fast")
async def test_too_many_frames_in_a_moment(settings: Any) -> None:
    settings.FRAME_RATE = 0.001
    async with unharmed():
        marieke, _ = await visitor()
        for _ in range(29):
            await marieke.send(type="beat")
            await marieke.hear("beat")
        await marieke.send(type="message.post", client_id=new_id(), body="te snel")
        assert (await marieke.hear("error"))["code"] == "too_fast"
        assert await marieke.hear_close() == 4429


TEXTS = [
    ("empty", ""), ("empty", " \t\r\n "), ("too_long", "a" * 4001), ("too_long", "😀" * 4001),
    ("bad_text", "a\x00b"), ("bad_text", "\x00"),
]  # fmt: skip
SURROGATES = [r"\ud800", r"a\udfff", r"\ude00\ud83d", r"\ud83d\ud83d"]


@proves("empty", "too_long", "bad_text")
async def test_a_text_that_can_t_be_stored(settings: Any) -> None:
    settings.FRAME_BURST = 10_000
    async with unharmed(writes=True):
        alice, _ = await operator()
        chat = await zen_held(alice)
        fresh, _ = await visitor()
        before = await sync_to_async(all_rows)()
        mine = {"chat_id": chat.id, "fence": chat.fence}
        for socket, more in (
            (fresh, {}),
            (chat.visitor, {}),
            (alice, mine),
            (alice, {**mine, "note": True}),
        ):
            post = {"type": "message.post", "client_id": new_id(), **more}
            for code, body in TEXTS:
                assert await error_of(socket, **post, body=body) == code, body
            for body in SURROGATES:
                raw = json.dumps({**post, "body": "HERE"}).replace("HERE", body)
                await socket.send_raw(raw)
                assert (await socket.hear("error"))["code"] in ("bad_text", "bad_frame"), body
        question = {"type": "question.post", "client_id": new_id(), "email": "a@example.nl"}
        for code, body in TEXTS:
            assert await error_of(fresh, **question, body=body) == code
        assert await sync_to_async(all_rows)() == before
        await say(chat.visitor, "😀" * 4000)
        heard = await alice.hear("message.posted")
        assert heard["message"]["body"] == "😀" * 4000


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


async def test_a_visitor_can_t_ask_for_another_s_chat() -> None:
    alice, _ = await operator()
    zen, acme = await zen_held(alice, body="van zen"), await held(alice, body="van acme")
    for chat_id in (zen.id, acme.id, new_id()):
        token = _token()
        _, welcome = await visitor(chat_id=chat_id, token=token)
        assert welcome["chat"] is None
    # Not even the very visitor who has a chat on the other company's site.
    stolen = zen.welcome["token"]
    socket = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
    await socket.connect()
    assert await error_of(socket, type="hello", token=stolen, chat_id=zen.id) == "wrong_site"


def _commands(chat_id: str, fence: int) -> list[dict[str, Any]]:
    """Every console command that names a chat with its fence, from the page's examples."""
    found = []
    for section in protocol_page.sections("Console commands").values():
        frame = {**section.example, "chat_id": chat_id, "client_id": new_id()}
        if "fence" in section.example:
            found.append({**frame, "fence": fence})
    assert len(found) >= 9
    return found


def _answer(command: dict[str, Any], code: str) -> str:
    """What answers a command whose chat is refused with this code: without an offer, or the lead, it looks absent."""
    absent = command["type"].startswith("offer.") or command["type"] == "chat.take"
    return "not_found" if absent else code


async def test_a_chat_that_was_never_mine_looks_like_none() -> None:
    alice, _ = await operator()
    zen, acme = await zen_held(alice), await held(alice)
    await wait_idle(alice, zen.id)
    bob, _ = await operator("bob@balie.test")
    before = await sync_to_async(all_rows)()
    for chat_id in (zen.id, acme.id, new_id()):
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
    assert (
        await error_of(alice, type="message.post", client_id=own, body="twee", **mine) == "conflict"
    )
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
        monkeypatch.setattr(limits, "NEW_CHATS", 0)
        marieke = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
        marieke.communicator.scope["client"] = ["203.0.113.9", 4711]
        await marieke.connect()
        await marieke.send(type="hello")
        await marieke.hear("welcome")
        first = {"client_id": new_id(), "body": "Nog een chat"}
        assert await error_of(marieke, type="message.post", **first) == "too_many"
        assert (
            await error_of(marieke, type="question.post", **first, phone="0850001234") == "too_many"
        )
        monkeypatch.setattr(limits, "TRANSCRIPTS", 0)
        ask = {"client_id": new_id(), "chat_id": new_id(), "email": "jan@example.nl"}
        assert await error_of(marieke, type="transcript.ask", **ask) == "too_many"
        await wait_idle(marieke)


@proves("nobody", "bad_address")
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


def test_every_code_of_the_page_is_heard_by_a_test() -> None:
    assert test_writer.proves is test_endings.proves is proves
    assert set(protocol_page.error_codes()) == PROVEN
