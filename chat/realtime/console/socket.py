"""The operator's one socket for all chats of all companies. It translates frames into calls and answers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from agency.live import process, switchboard
from agency.models import PoolEntry, User
from agency.services.pool import seats as pool_seats
from chat.domain import events, frames
from chat.live import writer
from chat.live.judge import Post
from chat.realtime import auth
from chat.realtime.assign_soon import assign_soon
from chat.realtime.clean_input import checked
from chat.realtime.console import chat_commands, floor_commands, reading_commands, seat_commands
from chat.realtime.console.session import ConsoleSession
from chat.realtime.direct import FORBIDDEN, SIGNED_OUT, Refused
from chat.realtime.holder_cache import holder_of
from chat.realtime.widget import beats
from chat.services import access, wire
from chat.services.console import snapshot
from chat.services.messaging import MessagePage, list_messages
from chat.services.texts.texts import company_texts
from tenants import clock, memory
from tenants.context import in_company, run_in

log = logging.getLogger("balie.live")

OPERATOR = "operator"
# A logout, a demotion or a revoked certification closes the sockets within 2 s: looked up each second, for all of this
# process together, so it holds with the channel layer away.
_LOOK_EVERY = 1.0
_open: set["ConsoleConsumer"] = memory.keep(set())


class ConsoleConsumer(ConsoleSession):
    """One console of one operator."""

    async def enter(self, scope: dict[str, Any]) -> None:
        if not auth.is_own_origin(scope):
            raise Refused("bad_origin", FORBIDDEN)
        key = auth.session_key_of(scope.get("headers", []))
        who = await run_in(None, auth.find_operator, key)
        if who is None:
            raise Refused("signed_out", SIGNED_OUT)
        self.who = who

    def parse(self, raw: str) -> frames.ConsoleFrame:
        return frames.parse_console(raw)

    def leave(self) -> None:
        _open.discard(self)

    async def handle(self, frame: frames.ConsoleFrame) -> None:
        if not isinstance(frame, frames.ConsoleHello) and self not in _open:
            raise Refused("hello_first", SIGNED_OUT)
        await self._does[type(frame)](self, frame)

    async def _hello(self, frame: frames.ConsoleHello) -> None:
        # Listen first, read after: what is committed in between comes twice, never not at all.
        self.listen_to(f"u:{self.who.user_id}")
        now = clock.now()
        shown = await run_in(None, _enter_console, self.who, frame.take_seat, now)
        if shown is None:
            raise Refused("signed_out", SIGNED_OUT)
        if frame.take_seat:
            self.epoch = shown.seat.epoch
            taken = events.encode(events.SeatTaken(self.epoch))
            switchboard.publish([(f"u:{self.who.user_id}", taken)], [self.outlet])
        _open.add(self)
        self.greeted()
        self.say(shown)
        if frame.take_seat:
            assign_soon()

    async def _post(self, frame: frames.ConsolePost) -> None:
        body = checked(frame.body)
        schema = await access.schema_of_chat(self.who.user_id, frame.chat_id)
        if schema is None:
            raise Refused("not_found")
        post = Post(
            schema=schema,
            chat_id=str(frame.chat_id),
            client_id=str(frame.client_id),
            side=OPERATOR,
            kind="note" if frame.note else "text",
            body=body,
            at=clock.now(),
            outlet=self.outlet,
            author_id=str(self.who.user_id),
            author_name=self.who.name,
            fence=frame.fence,
            epoch=self.epoch,
        )
        if not writer.put(post):
            raise Refused("busy")

    async def _sync(self, frame: frames.ChatSync) -> None:
        found = await run_in(None, _sync_chat, self.who, frame)
        if found is None:
            raise Refused("not_found")
        self.say(found)

    async def _typing(self, frame: frames.ConsoleTyping) -> None:
        if await holder_of(frame.chat_id) == self.who.user_id:
            typing = events.Typing(frame.chat_id, self.who.name, frame.on)
            switchboard.publish([(f"v:{frame.chat_id}", events.encode(typing))])

    async def _read(self, frame: frames.ConsoleRead) -> None:
        if await holder_of(frame.chat_id) == self.who.user_id:
            beats.read_to(frame.chat_id, OPERATOR, frame.seq)
            read = events.encode(events.Read(frame.chat_id, OPERATOR, frame.seq))
            # This operator's other consoles hear it too, or they would show as new what was read here.
            told = [(f"v:{frame.chat_id}", read), (f"u:{self.who.user_id}", read)]
            switchboard.publish(told, [None, self.outlet])

    async def _texts(self, frame: frames.TextsGet) -> None:
        company = await run_in(None, access.find_company_for_operator, self.who.user_id, frame.company_id)
        if company is None:
            raise Refused("not_found")
        texts = await run_in(None, company_texts, company)
        self.say(events.Texts(company.pk, texts))

    _does: ClassVar[dict[type, Callable[[Any, Any], Awaitable[None]]]] = {
        frames.ConsoleHello: _hello,
        frames.SeatRenew: seat_commands.renew,
        frames.SeatLeave: seat_commands.leave,
        frames.SeatPause: seat_commands.pause,
        frames.SeatDrain: seat_commands.drain,
        frames.ConsolePost: _post,
        frames.OfferAccept: chat_commands.accept,
        frames.OfferDecline: chat_commands.decline,
        frames.ChatRequeue: chat_commands.requeue,
        frames.ChatPick: chat_commands.pick,
        frames.ChatTransfer: chat_commands.transfer,
        frames.TransferCancel: chat_commands.cancel,
        frames.TransferOptionsGet: floor_commands.transfer_options,
        frames.ChatTake: chat_commands.take,
        frames.ChatClose: chat_commands.close,
        frames.ChatWrapUp: chat_commands.wrap_up,
        frames.ChatSync: _sync,
        frames.ChatTick: chat_commands.tick,
        frames.ConsoleTyping: _typing,
        frames.ConsoleRead: _read,
        frames.TextsGet: _texts,
        frames.ChatLook: floor_commands.look,
        frames.FloorGet: floor_commands.floor_of,
        frames.OwnDayGet: floor_commands.own_day,
        frames.ReadingGet: reading_commands.get,
        frames.ReadingDone: reading_commands.done,
    }


@process.each_process
async def close_ended() -> None:
    """Close the consoles of those who may no longer be connected."""
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        if not _open:
            continue
        try:
            ended = set(await run_in(None, auth.list_ended, [one.who for one in _open]))
            gone = [(one.who.user_id, one.epoch) for one in _open if one.who in ended]
            if gone:
                # Whatever ended them also ended their seats, but a session that was deleted or ran out.
                await run_in(None, pool_seats.leave_ended, gone, now=clock.now())
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("sessions not looked up: %s", type(error).__name__)
            continue
        for console in tuple(_open):
            if console.who in ended:
                console.refuse("signed_out")
                console.outlet.close(SIGNED_OUT)


def _enter_console(who: auth.SignedIn, take_seat: bool, now: Any) -> events.Snapshot | None:
    """The snapshot; None if the session ended since the handshake (a socket may wait 10 s with its hello)."""
    if auth.list_ended([who]):
        return None
    user = User.objects.select_related("operator").get(pk=who.user_id)
    if take_seat:
        pool_seats.take_seat(operator=user.operator, now=now, session=who.session_key)
    return snapshot.console_snapshot(user, now=now)


def _sync_chat(who: auth.SignedIn, frame: frames.ChatSync) -> events.ChatSynced | None:
    entry = access.find_entry_for_operator(who.user_id, frame.chat_id)
    if entry is None:
        return None
    if entry.state not in (PoolEntry.State.OPEN, PoolEntry.State.WRAP_UP):
        return None
    with in_company(entry.company):
        page = MessagePage(frame.after, frame.before)
        messages = list_messages(frame.chat_id, page=page, viewer=OPERATOR)
    return events.ChatSynced(frame.chat_id, messages, entry.last_seq, wire.entry_of(entry))
