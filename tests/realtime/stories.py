"""Everything that can happen to a chat, one story each, as test_snapshot tells them.

What a story does before its `yield` is there already; what it does after it must be told by events.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from agency.models import Operator, PoolEntry, Seat, User
from agency.services import outbox, smtp
from agency.services.outbox import GiveUp
from chat.services import assignment, lifecycle
from tenants.context import run_in
from tests import cast
from tests.realtime.desk import Socket, operator, say, take, visitor
from tests.realtime.replica import Frame
from tests.realtime.scene import new_id

PAGE = {"url": "https://shop.acme.example/maattabel", "title": "Maattabel", "referrer": ""}
# A read mark is written within a second; a busy machine takes longer.
WRITTEN_WITHIN_S = 10


@dataclass(slots=True)
class Stage:
    """Alice's console, which holds the seat, and a visitor; Bob's too, where a story needs a colleague."""

    alice: Socket
    marieke: Socket
    token: str
    chat_id: str = ""
    bob: Socket | None = None

    async def begin(self) -> None:
        """The visitor's first message; it rings at Alice's."""
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
        """A text of Alice's, with the fence she sees."""
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
        if (await self.entry()).state == PoolEntry.State.OFFERED:
            await self.command("offer.decline")

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
        """A text of Bob's."""
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
        """The chat's live facts as they are stored."""
        return await PoolEntry.objects.aget(pk=self.chat_id)


Story = Callable[[Stage], AsyncIterator[None]]


async def first_message(stage: Stage) -> AsyncIterator[None]:
    yield
    await stage.begin()


async def declined(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    await stage.command("offer.decline", reason="busy")


async def expired(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    await _sweep(assignment.expire_offers, 11)


async def accepted(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    await stage.command("offer.accept")


async def texts_both_ways(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.answer()
    await say(stage.marieke, "Dank je!")
    await say(stage.marieke, "En in blauw?")
    await stage.answer("Ook in blauw.")


async def note(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.answer("Vraagt vaker naar maten", note=True)


async def read_both_ways(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    seq = (await stage.answer())["seq"]
    yield
    await stage.marieke.send(type="read", seq=seq)
    await stage.alice.send(type="read", chat_id=stage.chat_id, seq=seq)
    deadline = time.monotonic() + WRITTEN_WITHIN_S
    while True:
        entry = await stage.entry()
        if (entry.operator_read, entry.visitor_read) == (seq, seq):
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def typing_both_ways(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.marieke.send(type="typing", on=True)
    await stage.alice.send(type="typing", chat_id=stage.chat_id, on=True)
    await stage.alice.hear("typing")
    await stage.marieke.hear("typing")


async def another_page(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.marieke.send(type="page.view", page=PAGE)
    await stage.alice.hear("message.posted")


async def back_on_another_page(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    again, _ = await visitor(token=stage.token, chat_id=stage.chat_id, page=PAGE)
    await stage.alice.hear("message.posted")
    await say(again, "Hier ben ik weer")


async def closed_and_wrapped_up(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.answer()
    yield
    await stage.command("chat.close")
    await stage.command("chat.wrap_up", outcome="resolved")


async def closed(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.command("chat.close")


async def wrapped_up_while_open(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.command("chat.wrap_up", outcome="spam")


async def wrap_up_ran_out(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.command("chat.close")
    yield
    await _sweep(lifecycle.end_wrap_ups, 121)


async def handed_back(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.command("chat.requeue")


async def ended_by_visitor(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    await stage.end_by_visitor()


async def ended_by_visitor_while_it_rings(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    await stage.end_by_visitor()


async def silent_visitor(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.answer()
    yield
    assert await _sweep(lifecycle.remind_silent, 241) == 1
    assert await _sweep(lifecycle.close_idle, 601) == 1


async def left_before_an_answer(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    assert await _sweep(lifecycle.close_left, 60) == 1


async def rated_in_wrap_up(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.answer()
    await stage.command("chat.close")
    yield
    await stage.rate(good=True)
    await stage.rate(good=False, words="Toch niet: te laat")


async def rated_before_and_after_the_console_let_go(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.end_by_visitor()
    await stage.rate(good=True, words="Prima")
    yield
    await stage.command("chat.wrap_up", outcome="resolved")
    await stage.rate(good=False)


async def transcript_asked_and_sent(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.ask_transcript("marieke@voorbeeld.example")
    yield
    await stage.ask_transcript("Marieke@Voorbeeld.example")
    await stage.ask_transcript("jan@voorbeeld.example")
    await stage.end_by_visitor()
    assert await _send_mail() == 2
    await stage.ask_transcript("an@voorbeeld.example")


async def transcript_refused(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.end_by_visitor()
    await stage.ask_transcript("weg@voorbeeld.example")
    yield
    with patch.object(smtp.Line, "send", side_effect=GiveUp("refused 550")):
        assert await _send_mail() == 0


async def on_a_break(stage: Stage) -> AsyncIterator[None]:
    yield
    await stage.pause(on=True)


async def off_the_break(stage: Stage) -> AsyncIterator[None]:
    await stage.pause(on=True)
    yield
    await stage.pause(on=False)


async def lost_lease(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    zara, _ = await visitor(cast.ZEN_SITE, cast.ZEN_ORIGIN)
    await say(zara, "Wat kost stroom?")
    await stage.ring()
    yield
    assert await _sweep(assignment.requeue_lost_seats, 16) == 2


async def transferred_to_bob(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    yield
    person = await User.objects.aget(email="bob@balie.test")
    await stage.ask("person", operator_id=str(person.pk), note="Wil ruilen")
    await stage.answer("Ik vraag het even.")
    await stage.command("offer.accept", by=bob)
    await stage.answer_of_bob("Hoi, ik ben Bob.")
    await say(stage.marieke, "Dag Bob")


async def transferred_to_alice(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    await stage.ask()
    await stage.command("offer.accept", by=bob)
    await stage.answer_of_bob("Hoi!")
    yield
    await stage.command("chat.transfer", by=bob, to="language", language="en")
    await take(stage.alice)
    await stage.answer("Hello!")


async def transfer_declined(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    yield
    await stage.ask()
    await stage.command("offer.decline", by=bob, reason="busy")


async def transfer_expired(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.colleague()
    await stage.ask()
    yield
    assert await _sweep(assignment.expire_offers, 11) == 1


async def transfer_taken_back(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.colleague()
    yield
    await stage.ask()
    await stage.command("transfer.cancel")


async def closed_while_it_is_transferred(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.colleague()
    await stage.ask()
    yield
    await stage.end_by_visitor()


async def lost_while_it_is_transferred(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.colleague()
    await stage.ask()
    yield
    # Bob's console renewed meanwhile, Alice's didn't.
    await Seat.objects.filter(operator__user__email="bob@balie.test").aupdate(
        lease_until=timezone.now() + timedelta(seconds=60)
    )
    assert await _sweep(assignment.requeue_lost_seats, 16) == 1


async def picked(stage: Stage) -> AsyncIterator[None]:
    await stage.begin_unanswered()
    yield
    await stage.command("chat.pick")
    await stage.answer()


async def taken_over_from_alice(stage: Stage) -> AsyncIterator[None]:
    await _lead("bob@balie.test")
    await stage.open()
    bob = await stage.colleague()
    yield
    await stage.command("chat.take", by=bob)
    await stage.answer_of_bob("Ik neem het over.")


async def called_and_picked(stage: Stage) -> AsyncIterator[None]:
    """Let pass twice by Bob while Alice, who leads, is on a break: she is called, and takes it."""
    await _lead("alice@balie.test")
    await stage.pause(on=True)
    bob = await stage.colleague()
    yield
    stage.chat_id = (await say(stage.marieke, "Valt de Veluwe klein?"))["chat_id"]
    for _ in range(2):
        await bob.hear("offer.made")
        await stage.command("offer.decline", by=bob)
    await stage.alice.hear("call.made")
    await bob.hear("offer.made")
    await stage.pause(on=True, by=bob)
    await stage.command("offer.decline", by=bob)
    await stage.command("chat.pick")


async def called_and_left(stage: Stage) -> AsyncIterator[None]:
    await _lead("alice@balie.test")
    await stage.pause(on=True)
    bob = await stage.colleague()
    stage.chat_id = (await say(stage.marieke, "Valt de Veluwe klein?"))["chat_id"]
    for _ in range(2):
        await bob.hear("offer.made")
        await stage.command("offer.decline", by=bob)
    await bob.hear("offer.made")
    yield
    await stage.end_by_visitor()


async def put_back_by_a_manager(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.pause(on=True)
    yield
    maud = await User.objects.aget(email="maud@balie.test")
    given = {"chat_id": stage.chat_id, "by": maud, "reason": "te druk", "now": timezone.now()}
    assert await run_in(None, assignment.requeue_by_manager, **given)


async def moved_by_a_manager(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    yield
    maud = await User.objects.aget(email="maud@balie.test")
    to = await User.objects.aget(email="bob@balie.test")
    given = {"chat_id": stage.chat_id, "by": maud, "reason": "taal", "now": timezone.now()}
    await run_in(None, assignment.move_by_manager, operator_id=to.pk, **given)
    await stage.command("offer.accept", by=bob)


async def handed_on_at_the_end_of_the_shift(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    await Seat.objects.filter(operator__user__email="alice@balie.test").aupdate(
        shift_ends_at=timezone.now(), draining=True, drain_reason="shift"
    )
    await Seat.objects.aupdate(lease_until=timezone.now() + timedelta(seconds=60))
    yield
    assert await _sweep(assignment.hand_on_ended, 21) == 1
    assert await _sweep(assignment.assign_waiting, 21) == 1
    await take(bob)


async def no_more_new_chats(stage: Stage) -> AsyncIterator[None]:
    yield
    await stage.drain(on=True)


async def new_chats_again(stage: Stage) -> AsyncIterator[None]:
    await stage.drain(on=True)
    yield
    await stage.drain(on=False)


async def a_whole_day(stage: Stage) -> AsyncIterator[None]:
    """Two companies' chats at once, with everything that happens in one."""
    zara, _ = await visitor(cast.ZEN_SITE, cast.ZEN_ORIGIN)
    zen = (await say(zara, "Wat kost stroom?"))["chat_id"]
    zen_fence = (await take(stage.alice))["entry"]["fence"]
    yield
    await stage.open()
    await stage.answer()
    await say(stage.alice, "Dat hangt ervan af.", chat_id=zen, fence=zen_fence)
    await stage.marieke.send(type="page.view", page=PAGE)
    await say(zara, "Waarvan?")
    await stage.answer("Let op: vaste klant", note=True)
    await say(stage.marieke, "Ik zie de maattabel")
    await stage.pause(on=True)
    await stage.end_by_visitor()
    await stage.command("chat.wrap_up", outcome="lead")
    await stage.pause(on=False)


STORIES: list[Story] = [
    first_message, declined, expired, accepted, texts_both_ways, note, read_both_ways,
    typing_both_ways, another_page, back_on_another_page, closed, closed_and_wrapped_up,
    wrapped_up_while_open, wrap_up_ran_out, handed_back, ended_by_visitor,
    ended_by_visitor_while_it_rings, silent_visitor, left_before_an_answer,
    rated_in_wrap_up, rated_before_and_after_the_console_let_go, transcript_asked_and_sent,
    transcript_refused, on_a_break, off_the_break, lost_lease,
    transferred_to_bob, transferred_to_alice, transfer_declined, transfer_expired,
    transfer_taken_back, closed_while_it_is_transferred, lost_while_it_is_transferred, picked,
    taken_over_from_alice, called_and_picked, called_and_left, put_back_by_a_manager,
    moved_by_a_manager, handed_on_at_the_end_of_the_shift, no_more_new_chats, new_chats_again,
    a_whole_day,
]  # fmt: skip


async def _lead(email: str) -> None:
    """Somebody leads from now on; after the test nobody does."""
    await Operator.objects.filter(user__email=email).aupdate(is_lead=True)


async def _send_mail() -> int:
    """One round of the outbox; how many mails went out."""
    return await run_in(None, outbox.drain, now=timezone.now)


async def _sweep(step: Callable[..., int], seconds: float) -> int:
    """One step of the dispatcher, this many seconds from now."""
    return await run_in(None, step, now=timezone.now() + timedelta(seconds=seconds))
