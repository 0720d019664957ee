"""The operator's one socket for all chats of all companies. It translates frames into calls and answers."""

import asyncio
import logging
from typing import Any

from agency.live import process, switchboard
from agency.models import User
from agency.services.pool import seats as pool_seats
from chat.domain import events, frames
from chat.realtime import auth
from chat.realtime.assign_soon import assign_soon
from chat.realtime.commands import COMMANDS, command
from chat.realtime.console import chat_commands, floor_commands, reading_commands, seat_commands, talk_commands
from chat.realtime.console.session import ConsoleSession
from chat.realtime.direct import FORBIDDEN, SIGNED_OUT, Refused
from chat.services.console import snapshot
from tenants import clock, memory
from tenants.context import run_in

log = logging.getLogger("balie.live")

# A logout, a demotion or a revoked certification closes the sockets within 2 s: looked up each second, for all of this
# process together, so it holds with the channel layer away.
_LOOK_EVERY = 1.0
_open: set[ConsoleSession] = memory.keep(set())
# Each registers its commands when it is imported.
FAMILIES = (chat_commands, floor_commands, reading_commands, seat_commands, talk_commands)


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
        await COMMANDS[type(frame)](self, frame)


@command(frames.ConsoleHello)
async def hello(console: ConsoleSession, frame: frames.ConsoleHello) -> None:
    """Open this console. With `take_seat` it takes the seat."""
    # Listen first, read after: what is committed in between comes twice, never not at all.
    console.listen_to(f"u:{console.who.user_id}")
    now = clock.now()
    shown = await run_in(None, _enter_console, console.who, frame.take_seat, now)
    if shown is None:
        raise Refused("signed_out", SIGNED_OUT)
    if frame.take_seat:
        console.epoch = shown.seat.epoch
        taken = events.encode(events.SeatTaken(console.epoch))
        switchboard.publish([(f"u:{console.who.user_id}", taken)], [console.outlet])
    _open.add(console)
    console.greeted()
    console.say(shown)
    if frame.take_seat:
        assign_soon()


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
    """Return the snapshot, or None if the session ended since the handshake (a socket may wait 10 s with its hello)."""
    if auth.list_ended([who]):
        return None
    user = User.objects.select_related("operator").get(pk=who.user_id)
    if take_seat:
        pool_seats.take_seat(operator=user.operator, now=now, session=who.session_key)
    return snapshot.console_snapshot(user, now=now)
