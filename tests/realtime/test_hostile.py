"""Hostile input through both sides' sockets: stored or refused, byte for byte when stored, and nothing else happens."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from agency.models import Seat
from chat.models import Chat, Message
from chat.realtime.incoming import clean_line
from tenants.context import Schema, in_company
from tests import cast
from tests.contracts import protocol_page
from tests.realtime.desk import Socket, operator, visitor
from tests.realtime.scene import Held, held, new_id, rows_of, unharmed, wait_idle, zen_held

pytestmark = pytest.mark.usefixtures("live")

DATA = Path(__file__).resolve().parent.parent / "data"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
APP_MESSAGES = json.loads((DATA / "app_messages.json").read_text())
HEADERS = json.loads((DATA / "email_header_strings.json").read_text())
# What a frame may be answered with besides its own event.
CODES = set(protocol_page.error_codes())
CLOSES = {4400, 4401, 4413, 4429}


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture, settings: Any) -> Iterator[None]:
    """Nothing that a client sends is an error of ours."""
    settings.FRAME_BURST = settings.FRAME_RATE = 1_000_000
    caplog.set_level(logging.ERROR)
    yield
    assert caplog.get_records("call") == []


def naughty() -> list[str]:
    """The public list of strings that break programs."""
    return json.loads((SHARED / "naughty_strings.json").read_text())


async def answer_to(socket: Socket, raw: str) -> dict[str, Any]:
    """The next thing said after a raw frame: an event, or a close as one."""
    await socket.send_raw(raw)
    output = await socket.communicator.receive_output(5)
    if output["type"] == "websocket.close":
        return {"type": "close", "code": output["code"]}
    return json.loads(output["text"])


def recast(raw: str, **more: Any) -> str:
    """A chat program's message frame, however broken, as our own `message.post`."""
    ours = json.dumps({"type": "message.post", "client_id": new_id(), **more})[1:-1]
    return raw.replace('"type":"message"', ours).replace('"text":', '"body":')


def as_stored(written: str) -> str | None:
    """What must become of a text, said again: line ends as `\\n`, no white space around it; None if it is refused."""
    kept = "\n".join(written.replace("\r\n", "\r").split("\r")).strip()
    odd = any(character == "\0" or "\ud800" <= character <= "\udfff" for character in kept)
    return kept if kept and not odd and len(kept) <= 4000 else None


def stored(chat_id: str, schema: str = "t_zen") -> list[tuple[int, str]]:
    """Seq and body of what people wrote in a chat."""
    with in_company(Schema(schema)):
        rows = Message.objects.filter(chat=chat_id, kind__in=("text", "note")).order_by("seq")
        return list(rows.values_list("seq", "body"))


async def both(**body: Any) -> tuple[Socket, Held]:
    """Alice with a zen chat."""
    alice, _ = await operator()
    chat = await zen_held(alice, **body)
    await wait_idle(alice, chat.id)
    await wait_idle(chat.visitor)
    return alice, chat


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


async def _pass_through(
    strings: list[str], sender: Socket, hearer: Socket, chat: Held, **more: Any
) -> int:
    """Post every string; each is heard and stored exactly, or refused. The number stored."""
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
        assert shown == (rows[:1] if side == "note" else rows)[: len(shown)]


@pytest.mark.shared_data
async def test_naughty_strings_as_page_title_url_and_referrer() -> None:
    """Every string as url and as title of a `page.view`; every fourth one in a first message too (30 ms each)."""
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


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


def _mutants(heading: str) -> st.SearchStrategy[str]:
    """A frame of the page with a field replaced, dropped or added, or its text cut or spoilt."""

    examples = [section.example for section in protocol_page.sections(heading).values()]

    @st.composite
    def mutant(draw: st.DrawFn) -> str:
        frame = dict(draw(st.sampled_from(examples)))
        for _ in range(draw(st.integers(0, 3))):
            name = draw(st.sampled_from([*frame, "extra"]))
            if draw(st.booleans()):
                frame[name] = draw(_JSON)
            else:
                frame.pop(name, None)
        raw = json.dumps(frame)
        kind = draw(st.sampled_from(["whole", "whole", "whole", "cut", "spoilt"]))
        if kind == "whole":
            return raw
        place = draw(st.integers(1, len(raw) - 1))
        return (
            raw[:place]
            if kind == "cut"
            else raw[:place] + draw(st.characters(codec="utf-8")) + raw[place:]
        )

    return mutant()


def _generated(heading: str, count: int) -> list[str]:
    """The same mutants at every run."""
    found: list[str] = []

    @hypothesis_settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_mutants(heading))
    def collect(raw: str) -> None:
        found.append(raw)

    collect()
    return found


async def test_mutated_frames_never_break_a_socket() -> None:
    """400 frames: each is answered, or closes its socket with a documented code, or is a silent one like `typing`."""
    alice, zen = await both()
    chat = await held(alice)
    bystander, _ = await visitor(cast.ZEN_SITE, cast.ZEN_ORIGIN)
    mutants = _generated("Visitor commands", 200), _generated("Console commands", 200)
    assert [len(set(raws)) > 100 for raws in mutants] == [True, True]
    socket = chat.visitor
    for raw in mutants[0]:
        await socket.send_raw(raw)
        closed = await _drained(socket, None)
        if closed is not None:
            assert closed in CLOSES, raw
            socket, _ = await visitor()
    for raw in mutants[1]:
        await alice.send_raw(raw)
        closed = await _drained(alice, zen.id)
        if closed is not None:
            assert closed in CLOSES, raw
            alice, _ = await operator()
    assert await wait_idle(bystander) == []
    assert [body for _, body in await sync_to_async(stored)(zen.id)] == ["Hoi"]


async def _drained(socket: Socket, chat_id: str | None) -> int | None:
    """Read until a sync is answered; the close code if the socket closed. Every error on the way is a known one."""
    ask = {"type": "chat.sync", "after": 2**31 - 1, **({"chat_id": chat_id} if chat_id else {})}
    await socket.send(**ask)
    while True:
        output = await socket.communicator.receive_output(5)
        if output["type"] == "websocket.close":
            return int(output["code"])
        frame = json.loads(output["text"])
        if frame["type"] == "error":
            assert frame["code"] in CODES, frame
            if frame["code"] == "not_found" and "client_id" not in frame:
                return None
        if frame["type"] == "chat.synced":
            return None


def test_the_log_is_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    """`no_traceback` means something only if what the live path logs arrives there."""
    logging.getLogger("balie.live").error("seen")
    assert [record.message for record in caplog.records]
    caplog.clear()
