"""The frames of a visitor around the end of a chat: it is ended, rated, and wanted by mail."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from agency.services.people.addresses import read_address
from chat.domain import events, frames
from chat.live import writer
from chat.realtime.assign_soon import assign_soon
from chat.realtime.commands import command
from chat.realtime.direct import Refused
from chat.realtime.widget.session import WidgetSession
from chat.services.begin import limits
from chat.services.ending import reasons_to_close
from chat.services.finished import rate as ratings
from chat.services.mail import transcripts
from tenants import clock
from tenants.context import run_in
from tenants.models import Company


@command(frames.VisitorClose)
async def close(widget: WidgetSession, frame: frames.VisitorClose) -> None:
    """End the talk."""
    if widget.chat_id is None:
        raise Refused("not_found")
    assert widget.visitor_id is not None
    await writer.written()
    seq = await run_in(
        None,
        reasons_to_close.close_by_visitor,
        chat_id=widget.chat_id,
        visitor_id=widget.visitor_id,
        now=clock.now(),
    )
    widget.say(events.Ack(frame.client_id, seq, widget.chat_id))
    assign_soon()


@command(frames.ChatRate)
async def rate(widget: WidgetSession, frame: frames.ChatRate) -> None:
    """Say whether it helped."""
    await widget.count(limits.may_rate)
    opinion = ratings.Opinion(frame.good, frame.words, "panel")
    await run_in(None, _of_chat, widget, ratings.rate, frame.chat_id, opinion=opinion)
    widget.say(events.Ack(frame.client_id, chat_id=frame.chat_id))


@command(frames.TranscriptAsk)
async def transcript(widget: WidgetSession, frame: frames.TranscriptAsk) -> None:
    """Ask for the conversation by mail."""
    # A slip of the keyboard is no wish: it counts for no limit.
    if read_address(frame.email) is None:
        raise Refused("bad_address")
    await widget.count(limits.may_ask_transcript)
    facts = {"client_id": frame.client_id, "address": frame.email}
    await run_in(None, _of_chat, widget, transcripts.ask, frame.chat_id, **facts)
    widget.say(events.Ack(frame.client_id, chat_id=frame.chat_id))


def _of_chat(widget: WidgetSession, act: Callable[..., None], chat_id: UUID, **facts: Any) -> None:
    """Run a visitor's command on a chat of this site's company. The command itself checks that the chat is theirs."""
    assert widget.visitor_id is not None
    company = Company.objects.get(pk=widget.site.company_id)
    act(
        company=company,
        chat_id=chat_id,
        visitor_id=widget.visitor_id,
        now=clock.now(),
        **facts,
    )
