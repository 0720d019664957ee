"""Each console command, word for word again from somebody who never had the chat: it looks like none, and is none."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from agency.models import Operator, PoolEntry, User
from agency.services.certification.certify import certify
from chat.domain import frames
from tenants.models import Company
from tests import cast
from tests.chat.realtime.desk import Socket, leave_all, operator, say, take, visitor
from tests.chat.realtime.refusals import error_of
from tests.chat.realtime.scene import all_rows, new_id, wait_idle

pytestmark = pytest.mark.usefixtures("live")

Command = dict[str, Any]


class Desk:
    """Alice, who leads and gives the commands, her colleague Bob where a command needs one, and a visitor's chat."""

    alice: Socket
    bob: Socket
    chat_id: str

    async def ring(self) -> None:
        """Let a visitor write, so that it rings at Alice's."""
        self.alice, _ = await operator()
        marieke, _ = await visitor()
        self.chat_id = (await say(marieke, "Hoi"))["chat_id"]
        self.alice.kept.insert(0, await self.alice.hear("offer.made"))

    async def hold(self) -> None:
        """Alice has the chat."""
        await self.ring()
        await take(self.alice)

    async def close(self) -> None:
        """Alice had the chat, and wraps it up."""
        await self.hold()
        await self.give("chat.close")

    async def wait(self) -> None:
        """The chat waits, as Alice has a break."""
        await self.ring()
        await self.pause(self.alice)

    async def hold_beside_bob(self) -> None:
        """Alice has the chat, and Bob is there."""
        await self.hold()
        self.bob, _ = await operator("bob@balie.test")

    async def ask_bob(self) -> None:
        """Alice asks Bob to take it over."""
        await self.hold_beside_bob()
        await self.give("chat.transfer", to="any")

    async def hold_by_bob(self) -> None:
        """Bob has the chat."""
        self.bob, _ = await operator("bob@balie.test")
        marieke, _ = await visitor()
        self.chat_id = (await say(marieke, "Hoi"))["chat_id"]
        await take(self.bob)
        self.alice, _ = await operator()

    @staticmethod
    async def pause(socket: Socket) -> None:
        client_id = new_id()
        await socket.send(type="seat.pause", client_id=client_id, on=True)
        await socket.hear("ack", client_id=client_id)

    async def give(self, kind: str, **more: Any) -> Command:
        """Let Alice do this command. Returns it with what it is about."""
        command = {"type": kind, "chat_id": self.chat_id, "client_id": new_id(), **more}
        if kind != "chat.pick":
            command["fence"] = (await PoolEntry.objects.aget(pk=self.chat_id)).fence
        await self.alice.send(**command)
        await self.alice.hear("ack", client_id=command["client_id"])
        return command


Scene = Callable[[Desk], Awaitable[None]]
COMMANDS: dict[str, tuple[Scene, Command]] = {
    "offer.accept": (Desk.ring, {}),
    "offer.decline": (Desk.ring, {"reason": "lunch"}),
    "chat.pick": (Desk.wait, {}),
    "message.post": (Desk.hold, {"body": "Een halve maat."}),
    "chat.tick": (Desk.hold, {"step": "greet", "on": True}),
    "lead.post": (Desk.hold, {"channel": "phone", "phone": "06 12345678", "body": "Wil een offerte"}),
    "chat.requeue": (Desk.hold, {}),
    "chat.close": (Desk.hold, {}),
    "chat.wrap_up": (Desk.close, {"outcome": "resolved"}),
    "chat.transfer": (Desk.hold_beside_bob, {"to": "any", "note": "Wil ruilen"}),
    "transfer.cancel": (Desk.ask_bob, {}),
    "chat.take": (Desk.hold_by_bob, {}),
}


def test_every_command_about_a_chat_is_among_them() -> None:
    about = {
        str(one.__struct_config__.tag)
        for one in frames.CONSOLE_FRAMES
        if {"chat_id", "client_id"} <= set(one.__struct_fields__)
    }
    assert COMMANDS.keys() == about


@pytest.fixture
async def eve() -> AsyncIterator[str]:
    """Her address: a third one who knows the company."""
    await Operator.objects.filter(user__email="alice@balie.test").aupdate(is_lead=True)
    yield await sync_to_async(_let_in)("eve@balie.test")
    await leave_all()


def _let_in(email: str) -> str:
    user = User.objects.create_user(email, cast.PASSWORD, name="Eve")
    operator = Operator.objects.create(user=user, public_name="Eve", languages=["nl", "en"])
    certify(operator=operator, company=Company.objects.get(slug="acme"))
    return email


@pytest.mark.parametrize("kind", COMMANDS)
async def test_repeated_by_who_never_had_it(kind: str, eve: str) -> None:
    scene, more = COMMANDS[kind]
    desk = Desk()
    await scene(desk)
    command = await desk.give(kind, **more)
    stranger, _ = await operator(eve)
    # Nothing is offered to her.
    await Desk.pause(stranger)
    await wait_idle(desk.alice, desk.chat_id)
    before = await sync_to_async(all_rows)()
    assert await error_of(stranger, **command) == "not_found"
    await wait_idle(desk.alice, desk.chat_id)
    assert await sync_to_async(all_rows)() == before
