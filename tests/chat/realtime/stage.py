"""The people in a story of a chat, and the small steps that stories are made of."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from agency.models import PoolEntry
from tenants.context import run_in
from tests.chat.realtime.desk import Socket, operator, say, take
from tests.chat.realtime.replica import Frame
from tests.chat.realtime.scene import new_id


@dataclass(slots=True)
class Stage:
    """The stage of a story: Alice's console, which holds the seat, and a visitor, with Bob's console too where a story
    needs a colleague.
    """

    alice: Socket
    marieke: Socket
    token: str
    chat_id: str = ""
    bob: Socket | None = None

    async def begin(self) -> None:
        """Send the visitor's first message. It rings at Alice's."""
        self.chat_id = (await say(self.marieke, "Valt de Veluwe klein?"))["chat_id"]
        await self.ring()

    async def ring(self) -> None:
        """Wait for the offer, and leave it to whoever accepts."""
        self.alice.kept.insert(0, await self.alice.hear("offer.made"))

    async def open(self) -> None:
        """The same, and Alice has it."""
        await self.begin()
        await take(self.alice)
        await self.marieke.hear("message.posted")

    async def answer(self, body: str = "Een halve maat.", **more: Any) -> Frame:
        """Send a text of Alice's, with the fence she sees."""
        entry = await self.entry()
        return await say(self.alice, body, chat_id=self.chat_id, fence=entry.fence, **more)

    async def colleague(self) -> Socket:
        """Bob sits down."""
        self.bob, _ = await operator("bob@balie.test")
        return self.bob

    async def command(self, kind: str, *, by: Socket | None = None, **more: Any) -> None:
        """A command of Alice's on the chat, or of another's, and its ack."""
        entry, client_id, socket = await self.entry(), new_id(), by or self.alice
        fence = {} if kind == "chat.pick" else {"fence": entry.fence}
        await socket.send(type=kind, chat_id=self.chat_id, client_id=client_id, **fence, **more)
        await socket.hear("ack", client_id=client_id)

    async def begin_unanswered(self) -> None:
        """The visitor's first message, while Alice is on a break and nobody else is here."""
        self.chat_id = (await say(self.marieke, "Valt de Veluwe klein?"))["chat_id"]
        await self.pause(on=True)

    async def ask(self, to: str = "any", **more: Any) -> None:
        """Alice asks Bob to take her chat over."""
        await self.command("chat.transfer", to=to, **more)
        assert self.bob is not None
        self.bob.kept.insert(0, await self.bob.hear("offer.made"))

    async def pause(self, on: bool, *, by: Socket | None = None) -> None:
        """Begin or end a break of Alice's, or of another's."""
        client_id, socket = new_id(), by or self.alice
        await socket.send(type="seat.pause", client_id=client_id, on=on, reason="lunch")
        await socket.hear("ack", client_id=client_id)

    async def drain(self, on: bool) -> None:
        """No more new chats for Alice, or new ones again."""
        client_id = new_id()
        await self.alice.send(type="seat.drain", client_id=client_id, on=on)
        await self.alice.hear("ack", client_id=client_id)

    async def answer_of_bob(self, body: str) -> Frame:
        """Send a text of Bob's."""
        assert self.bob is not None
        fence = (await self.entry()).fence
        return await say(self.bob, body, chat_id=self.chat_id, fence=fence)

    async def end_by_visitor(self) -> None:
        """The visitor ends the chat."""
        client_id = new_id()
        await self.marieke.send(type="chat.close", client_id=client_id)
        await self.marieke.hear("ack", client_id=client_id)

    async def rate(self, good: bool, words: str = "") -> None:
        """The visitor says how it was."""
        client_id = new_id()
        more = {"chat_id": self.chat_id, "good": good, "words": words}
        await self.marieke.send(type="chat.rate", client_id=client_id, **more)
        await self.marieke.hear("ack", client_id=client_id)

    async def ask_transcript(self, email: str) -> None:
        """The visitor wants the chat by mail."""
        client_id = new_id()
        more = {"chat_id": self.chat_id, "email": email}
        await self.marieke.send(type="transcript.ask", client_id=client_id, **more)
        await self.marieke.hear("ack", client_id=client_id)

    async def entry(self) -> PoolEntry:
        """Return the chat's live facts as they are stored."""
        return await PoolEntry.objects.aget(pk=self.chat_id)


Story = Callable[[Stage], AsyncIterator[None]]


async def sweep(step: Callable[..., int], seconds: float) -> int:
    """One step of the dispatcher, this many seconds from now."""
    return await run_in(None, step, now=timezone.now() + timedelta(seconds=seconds))
