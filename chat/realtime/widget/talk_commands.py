"""The frames of a visitor while a chat goes on: texts, typing, receipts, beats, pages, and what was missed."""

from collections.abc import Callable
from uuid import UUID

from agency.live import switchboard
from chat.domain import events, frames
from chat.live import writer
from chat.live.judge import Post
from chat.realtime.clean_input import checked
from chat.realtime.commands import command
from chat.realtime.direct import Refused
from chat.realtime.holder_cache import holder_of
from chat.realtime.widget import beats
from chat.realtime.widget.begin_commands import begin
from chat.realtime.widget.session import WidgetSession
from chat.services.begin.visitor_chat import find_visitor_chat, note_page
from chat.services.messaging import MessagePage
from tenants import clock
from tenants.context import run_in

VISITOR = "visitor"


@command(frames.VisitorPost)
async def post(widget: WidgetSession, frame: frames.VisitorPost) -> None:
    """Say something. The first text begins a chat."""
    body = checked(frame.body)
    if widget.chat_id is None and await begin(widget, frame, body):
        return
    written = Post(
        schema=widget.site.schema_name,
        chat_id=str(widget.chat_id),
        client_id=str(frame.client_id),
        side=VISITOR,
        kind="text",
        body=body,
        at=clock.now(),
        outlet=widget.outlet,
    )
    if not writer.put(written):
        raise Refused("busy")


@command(frames.VisitorTyping)
async def typing(widget: WidgetSession, frame: frames.VisitorTyping) -> None:
    """The holder sees whether the visitor types."""
    await _tell_holder(widget, lambda chat_id: events.Typing(chat_id, "", frame.on))


@command(frames.VisitorRead)
async def read(widget: WidgetSession, frame: frames.VisitorRead) -> None:
    """The visitor read to here."""
    if widget.chat_id is not None:
        beats.read_to(widget.chat_id, VISITOR, frame.seq)
        await _tell_holder(widget, lambda chat_id: events.Read(chat_id, VISITOR, frame.seq))


@command(frames.VisitorBeat)
async def beat(widget: WidgetSession, frame: frames.VisitorBeat) -> None:
    """The page is still there."""
    if widget.chat_id is None:
        widget.say(events.Beat(0, "none"))
    else:
        # Answered with the round that writes it, within a second.
        beats.visitor_seen(widget.chat_id, clock.now(), hidden=frame.hidden)


@command(frames.VisitorPage)
async def see_page(widget: WidgetSession, frame: frames.VisitorPage) -> None:
    """The visitor is on another page."""
    await note_visited(widget, frame.page)


@command(frames.VisitorSync)
async def sync(widget: WidgetSession, frame: frames.VisitorSync) -> None:
    """Fetch what was missed, or what was before."""
    if widget.chat_id is None:
        raise Refused("not_found")
    chat = await find_own_chat(widget, widget.chat_id, MessagePage(frame.after, frame.before))
    if chat is None:
        raise Refused("not_found")
    widget.say(events.ChatSynced(chat.id, chat.messages, chat.last_seq))


async def find_own_chat(widget: WidgetSession, chat_id: UUID | None, page: MessagePage) -> events.VisitorChat | None:
    """Return this visitor's chat with one page of its messages, or None."""
    assert widget.visitor_id is not None
    return await run_in(
        None,
        find_visitor_chat,
        site=widget.site,
        visitor_id=widget.visitor_id,
        chat_id=chat_id,
        page=page,
    )


async def note_visited(widget: WidgetSession, page: frames.VisitedPage) -> None:
    """Write into the chat which page the visitor is on."""
    if widget.chat_id is None or widget.visitor_id is None:
        return
    await run_in(
        None,
        note_page,
        chat_id=widget.chat_id,
        visitor_id=widget.visitor_id,
        url=page.url,
        title=page.title,
        now=clock.now(),
    )


async def _tell_holder(widget: WidgetSession, event: Callable[[UUID], events.Event]) -> None:
    if widget.chat_id is None:
        return
    holder = await holder_of(widget.chat_id)
    if holder is not None:
        switchboard.publish([(f"u:{holder}", events.encode(event(widget.chat_id)))])
