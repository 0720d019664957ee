"""Frames that are none, too big, too many, or hold what can't be stored: the code, and what becomes of the socket."""

import json
from typing import Any, get_args

import msgspec
import pytest
from asgiref.sync import sync_to_async

from chat.domain import frames
from chat.realtime import frame_budget
from tests import DATA, cast
from tests.chat.realtime.desk import operator, say, visitor
from tests.chat.realtime.refusals import error_of, widget
from tests.chat.realtime.scene import all_rows, new_id, proves, unharmed, wait_idle, zen_held
from tests.contracts import protocol_page

pytestmark = pytest.mark.usefixtures("live")


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
    """Return the section's example with one field of another JSON type, also inside `page` and `provenance`."""
    found = []
    optional = _optional(cls)
    structs = {field.name: _struct_in(field.type) for field in msgspec.structs.fields(cls)}
    inside = {name: _optional(struct) for name, struct in structs.items()}
    for name, value in section.example.items():
        if name == "type":
            continue
        found += [
            {**section.example, name: odd}
            for odd in CONFUSED
            if type(odd) is not type(value) and not (odd is None and name in optional)
            # Of a struct that may be null, an empty one is right.
            if not (odd == {} and value is None and structs[name])
        ]
        if isinstance(value, dict):
            found += [
                {**section.example, name: {**value, inner: odd}}
                for inner in value
                for odd in CONFUSED
                if type(odd) not in (str, type(value[inner])) and not (odd is None and inner in inside[name])
            ]
    return found


def _struct_in(hint: Any) -> Any:
    """Return the struct that a field holds, perhaps beside None, or None."""
    return next((one for one in (hint, *get_args(hint)) if hasattr(one, "__struct_fields__")), None)


def _optional(cls: Any) -> set[str]:
    """Return the fields of a struct that may be null."""
    fields = msgspec.structs.fields(cls) if cls is not None else ()
    return {field.name for field in fields if type(None) in get_args(field.type)}


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
            json.dumps({"type": "message.post", "client_id": new_id(), "body": body}, ensure_ascii=False)
        )
        assert (await marieke.hear("error"))["code"] == "too_big"
        assert await marieke.hear_close() == 4400


@pytest.mark.parametrize("character", ["a", "é", "€", "😀"])
async def test_a_frame_of_exactly_64_kb_and_one_of_a_byte_more(character: str) -> None:
    """Bytes count, not characters: 65,536 of them are read, and answered as what they are."""

    def frame(size: int) -> str:
        post = {"type": "message.post", "client_id": new_id(), "body": ""}
        room = size - len(json.dumps(post))
        width = len(character.encode())
        body = character * (room // width) + "a" * (room % width)
        text = json.dumps({**post, "body": body}, ensure_ascii=False)
        assert len(text.encode()) == size
        return text

    async with unharmed():
        marieke, _ = await visitor()
        await marieke.send_raw(frame(65_536))
        assert (await marieke.hear("error"))["code"] == "too_long"
        await marieke.send_raw(frame(65_537))
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


async def test_a_bad_frame_that_can_be_named_is_named() -> None:
    """Its sender waits for an answer to this very command, and what is behind it waits too."""
    async with unharmed():
        marieke, _ = await visitor()
        named = {"client_id": new_id(), "chat_id": new_id()}
        await marieke.send(type="message.post", body=5, **named)
        heard = await marieke.hear("error")
        assert {"code": "bad_frame", **named}.items() <= heard.items()
        await marieke.send(type="message.post", body="x", client_id="not one")
        assert (await marieke.hear("error")).get("client_id") is None


async def test_the_tabs_of_one_visitor_share_their_frames(settings: Any) -> None:
    settings.FRAME_RATE = 0.001
    async with unharmed():
        first, welcome = await visitor()
        tabs = [first, *[(await visitor(token=welcome["token"]))[0] for _ in range(4)]]
        # Five hellos are spent.
        for number in range(25):
            await tabs[number % 5].send(type="beat")
            await tabs[number % 5].hear("beat")
        await tabs[3].send(type="beat")
        assert (await tabs[3].hear("error"))["code"] == "too_fast"
        assert await tabs[3].hear_close() == 4429
        # Somebody else isn't held up.
        other, _ = await visitor()
        await other.send(type="beat")
        await other.hear("beat")


async def test_a_visitor_has_only_so_many_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_budget, "MAX_SOCKETS", 2)
    async with unharmed():
        first, welcome = await visitor()
        second, _ = await visitor(token=welcome["token"])
        third = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
        await third.connect()
        await third.send(type="hello", token=welcome["token"])
        assert (await third.hear("error"))["code"] == "too_fast"
        assert await third.hear_close() == 4429
        await second.leave()
        fourth, _ = await visitor(token=welcome["token"])
        await fourth.send(type="beat")
        await fourth.hear("beat")
        await first.leave()


INVISIBLE = json.loads((DATA / "invisible.json").read_text("utf-8"))["empty"]
TEXTS = [
    ("empty", ""), ("empty", " \t\r\n "), ("too_long", "a" * 4001), ("too_long", "😀" * 4001),
    ("bad_text", "a\x00b"), ("bad_text", "\x00"),
    *(("empty", text) for text in INVISIBLE),
]  # fmt: skip


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
        question = {"type": "question.post", "client_id": new_id(), "email": "a@example.nl"}
        for code, body in TEXTS:
            assert await error_of(fresh, **question, body=body) == code
        assert await sync_to_async(all_rows)() == before
        await say(chat.visitor, "😀" * 4000)
        heard = await alice.hear("message.posted")
        assert heard["message"]["body"] == "😀" * 4000
