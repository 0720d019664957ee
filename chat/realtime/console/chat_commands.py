"""The commands of a console on a chat: who holds it, how it ends, what is ticked."""

from collections.abc import Callable
from typing import Any

from agency.domain.text import clean, is_empty
from chat.domain import events, frames
from chat.domain.leads import BestTime
from chat.live import writer
from chat.realtime.assign_soon import assign_soon
from chat.realtime.clean_input import checked
from chat.realtime.commands import command
from chat.realtime.console.session import ConsoleSession
from chat.services import assignment
from chat.services.assignment import Console, HandoverNote, Wish, script_ticks
from chat.services.ending import reasons_to_close
from chat.services.leads.make import read_contact
from chat.services.leads.post import LeadForm, post_lead
from tenants import clock
from tenants.context import run_in


@command(frames.OfferAccept)
async def accept(console: ConsoleSession, frame: frames.OfferAccept) -> None:
    """Take what is offered."""
    seq = await _do(console, assignment.accept, frame, fence=frame.fence)
    console.say(events.Ack(frame.client_id, seq, frame.chat_id))
    # A transfer frees a slot of who asked.
    assign_soon()


@command(frames.OfferDecline)
async def decline(console: ConsoleSession, frame: frames.OfferDecline) -> None:
    """Pass it on."""
    await _do(console, assignment.decline, frame, fence=frame.fence, reason=frame.reason)
    console.say(events.Ack(frame.client_id, chat_id=frame.chat_id))
    assign_soon()


@command(frames.ChatRequeue)
async def requeue(console: ConsoleSession, frame: frames.ChatRequeue) -> None:
    """Give a chat back to the pool."""
    await _do(console, assignment.hand_back, frame, fence=frame.fence)
    console.say(events.Ack(frame.client_id, chat_id=frame.chat_id))
    assign_soon()


@command(frames.ChatPick)
async def pick(console: ConsoleSession, frame: frames.ChatPick) -> None:
    """Take a waiting chat out of turn."""
    seq = await _do(console, assignment.pick, frame)
    console.say(events.Ack(frame.client_id, seq, frame.chat_id))


@command(frames.ChatTransfer)
async def transfer(console: ConsoleSession, frame: frames.ChatTransfer) -> None:
    """Ask somebody to take a chat over."""
    is_noted = not is_empty(clean(frame.note))
    note = HandoverNote(checked(frame.note), frame.client_id) if is_noted else None
    more = {"wish": Wish(frame.to, frame.operator_id, frame.language), "note": note}
    await _do(console, assignment.transfer, frame, fence=frame.fence, **more)
    console.say(events.Ack(frame.client_id, chat_id=frame.chat_id))


@command(frames.TransferCancel)
async def cancel(console: ConsoleSession, frame: frames.TransferCancel) -> None:
    """Take that question back."""
    await _do(console, assignment.cancel_transfer, frame, fence=frame.fence)
    console.say(events.Ack(frame.client_id, chat_id=frame.chat_id))
    assign_soon()


@command(frames.ChatTake)
async def take(console: ConsoleSession, frame: frames.ChatTake) -> None:
    """Take a colleague's chat over, as a lead operator."""
    seq = await _do(console, assignment.take_over, frame, fence=frame.fence)
    console.say(events.Ack(frame.client_id, seq, frame.chat_id))
    assign_soon()


@command(frames.ChatClose)
async def close(console: ConsoleSession, frame: frames.ChatClose) -> None:
    """End the talk."""
    seq = await _do(console, reasons_to_close.close_by_operator, frame, fence=frame.fence)
    console.say(events.Ack(frame.client_id, seq, frame.chat_id))
    assign_soon()


@command(frames.ChatWrapUp)
async def wrap_up(console: ConsoleSession, frame: frames.ChatWrapUp) -> None:
    """Say how it ended."""
    await _do(console, reasons_to_close.wrap_up, frame, fence=frame.fence, outcome=frame.outcome)
    console.say(events.Ack(frame.client_id, chat_id=frame.chat_id))
    assign_soon()


@command(frames.LeadPost)
async def pass_on(console: ConsoleSession, frame: frames.LeadPost) -> None:
    """Pass the visitor on to the company as a lead."""
    lead = LeadForm(
        contact=read_contact(frame.email, frame.phone, frame.channel),
        name=frame.name,
        question=checked(frame.body),
        best=frame.best.best if frame.best is not None else BestTime(),
        consent=frame.consent,
    )
    await _do(console, post_lead, frame, fence=frame.fence, form=lead)
    console.say(events.Ack(frame.client_id, chat_id=frame.chat_id))


@command(frames.ChatTick)
async def tick(console: ConsoleSession, frame: frames.ChatTick) -> None:
    """Tick a step of the script."""
    await _do(console, script_ticks.tick, frame, fence=frame.fence, step=frame.step, on=frame.on)
    console.say(events.Ack(frame.client_id, chat_id=frame.chat_id))


async def _do(console: ConsoleSession, act: Callable[..., Any], frame: Any, **more: Any) -> Any:
    """Do a command on a chat behind everything this socket said before."""
    await writer.written()
    by = Console(console.who.user_id, console.epoch, console.who.name)
    return await run_in(None, act, chat_id=frame.chat_id, by=by, now=clock.now(), **more)
