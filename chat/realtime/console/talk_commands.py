"""The frames of a console about what is said in a chat: texts, notes, typing, receipts, and what it missed."""

from agency.live import switchboard
from agency.models import PoolEntry
from chat.domain import events, frames
from chat.live import writer
from chat.live.judge import Post
from chat.realtime import auth
from chat.realtime.clean_input import checked
from chat.realtime.commands import command
from chat.realtime.console.session import ConsoleSession
from chat.realtime.direct import Refused
from chat.realtime.holder_cache import holder_of
from chat.realtime.widget import beats
from chat.services import access, wire
from chat.services.messaging import MessagePage, list_messages
from chat.services.texts.texts import company_texts
from tenants import clock
from tenants.context import in_company, run_in

OPERATOR = "operator"


@command(frames.ConsolePost)
async def post(console: ConsoleSession, frame: frames.ConsolePost) -> None:
    """Say something, or write a note for colleagues."""
    body = checked(frame.body)
    schema = await access.schema_of_chat(console.who.user_id, frame.chat_id)
    if schema is None:
        raise Refused("not_found")
    written = Post(
        schema=schema,
        chat_id=str(frame.chat_id),
        client_id=str(frame.client_id),
        side=OPERATOR,
        kind="note" if frame.note else "text",
        body=body,
        at=clock.now(),
        outlet=console.outlet,
        author_id=str(console.who.user_id),
        author_name=console.who.name,
        fence=frame.fence,
        epoch=console.epoch,
        provenance=None if frame.note else frame.provenance,
    )
    if not writer.put(written):
        raise Refused("busy")


@command(frames.ChatSync)
async def sync(console: ConsoleSession, frame: frames.ChatSync) -> None:
    """Fetch what was missed, or what was before."""
    found = await run_in(None, _sync_chat, console.who, frame)
    if found is None:
        raise Refused("not_found")
    console.say(found)


@command(frames.ConsoleTyping)
async def typing(console: ConsoleSession, frame: frames.ConsoleTyping) -> None:
    """The visitor sees whether the holder types."""
    if await holder_of(frame.chat_id) == console.who.user_id:
        event = events.encode(events.Typing(frame.chat_id, console.who.name, frame.on))
        switchboard.publish([(f"v:{frame.chat_id}", event)])


@command(frames.ConsoleRead)
async def read(console: ConsoleSession, frame: frames.ConsoleRead) -> None:
    """The holder read to here."""
    if await holder_of(frame.chat_id) == console.who.user_id:
        beats.read_to(frame.chat_id, OPERATOR, frame.seq)
        event = events.encode(events.Read(frame.chat_id, OPERATOR, frame.seq))
        # This operator's other consoles hear it too, or they would show as new what was read here.
        heard = [(f"v:{frame.chat_id}", event), (f"u:{console.who.user_id}", event)]
        switchboard.publish(heard, [None, console.outlet])


@command(frames.TextsGet)
async def texts(console: ConsoleSession, frame: frames.TextsGet) -> None:
    """A company's texts: scripts, shortcuts, and what is said by itself."""
    company = await run_in(None, access.find_company_for_operator, console.who.user_id, frame.company_id)
    if company is None:
        raise Refused("not_found")
    console.say(events.Texts(company.pk, await run_in(None, company_texts, company)))


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
