"""Commands that look beyond a console's own chats: the floor, the own day, and who could take a chat over."""

from datetime import datetime
from uuid import UUID

from agency.models import PoolEntry
from chat.domain import events, frames
from chat.realtime.commands import command
from chat.realtime.console.session import ConsoleSession
from chat.realtime.direct import Refused
from chat.services import access
from chat.services.console import floor
from chat.services.console.own_day import get_own_day
from tenants import clock
from tenants.context import run_in


@command(frames.FloorGet)
async def floor_of(console: ConsoleSession, frame: frames.FloorGet) -> None:
    """Send the waiting chats and the operators who are here."""
    console.say(await run_in(None, floor.get_floor, operator_id=console.who.user_id, now=clock.now()))


@command(frames.OwnDayGet)
async def own_day(console: ConsoleSession, frame: frames.OwnDayGet) -> None:
    """This operator's own figures of today, and their next shift."""
    console.say(await run_in(None, get_own_day, operator_id=console.who.user_id, now=clock.now()))


@command(frames.ChatLook)
async def look(console: ConsoleSession, frame: frames.ChatLook) -> None:
    """A colleague's chat, to read before it is taken over."""
    found = await run_in(
        None,
        floor.look_at_chat,
        operator_id=console.who.user_id,
        chat_id=frame.chat_id,
        now=clock.now(),
    )
    if found is None:
        raise Refused("not_found")
    console.say(found)


@command(frames.TransferOptionsGet)
async def transfer_options(console: ConsoleSession, frame: frames.TransferOptionsGet) -> None:
    """Send the operators who could take over an open chat of this operator's."""
    found = await run_in(None, _find_options, console.who.user_id, frame.chat_id, clock.now())
    if found is None:
        raise Refused("not_found")
    console.say(found)


def _find_options(operator_id: UUID, chat_id: UUID, now: datetime) -> events.TransferOptions | None:
    entry = access.find_entry_for_operator(operator_id, chat_id)
    if entry is None or entry.state != PoolEntry.State.OPEN:
        return None
    return floor.transfer_options(entry=entry, now=now)
