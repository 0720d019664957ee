"""The visitor's socket. It translates frames into calls and answers, and does nothing else."""

import uuid
from typing import Any

from agency.live.outlet import TOO_FAST
from agency.services.pool import entries
from chat.domain import events, frames
from chat.realtime import auth, frame_budget
from chat.realtime.commands import COMMANDS, command
from chat.realtime.direct import FORBIDDEN, SIGNED_OUT, UNKNOWN, Refused
from chat.realtime.trial import TrialSocket, asked_token
from chat.realtime.widget import availability, begin_commands, ending_commands, talk_commands
from chat.realtime.widget.session import WidgetSession
from chat.services.messaging import MessagePage
from tenants import clock
from tenants.context import run_in
from tenants.resolve import find_site, remembered_site

# Each registers its commands when it is imported.
FAMILIES = (begin_commands, ending_commands, talk_commands)


class WidgetConsumer(WidgetSession):
    """One visitor on one site."""

    async def enter(self, scope: dict[str, Any]) -> None:
        key = scope["url_route"]["kwargs"]["site_key"]
        # In a burst of arrivals the threads have other work than to look up one site again and again.
        site = remembered_site(key) or await run_in(None, find_site, key)
        if site is None:
            raise Refused("unknown_site", UNKNOWN)
        if auth.header(scope, b"origin").lower() not in site.origins:
            raise Refused("bad_origin", FORBIDDEN)
        self.site = site
        self.address = auth.address_of(scope)

    def parse(self, raw: str) -> frames.VisitorFrame:
        return frames.parse_visitor(raw)

    async def handle(self, frame: frames.VisitorFrame) -> None:
        if not isinstance(frame, frames.VisitorHello) and self.visitor_id is None:
            raise Refused("hello_first", SIGNED_OUT)
        await COMMANDS[type(frame)](self, frame)


_visit, _try = WidgetConsumer.as_asgi(), TrialSocket.as_asgi()


async def widget_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Let a visitor in, or one who tries the chat with the robot."""
    await (_try if asked_token(scope) else _visit)(scope, receive, send)


@command(frames.VisitorHello)
async def hello(widget: WidgetSession, frame: frames.VisitorHello) -> None:
    """Say who this is, and hear what was said meanwhile. Without a token it is somebody new."""
    if frame.token is None:
        widget.visitor_id = widget.visitor_id or uuid.uuid4()
        _share_budget(widget)
        token = auth.issue_token(widget.site, widget.visitor_id)
        chat = None
    else:
        try:
            widget.visitor_id = auth.read_token(widget.site, frame.token)
        except auth.BadToken as error:
            raise Refused(error.code, SIGNED_OUT) from None
        _share_budget(widget)
        token = frame.token
        # Listen first, read after: what is committed in between comes twice, never not at all.
        chat = await talk_commands.find_own_chat(widget, frame.chat_id, MessagePage(frame.after))
        if chat is not None:
            widget.follow(chat.id)
            if frame.page is not None:
                await talk_commands.note_visited(widget, frame.page)
            chat = await talk_commands.find_own_chat(widget, chat.id, MessagePage(frame.after)) or chat
    if chat is None:
        widget.chat_id = None
        widget.listen_to()
    widget.greeted()
    offered = await availability.of_site(widget.site.key)
    widget.say(events.Welcome(token, clock.now(), offered, chat, await _wait(widget, chat)))


def _share_budget(widget: WidgetSession) -> None:
    assert widget.visitor_id is not None
    widget.budget = frame_budget.share(widget.budget, widget.visitor_id)
    if widget.budget.sockets > frame_budget.MAX_SOCKETS:
        raise Refused("too_fast", TOO_FAST)


async def _wait(widget: WidgetSession, chat: events.VisitorChat | None) -> str:
    if chat is None or chat.state != "waiting":
        return ""
    called = await run_in(None, entries.is_called, chat.id)
    return availability.wait_of(widget.site.id, called=called)
