"""The visitor's socket. It translates frames into calls and answers, and does nothing else."""

import uuid
from typing import Any
from uuid import UUID

from agency.live import switchboard
from agency.live.outlet import TOO_FAST
from agency.services.pool import entries
from chat.domain import events, frames
from chat.live import writer
from chat.live.judge import Post
from chat.realtime import auth, frame_budget
from chat.realtime.clean_input import checked
from chat.realtime.direct import FORBIDDEN, SIGNED_OUT, UNKNOWN, Refused
from chat.realtime.holder_cache import holder_of
from chat.realtime.widget import availability, beats, begin_commands, ending_commands
from chat.realtime.widget.session import WidgetSession
from chat.services.begin.visitor_chat import find_visitor_chat, note_page
from chat.services.messaging import MessagePage
from tenants import clock
from tenants.context import run_in
from tenants.resolve import find_site, remembered_site

VISITOR = "visitor"


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
        if isinstance(frame, frames.VisitorHello):
            await self._hello(frame)
            return
        if self.visitor_id is None:
            raise Refused("hello_first", SIGNED_OUT)
        if isinstance(frame, frames.VisitorPost):
            await self._post(frame)
        elif isinstance(frame, frames.VisitorBeat):
            await self._beat(frame)
        elif isinstance(frame, frames.VisitorTyping):
            await self._tell_holder(lambda chat: events.Typing(chat, "", frame.on))
        elif isinstance(frame, frames.VisitorRead):
            await self._read(frame)
        elif isinstance(frame, frames.VisitorPage):
            await self._page(frame.page)
        elif isinstance(frame, frames.VisitorSync):
            await self._sync(frame)
        elif isinstance(frame, frames.VisitorClose):
            await ending_commands.close(self, frame)
        elif isinstance(frame, frames.QuestionPost):
            await begin_commands.question(self, frame)
        elif isinstance(frame, frames.ChatRate):
            await ending_commands.rate(self, frame)
        else:
            assert isinstance(frame, frames.TranscriptAsk), frame
            await ending_commands.transcript(self, frame)

    async def _hello(self, frame: frames.VisitorHello) -> None:
        if frame.token is None:
            self.visitor_id = self.visitor_id or uuid.uuid4()
            self._share_budget()
            token = auth.issue_token(self.site, self.visitor_id)
            chat = None
        else:
            try:
                self.visitor_id = auth.read_token(self.site, frame.token)
            except auth.BadToken as error:
                raise Refused(error.code, SIGNED_OUT) from None
            self._share_budget()
            token = frame.token
            # Listen first, read after: what is committed in between comes twice, never not at all.
            chat = await self._own_chat(frame.chat_id, MessagePage(frame.after))
            if chat is not None:
                self.follow(chat.id)
                if frame.page is not None:
                    await self._page(frame.page)
                chat = await self._own_chat(chat.id, MessagePage(frame.after)) or chat
        if chat is None:
            self.chat_id = None
            self.listen_to()
        self.greeted()
        offered = await availability.of_site(self.site.key)
        self.say(events.Welcome(token, clock.now(), offered, chat, await self._wait(chat)))

    def _share_budget(self) -> None:
        assert self.visitor_id is not None
        self.budget = frame_budget.share(self.budget, self.visitor_id)
        if self.budget.sockets > frame_budget.MAX_SOCKETS:
            raise Refused("too_fast", TOO_FAST)

    async def _wait(self, chat: events.VisitorChat | None) -> str:
        if chat is None or chat.state != "waiting":
            return ""
        called = await run_in(None, entries.is_called, chat.id)
        return availability.wait_of(self.site.id, called=called)

    async def _own_chat(self, chat_id: UUID | None, page: MessagePage) -> events.VisitorChat | None:
        assert self.visitor_id is not None
        return await run_in(
            None,
            find_visitor_chat,
            site=self.site,
            visitor_id=self.visitor_id,
            chat_id=chat_id,
            page=page,
        )

    async def _post(self, frame: frames.VisitorPost) -> None:
        body = checked(frame.body)
        if self.chat_id is None and await begin_commands.begin(self, frame, body):
            return
        post = Post(
            schema=self.site.schema_name,
            chat_id=str(self.chat_id),
            client_id=str(frame.client_id),
            side=VISITOR,
            kind="text",
            body=body,
            at=clock.now(),
            outlet=self.outlet,
        )
        if not writer.put(post):
            raise Refused("busy")

    async def _beat(self, frame: frames.VisitorBeat) -> None:
        if self.chat_id is None:
            self.say(events.Beat(0, "none"))
        else:
            # Answered with the round that writes it, within a second.
            beats.visitor_seen(self.chat_id, clock.now(), hidden=frame.hidden)

    async def _read(self, frame: frames.VisitorRead) -> None:
        if self.chat_id is not None:
            beats.read_to(self.chat_id, VISITOR, frame.seq)
            await self._tell_holder(lambda chat: events.Read(chat, VISITOR, frame.seq))

    async def _page(self, page: frames.VisitedPage) -> None:
        if self.chat_id is None or self.visitor_id is None:
            return
        await run_in(
            None,
            note_page,
            chat_id=self.chat_id,
            visitor_id=self.visitor_id,
            url=page.url,
            title=page.title,
            now=clock.now(),
        )

    async def _sync(self, frame: frames.VisitorSync) -> None:
        if self.chat_id is None:
            raise Refused("not_found")
        chat = await self._own_chat(self.chat_id, MessagePage(frame.after, frame.before))
        if chat is None:
            raise Refused("not_found")
        self.say(events.ChatSynced(chat.id, chat.messages, chat.last_seq))

    async def _tell_holder(self, event: Any) -> None:
        if self.chat_id is None:
            return
        holder = await holder_of(self.chat_id)
        if holder is not None:
            told = events.encode(event(self.chat_id))
            switchboard.publish([(f"u:{holder}", told)])
