"""Every command of the protocol, and two companies' people to send them."""

import asyncio
import copy
import json
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args
from uuid import UUID

import msgspec
from asgiref.sync import sync_to_async
from django.utils import timezone

from agency.models import Operator, Reservation, User
from agency.services.certification.certify import certify
from agency.services.pool import seats
from agency.services.pool.reservations import KEEP_FOR
from chat.domain import frames
from chat.live import writer
from chat.models import Text
from tenants.context import Schema, in_company
from tenants.models import Company
from tests import cast
from tests.chat.realtime.desk import PATIENCE, Socket, operator, say, take, visitor
from tests.chat.realtime.scene import Held, held, new_id, wait_idle
from tests.contracts import protocol_page
from tests.contracts.isolation import CHOSEN, World, private


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
    """Both registries. An id inside a part of a frame has its path as a name."""
    for side, classes in (("Visitor", frames.VISITOR_FRAMES), ("Console", frames.CONSOLE_FRAMES)):
        sections = protocol_page.sections(f"{side} commands")
        for cls in classes:
            tag = str(cls.__struct_config__.tag)
            yield Command(side, tag, sections[tag].example, tuple(ids_in(cls)))


def ids_in(part: type[msgspec.Struct], above: str = "") -> Iterator[str]:
    """The paths of all ids in a frame or a part of one."""
    for field in msgspec.structs.fields(part):
        if is_id(field.type):
            yield above + field.name
        for inner in (field.type, *get_args(field.type)):
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                yield from ids_in(inner, f"{above}{field.name}.")


def is_id(kind: Any) -> bool:
    return kind is UUID or UUID in get_args(kind)


COMMANDS = list(commands())


class Desk(NamedTuple):
    """The desk of Alice, with chats of both companies. Zen's visitor and she are those who must notice nothing."""

    alice: Socket
    zen: Held
    acme: Held
    world: World


async def open_desk() -> Desk:
    """Two chats full of marks, and the ids of everything: own are acme's, foreign zen's."""
    alice, _ = await operator()
    zen = await marked(alice, "zen", cast.ZEN_SITE, cast.ZEN_ORIGIN)
    acme = await marked(alice, "acme", cast.ACME_SITE, cast.ACME_ORIGIN)
    own, foreign = await sync_to_async(ids)("acme"), await sync_to_async(ids)("zen")
    own["chat_id"], foreign["chat_id"] = acme.id, zen.id
    own["operator_id"], foreign["operator_id"] = await sync_to_async(people)()
    return Desk(alice, zen, acme, World(own, foreign))


async def marked(alice: Socket, slug: str, site: str, origin: str) -> Held:
    page = {name: private(slug, name) for name in ("url", "title", "referrer")}
    chat = await held(alice, site, origin, body=private(slug, 1), page=page)
    mine = {"chat_id": chat.id, "fence": chat.fence}
    await say(alice, private(slug, 2), **mine)
    await say(alice, private(slug, 3), **mine, note=True)
    await wait_idle(chat.visitor)
    await wait_idle(alice, chat.id)
    return chat


def ids(slug: str) -> dict[str, str]:
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
        **{f"provenance.{name}": str(greeting.pk) for name in ("text", "script", "instruction")},
    }


def people() -> tuple[str, str]:
    """Alice, who knows acme, and somebody who knows zen alone and is at their desk."""
    user = User.objects.create_user("zed@balie.test", None, name="Zed")
    operator = Operator.objects.create(user=user, public_name=private("zen", "zed"), languages=["nl"])
    certify(operator=operator, company=Company.objects.get(slug="zen"))
    seats.take_seat(operator=operator, now=timezone.now())
    return str(User.objects.get(email="alice@balie.test").pk), str(user.pk)


# Refused in one known way, whatever the socket's state: what came before its answer is the answer to what went before.
END = '{"end":}'


async def asked(socket: Socket, frame: dict[str, Any]) -> list[dict[str, Any]]:
    """Return everything that a frame is answered with. A close is one of them."""
    await socket.send(**frame)
    await socket.send_raw(END)
    came: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE):
        while True:
            output = await socket.communicator.receive_output(5)
            if output["type"] == "websocket.close":
                return [*came, {"type": "close", "code": output["code"]}]
            event = json.loads(output["text"])
            if "malformed" in event.get("detail", ""):
                break
            came.append(event)
    # The answer to a text that the writer has taken comes behind it.
    await writer.written()
    while not socket.communicator.output_queue.empty():
        came.append(await socket.next())
    return came


def frame_of(command: Command, **changed: Any) -> dict[str, Any]:
    """Return the page's example with fresh ids of its own and without a token."""
    frame = copy.deepcopy(command.example)
    for path, value in changed.items():
        *above, name = path.split(".")
        place = frame
        for part in above:
            place = place[part]
        place[name] = value
    for name in CHOSEN & set(command.ids):
        frame[name] = new_id()
    if "token" in frame:
        frame["token"] = None
    return frame


async def own_chat(desk: Desk, bob: Socket, command: Command) -> dict[str, Any]:
    """Return a fresh acme chat for bob, in the state that the command is for."""
    if command.tag in ("chat.take", "chat.look"):
        await Operator.objects.filter(user__email="bob@balie.test").aupdate(is_lead=True)
        fence = {"fence": desk.acme.fence} if "fence" in command.example else {}
        return {"chat_id": desk.acme.id, **fence}
    await pause(desk.alice, on=True)
    marieke, _ = await visitor()
    ack = await say(marieke, private("acme", 4))
    if command.tag == "chat.pick":
        await bob.hear("offer.made")
        await pause(bob, on=True)
        return {"chat_id": ack["chat_id"]}
    if command.tag.startswith("offer."):
        offer = (await bob.hear("offer.made"))["offer"]
        return {"chat_id": offer["chat_id"], "fence": offer["fence"]}
    entry = (await take(bob))["entry"]
    if "transfer" in command.tag:
        await pause(desk.alice, on=False)
    if command.tag == "transfer.cancel":
        asks = {"chat_id": entry["chat_id"], "fence": entry["fence"], "to": "any"}
        await bob.send(type="chat.transfer", client_id=new_id(), **asks)
        entry = (await bob.hear("chat.changed"))["entry"]
    fence = {"fence": entry["fence"]} if "fence" in command.example else {}
    person = {"operator_id": desk.world.own["operator_id"]}
    return {"chat_id": ack["chat_id"], **fence, **(person if "operator_id" in command.ids else {})}


async def pause(console: Socket, *, on: bool) -> None:
    """Begin or end a break."""
    client_id = new_id()
    await console.send(type="seat.pause", client_id=client_id, on=on)
    await console.hear("ack", client_id=client_id)
