"""Everything that can happen to a chat, one story each, as test_snapshot tells them.

Its changes before the `yield` are there already. Those after it must be told by events.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from unittest.mock import patch

from django.utils import timezone

from agency.services.mail import outbox, smtp
from agency.services.mail.outbox import GiveUp
from chat.services import assignment
from chat.services.ending import reasons_to_close
from tenants.context import run_in
from tests import cast
from tests.chat.realtime.desk import say, take, visitor
from tests.chat.realtime.handovers import HANDOVERS
from tests.chat.realtime.stage import Stage, Story, sweep

PAGE = {"url": "https://shop.acme.example/maattabel", "title": "Maattabel", "referrer": ""}
# A read mark is written within a second; a busy machine takes longer.
WRITTEN_WITHIN_S = 10


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
    await sweep(assignment.expire_offers, 11)


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


async def script_ticked(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.command("chat.tick", step="order", on=True)
    yield
    await stage.command("chat.tick", step="order", on=False)
    await stage.command("chat.tick", step="size", on=True)


async def passed_on(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    yield
    lead = {"channel": "phone", "phone": "06 12345678", "body": "Wil een offerte"}
    await stage.command("lead.post", **lead)
    await stage.command("lead.post", **lead)


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
    await sweep(reasons_to_close.end_wrap_ups, 121)


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
    assert await sweep(reasons_to_close.remind_silent, 241) == 1
    assert await sweep(reasons_to_close.close_idle, 601) == 1


async def left_before_an_answer(stage: Stage) -> AsyncIterator[None]:
    await stage.begin()
    yield
    assert await sweep(reasons_to_close.close_left, 60) == 1


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
    with patch.object(smtp.SmtpLine, "send", side_effect=GiveUp("refused", 550)):
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
    assert await sweep(assignment.requeue_lost_seats, 16) == 2


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
    first_message, declined, expired, accepted, texts_both_ways, note, script_ticked, passed_on, read_both_ways,
    typing_both_ways, another_page, back_on_another_page, closed, closed_and_wrapped_up,
    wrapped_up_while_open, wrap_up_ran_out, handed_back, ended_by_visitor,
    ended_by_visitor_while_it_rings, silent_visitor, left_before_an_answer,
    rated_in_wrap_up, rated_before_and_after_the_console_let_go, transcript_asked_and_sent,
    transcript_refused, on_a_break, off_the_break, lost_lease,
    a_whole_day, *HANDOVERS,
]  # fmt: skip


async def _send_mail() -> int:
    """Run one round of the outbox. Returns how many mails went out."""
    return await run_in(None, outbox.drain, now=timezone.now)
