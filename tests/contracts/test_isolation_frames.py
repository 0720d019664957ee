"""Every frame of both sockets, for every role, with own, foreign and unknown ids: no word of another company."""

import json
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args
from uuid import UUID

import msgspec
import pytest
from asgiref.sync import sync_to_async
from channels.testing import HttpCommunicator
from django.utils import timezone

from agency.models import Operator, Reservation, User
from agency.project.asgi import application
from agency.services import presence
from agency.services.certification import certify
from agency.services.reservations import KEEP_FOR
from chat.domain import frames
from chat.live import writer
from chat.models import Text
from tenants.context import Schema, in_company
from tenants.models import Company
from tests import cast
from tests.contracts import protocol_page
from tests.contracts.isolation import CHOSEN, ROLES, World, alike, assert_clean, private
from tests.realtime.desk import Socket, console_socket, operator, say, take, visitor
from tests.realtime.scene import Held, all_rows, held, new_id, wait_idle

pytestmark = pytest.mark.usefixtures("live")


class Command(NamedTuple):
    """One frame of the registry with the page's example of it, and its fields that hold ids."""

    side: str
    tag: str
    example: dict[str, Any]
    ids: tuple[str, ...]

    @property
    def references(self) -> list[str]:
        """Ids of things that are there, or not, or somebody else's."""
        return [name for name in self.ids if name not in CHOSEN]


def commands() -> Iterator[Command]:
    """Both registries. An id inside a nested object would be missed, so none may be there."""
    for side, classes in (("Visitor", frames.VISITOR_FRAMES), ("Console", frames.CONSOLE_FRAMES)):
        sections = protocol_page.sections(f"{side} commands")
        for cls in classes:
            tag = str(cls.__struct_config__.tag)
            fields = {field.name: field.type for field in msgspec.structs.fields(cls)}
            yield Command(
                side, tag, sections[tag].example, tuple(name for name, kind in fields.items() if _is_id(kind))
            )  # fmt: skip
            for kind in fields.values():
                for inner in (kind, *get_args(kind)):
                    if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                        nested = msgspec.structs.fields(inner)
                        assert not any(_is_id(field.type) for field in nested), f"{tag}: nested id"


def _is_id(kind: Any) -> bool:
    return kind is UUID or UUID in get_args(kind)


COMMANDS = list(commands())
REFERRING = [
    pytest.param(command, name, id=f"{command.side}-{command.tag}-{name}")
    for command in COMMANDS
    for name in command.references
]


class Desk(NamedTuple):
    """Alice holds chats of both companies; zen's visitor and she are the ones who must notice nothing."""

    alice: Socket
    zen: Held
    acme: Held
    world: World


async def open_desk() -> Desk:
    """Two chats full of marks, and the ids of everything: own are acme's, foreign zen's."""
    alice, _ = await operator()
    zen = await _marked(alice, "zen", cast.ZEN_SITE, cast.ZEN_ORIGIN)
    acme = await _marked(alice, "acme", cast.ACME_SITE, cast.ACME_ORIGIN)
    own, foreign = await sync_to_async(_ids)("acme"), await sync_to_async(_ids)("zen")
    own["chat_id"], foreign["chat_id"] = acme.id, zen.id
    own["operator_id"], foreign["operator_id"] = await sync_to_async(_people)()
    return Desk(alice, zen, acme, World(own, foreign))


async def _marked(alice: Socket, slug: str, site: str, origin: str) -> Held:
    page = {name: private(slug, name) for name in ("url", "title", "referrer")}
    chat = await held(alice, site, origin, body=private(slug, 1), page=page)
    mine = {"chat_id": chat.id, "fence": chat.fence}
    await say(alice, private(slug, 2), **mine)
    await say(alice, private(slug, 3), **mine, note=True)
    await wait_idle(chat.visitor)
    await wait_idle(alice, chat.id)
    return chat


def _ids(slug: str) -> dict[str, str]:
    company = Company.objects.get(slug=slug)
    with in_company(Schema(company.schema_name)):
        greeting = Text.objects.get(kind=Text.Kind.GREETING)
    reserved = Reservation.objects.create(
        company=company, site_id=company.sites.get().pk, expires_at=timezone.now() + KEEP_FOR
    )
    return {
        "company_id": str(company.pk),
        "greeting_id": str(greeting.pk),
        "reservation": str(reserved.pk),
    }


@pytest.fixture(scope="module", autouse=True)
def _without_zed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Other files count who is certified for zen."""
    yield
    with django_db_blocker.unblock():
        User.objects.filter(email=ZED).delete()


def _people() -> tuple[str, str]:
    """Alice, who knows acme, and somebody who knows zen alone and is at their desk."""
    user = User.objects.filter(email=ZED).select_related("operator").first()
    if user is None:
        user = User.objects.create_user(ZED, None, name="Zed")
        Operator.objects.create(user=user, public_name=private("zen", "zed"), languages=["nl"])
        certify(operator=user.operator, company=Company.objects.get(slug="zen"))
    presence.take_seat(operator=user.operator, now=timezone.now())
    return str(User.objects.get(email="alice@balie.test").pk), str(user.pk)


# Refused in one known way, whatever the socket's state: what came before its answer is the answer to what went before.
END = '{"end":}'
ZED = "zed@balie.test"


async def asked(socket: Socket, frame: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that a frame is answered with; a close is one of them."""
    await socket.send(**frame)
    await socket.send_raw(END)
    came: list[dict[str, Any]] = []
    while True:
        output = await socket.communicator.receive_output(5)
        if output["type"] == "websocket.close":
            return [*came, {"type": "close", "code": output["code"]}]
        event = json.loads(output["text"])
        if "malformed" in event.get("detail", ""):
            break
        came.append(event)
    # What the writer has taken is answered behind it.
    await writer.written()
    while not socket.communicator.output_queue.empty():
        came.append(await socket.next())
    return came


def frame_of(command: Command, **changed: Any) -> dict[str, Any]:
    """The page's example with fresh ids of its own and without a token."""
    frame = {**command.example, **changed}
    for name in CHOSEN & set(command.ids):
        frame[name] = new_id()
    if "token" in frame:
        frame["token"] = None
    return frame


async def actor(command: Command) -> Socket:
    """Who must not see zen: an acme visitor with a chat of their own, or bob."""
    if command.side == "Console":
        bob, _ = await operator("bob@balie.test")
        return bob
    socket, _ = await visitor()
    if command.tag not in ("hello", "message.post"):
        await say(socket, private("acme", 9))
    return socket


@pytest.mark.parametrize(("command", "name"), REFERRING)
async def test_a_foreign_id_is_answered_like_an_unknown_one(command: Command, name: str) -> None:
    desk = await open_desk()
    await wait_idle(desk.alice, desk.zen.id)
    answers = {}
    # For bob another operator's chat of his own company is as foreign as another company's.
    others = [desk.world.value(name, "foreign", command.tag)]
    if command.side == "Console" and name == "chat_id":
        others.append(desk.acme.id)
    before = await sync_to_async(_zen_rows)()
    for value in (*others, str(uuid.uuid4())):
        socket = await actor(command)
        fence = {"fence": desk.zen.fence} if "fence" in command.example else {}
        came = await asked(socket, frame_of(command, **fence, **{name: value}))
        assert_clean(json.dumps(came), f"{command.side} {command.tag} {name}", sees={"acme"})
        answers[value] = alike(came)
        await socket.leave()
    assert len(set(answers.values())) == 1, answers
    after = await sync_to_async(_zen_rows)()
    assert after == before
    assert await _heard(desk.alice) == []
    assert await wait_idle(desk.zen.visitor) == []


async def _heard(alice: Socket) -> list[str]:
    """What alice heard that concerns the chats she held before: not that new ones are offered to her."""
    frames_ = await asked(alice, {"type": "seat.renew", "epoch": 0})
    ours = (
        "transfer.ended",
        "message.posted",
        "typing",
        "read",
        "visitor.seen",
        "chat.changed",
        "chat.removed",
        "chat.added",
        "chat.rated",
        "transcript.changed",
    )
    return [frame["type"] for frame in frames_ if frame["type"] in ours]


def _zen_rows() -> dict[str, list[str]]:
    """Zen's rows, which nobody of this test may touch."""
    return {name: rows for name, rows in all_rows().items() if name.startswith("t_zen.")}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.side}-{command.tag}")
async def test_a_frame_with_own_ids_shows_no_word_of_another_company(command: Command) -> None:
    desk = await open_desk()
    socket = await actor(command)
    own = {}
    if command.side == "Visitor":
        if command.tag == "chat.close":
            await wait_idle(socket)
        own = {name: desk.world.value(name, "own", command.tag) for name in command.references}
        if command.tag in ("chat.rate", "transcript.ask"):
            own["chat_id"] = await _closed_chat(socket)
    elif "chat_id" in command.ids:
        own = await _own_chat(desk, socket, command)
    elif command.references:
        own = {name: desk.world.value(name, "own", command.tag) for name in command.references}
    if command.tag == "seat.renew":
        own["epoch"] = 1
    elif command.tag == "reading.done":
        own["major"] = 1
    came = await asked(socket, frame_of(command, **own))
    assert_clean(json.dumps([*socket.kept, *came]), f"{command.side} {command.tag}", sees={"acme"})
    # The matrix means something only if the very same frames work with one's own ids.
    assert [one for one in came if one["type"] in ("error", "close")] == [], command.tag


async def _closed_chat(socket: Socket) -> str:
    """This visitor's own chat, over."""
    await socket.send(type="chat.sync", after=0)
    chat_id: str = (await socket.hear("chat.synced"))["chat_id"]
    await socket.send(type="chat.close", client_id=new_id())
    await socket.hear("ack")
    return chat_id


async def _own_chat(desk: Desk, bob: Socket, command: Command) -> dict[str, Any]:
    """A fresh acme chat for bob, in the state that the command is for."""
    if command.tag == "chat.take":
        await Operator.objects.filter(user__email="bob@balie.test").aupdate(is_lead=True)
        return {"chat_id": desk.acme.id, "fence": desk.acme.fence}
    await _pause(desk.alice, on=True)
    marieke, _ = await visitor()
    ack = await say(marieke, private("acme", 4))
    if command.tag == "chat.pick":
        offer = (await bob.hear("offer.made"))["offer"]
        await _pause(bob, on=True)
        refuses = {"chat_id": ack["chat_id"], "fence": offer["fence"], "client_id": new_id()}
        await bob.send(type="offer.decline", **refuses)
        await bob.hear("ack", client_id=refuses["client_id"])
        return {"chat_id": ack["chat_id"]}
    if command.tag.startswith("offer."):
        offer = (await bob.hear("offer.made"))["offer"]
        return {"chat_id": offer["chat_id"], "fence": offer["fence"]}
    entry = (await take(bob))["entry"]
    if "transfer" in command.tag:
        await _pause(desk.alice, on=False)
    if command.tag == "transfer.cancel":
        asks = {"chat_id": entry["chat_id"], "fence": entry["fence"], "to": "any"}
        await bob.send(type="chat.transfer", client_id=new_id(), **asks)
        entry = (await bob.hear("chat.changed"))["entry"]
    fence = {"fence": entry["fence"]} if "fence" in command.example else {}
    person = {"operator_id": desk.world.own["operator_id"]}
    return {"chat_id": ack["chat_id"], **fence, **(person if "operator_id" in command.ids else {})}


async def _pause(console: Socket, *, on: bool) -> None:
    """Begin or end a break."""
    client_id = new_id()
    await console.send(type="seat.pause", client_id=client_id, on=on)
    await console.hear("ack", client_id=client_id)


async def test_a_transfer_goes_to_nobody_who_is_not_certified() -> None:
    """With bob's own chat, somebody of zen is as absent as somebody who isn't there; to be asked, or to be seen."""
    desk = await open_desk()
    bob, _ = await operator("bob@balie.test")
    (transfer,) = (one for one in COMMANDS if one.tag == "chat.transfer")
    mine = await _own_chat(desk, bob, transfer)
    answers = set()
    for person in (desk.world.foreign["operator_id"], str(uuid.uuid4())):
        await wait_idle(bob, mine["chat_id"])
        came = await asked(bob, frame_of(transfer, **{**mine, "operator_id": person}))
        answers.add(alike(came))
        assert [one.get("code") for one in came] == ["not_found"]
    assert len(answers) == 1
    for frame in ({"type": "transfer.options", "chat_id": mine["chat_id"]}, {"type": "floor.get"}):
        assert_clean(json.dumps(await asked(bob, frame)), frame["type"], sees={"acme"})
    # Alice knows zen too, so she sees its person and its chats' sites.
    floor = json.dumps(await asked(desk.alice, {"type": "floor.get"}))
    assert private("zen", "zed") in floor


async def test_a_lead_of_one_company_is_not_one_of_another() -> None:
    desk = await open_desk()
    await Operator.objects.filter(user__email="bob@balie.test").aupdate(is_lead=True)
    bob, _ = await operator("bob@balie.test")
    (floor,) = await asked(bob, {"type": "floor.get"})
    assert [chat["chat_id"] for chat in floor["open"]] == [desk.acme.id]
    take_zen = {"type": "chat.take", "chat_id": desk.zen.id, "fence": desk.zen.fence}
    (error,) = await asked(bob, {**take_zen, "client_id": new_id()})
    assert error["code"] == "not_found"


@pytest.mark.parametrize("role", [role for role in ROLES if "@" not in role or "balie" not in role])
async def test_nobody_but_operators_gets_a_word_from_the_console(role: str) -> None:
    await open_desk()
    for command in COMMANDS:
        if command.side == "Console":
            if "@" in role:
                socket = await console_socket(role)
            else:
                socket = Socket(
                    "/ws/console/", [(b"origin", b"http://localhost"), (b"host", b"localhost")]
                )
            await socket.connect()
            await socket.send(**frame_of(command))
            assert (await socket.hear("error"))["code"] == "signed_out"
            assert await socket.hear_close() == 4401
            assert socket.kept == []


async def test_the_matrix_would_see_a_leak() -> None:
    """Alice, who may see both, hears zen's marks by the same frames."""
    desk = await open_desk()
    for command in COMMANDS:
        if command.side == "Console" and command.tag in ("hello", "chat.sync", "texts.get"):
            ids = {name: desk.world.foreign[name] for name in command.references}
            changed = {**ids, "after": 0} if command.tag == "chat.sync" else ids
            came = await asked(desk.alice, frame_of(command, **changed))
            with pytest.raises(AssertionError, match="shows a word of zen"):
                assert_clean(json.dumps(came), command.tag, sees={"acme"})


async def test_a_visitor_reads_no_note_of_their_own_company_either() -> None:
    desk = await open_desk()
    await desk.acme.visitor.send(type="chat.sync", after=0)
    synced = await desk.acme.visitor.hear("chat.synced")
    assert private("acme", 2) in json.dumps(synced)
    assert private("acme", 3) not in json.dumps(synced)
    again, welcome = await visitor(token=desk.acme.welcome["token"])
    assert private("acme", 2) in json.dumps(welcome)
    assert private("acme", 3) not in json.dumps(welcome)
    await again.leave()


@pytest.mark.parametrize(
    "origin", [cast.ACME_ORIGIN, cast.ZEN_ORIGIN, "https://evil.example", "null"]
)
async def test_a_site_s_config_holds_its_own_company_only(origin: str) -> None:
    await open_desk()
    for slug, key, own in (
        ("acme", cast.ACME_SITE, cast.ACME_ORIGIN),
        ("zen", cast.ZEN_SITE, cast.ZEN_ORIGIN),
    ):
        status, headers, body = await _http("GET", f"/widget/{key}/config", origin)
        assert status == 200
        assert_clean(body, f"config of {slug}", sees=())
        other = {"acme": "Zen", "zen": "Acme"}[slug]
        assert other not in body
        allowed = headers.get("access-control-allow-origin")
        assert allowed == (origin if origin == own else None)
    assert (await _http("GET", f"/widget/{'0' * 32}/config", origin))[0] == 404


@pytest.mark.parametrize("origin", [cast.ZEN_ORIGIN, "https://evil.example", "null"])
async def test_an_invitation_is_for_the_site_s_own_pages(origin: str) -> None:
    await open_desk()
    own = await _http("POST", f"/widget/{cast.ACME_SITE}/invite", cast.ACME_ORIGIN)
    assert own[1]["access-control-allow-origin"] == cast.ACME_ORIGIN
    assert own[1]["cache-control"] == "no-store"
    assert json.loads(own[2])["granted"] is True
    before = await sync_to_async(Reservation.objects.count)()
    status, headers, body = await _http("POST", f"/widget/{cast.ACME_SITE}/invite", origin)
    assert (status, body) == (403, "")
    assert "access-control-allow-origin" not in headers
    assert (await _http("POST", f"/widget/{'0' * 32}/invite", origin))[0] == 404
    assert (await _http("GET", f"/widget/{cast.ACME_SITE}/invite", cast.ACME_ORIGIN))[0] == 405
    assert await sync_to_async(Reservation.objects.count)() == before


async def test_a_long_poll_session_is_good_on_its_own_site_only() -> None:
    await open_desk()
    hello = {"frames": [json.dumps({"type": "hello"})]}
    path = "/wire/widget/{}/"
    status, _, body = await _http("POST", path.format(cast.ZEN_SITE), cast.ZEN_ORIGIN, hello)
    assert status == 200
    stolen = {"session": json.loads(body)["session"], "frames": [json.dumps({"type": "typing"})]}
    made_up = {**stolen, "session": "x" * 32}
    answers = [
        await _http("POST", path.format(cast.ACME_SITE), cast.ACME_ORIGIN, ask)
        for ask in (stolen, made_up)
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 410


async def _http(
    method: str, path: str, origin: str, body: dict[str, Any] | None = None
) -> tuple[int, dict[str, str], str]:
    communicator = HttpCommunicator(
        application,
        method,
        path,
        body=json.dumps(body).encode() if body else b"",
        headers=[(b"host", b"localhost"), (b"origin", origin.encode())],
    )
    answer = await communicator.get_response(timeout=5)
    headers = {name.decode(): value.decode() for name, value in answer["headers"]}
    return answer["status"], headers, answer["body"].decode()
