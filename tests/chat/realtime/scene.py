"""The surroundings of the socket that a test looks at: held chats, bystanders, and all rows as they are."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

from asgiref.sync import sync_to_async
from django.apps import apps
from django.db import connection

from tenants.models import Company
from tests import cast
from tests.chat.realtime.desk import PATIENCE, Socket, operator, say, take, visitor

F = TypeVar("F", bound=Callable[..., Any])

# Every error code that some test has heard; a test holds it against the table of docs/protocol.md.
PROVEN: set[str] = set()

_AGENCY = ("agency_assignment", "agency_poolentry", "agency_chatrecord", "agency_outboxrow")
# Signs of life: they change by themselves, once a second.
_LIFE = ["visitor_seen_at", "visitor_hidden", "visitor_read", "operator_read"]


class Held(NamedTuple):
    """A chat that an operator holds, with its visitor's socket."""

    visitor: Socket
    id: str
    fence: int
    welcome: dict[str, Any]


def proves(*codes: str) -> Callable[[F], F]:
    """Say that the test hears these error codes."""
    PROVEN.update(codes)

    def same(test: F) -> F:
        return test

    return same


def new_id() -> str:
    """Return an id for a command."""
    return str(uuid.uuid4())


async def held(
    console: Socket,
    site: str = cast.ACME_SITE,
    origin: str = cast.ACME_ORIGIN,
    body: str = "Hoi",
    **more: Any,
) -> Held:
    """Return a chat that a visitor began and this console took."""
    socket, welcome = await visitor(site, origin)
    ack = await say(socket, body, **more)
    chat = await take(console)
    assert chat["entry"]["chat_id"] == ack["chat_id"]
    await socket.hear("message.posted")
    # How its waiting stood, told right behind the first text.
    await socket.hear("beat")
    return Held(socket, ack["chat_id"], chat["entry"]["fence"], welcome)


async def zen_held(console: Socket, **more: Any) -> Held:
    """Return the same as `held`, on the other company's site."""
    return await held(console, cast.ZEN_SITE, cast.ZEN_ORIGIN, **more)


async def wait_idle(socket: Socket, chat_id: str | None = None) -> list[dict[str, Any]]:
    """Everything that came before the answer to a sync: what the server said so far is all here."""
    ask = {"chat_id": chat_id} if chat_id else {}
    await socket.send(type="chat.sync", after=2**31 - 1, **ask)
    came = []
    async with asyncio.timeout(PATIENCE):
        while True:
            frame = await socket.next()
            if frame["type"] == "chat.synced" or (frame["type"] == "error" and frame["code"] == "not_found"):
                return came
            came.append(frame)


@asynccontextmanager
async def unharmed(*, writes: bool = False) -> AsyncIterator[None]:
    """Bob and his visitor notice nothing of what happens in the block, and no row changes (unless it `writes`)."""
    bob, _ = await operator("bob@balie.test")
    lena = await held(bob, body="Ik ben Lena")
    await wait_idle(bob, lena.id)
    before = await sync_to_async(all_rows)()
    yield
    assert await wait_idle(bob, lena.id) == []
    assert await wait_idle(lena.visitor) == []
    if not writes:
        assert await sync_to_async(all_rows)() == before
    await bob.leave()
    await lena.visitor.leave()


def all_rows() -> dict[str, list[str]]:
    """Return every row of every chat table of every company and of the pool, as text."""
    words = [model._meta.db_table for model in apps.get_app_config("chat").get_models()]
    tables = list(_AGENCY)
    for schema in Company.objects.values_list("schema_name", flat=True):
        tables += [f"{schema}.{table}" for table in words]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t", [_LIFE])
            found[table] = sorted(row for (row,) in cursor.fetchall())
    return found


def rows_of(schema: str) -> str:
    """Return every chat row of one company."""
    return json.dumps({name: rows for name, rows in all_rows().items() if name.startswith(schema)})
