"""From a committed change to the sockets it concerns, on whichever node they are.

Knows node names, addresses and bytes, and no word of a chat. An address is a string ("u:<user>", "v:<chat>"); an event
is (address, text). After a commit there is ONE channel-layer message per batch and node, and each node hands the texts
to its own sockets. The layer may lose: a receiver that sees a gap asks PostgreSQL.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import timedelta

from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from agency.live import process
from agency.live.outlet import Outlet
from agency.models import Heartbeat
from tenants import clock, memory
from tenants.context import run_in

log = logging.getLogger("balie.live")

Event = tuple[str, str]

PART = "web"
# A node writes its heartbeat each 2 s and is sent events for 8 s after the last one.
NODE_EVERY = 2.0
NODE_FRESH = timedelta(seconds=8)

stats = {"layer_full": 0, "layer_failed": 0, "layer_batches": 0}
_sockets: dict[str, set[Outlet]] = memory.keep({})
_others: list[str] = memory.keep([])
# Events that wait for the layer; the oldest go when Valkey is away, and receivers fetch what they miss.
_outgoing: deque[Event] = deque(maxlen=20_000)
_waiter: asyncio.Future[None] | None = None


def subscribe(address: str, outlet: Outlet) -> None:
    """Let the outlet hear what is sent to the address."""
    _sockets.setdefault(address, set()).add(outlet)


def unsubscribe(address: str, outlet: Outlet) -> None:
    """Stop what `subscribe` began. Harmless when it never did."""
    heard = _sockets.get(address)
    if heard is not None:
        heard.discard(outlet)
        if not heard:
            del _sockets[address]


def addresses(prefix: str) -> list[str]:
    """The addresses with this prefix that have a socket here."""
    return [address for address in _sockets if address.startswith(prefix)]


def deliver(events: Iterable[Event], authors: Sequence[Outlet | None] | None = None) -> None:
    """Hand the events to the sockets of this process.

    Args:
        authors: for each event the socket that caused it and had its ack: left out, its owner's other sockets aren't.
    """
    for index, (address, text) in enumerate(events):
        heard = _sockets.get(address)
        if not heard:
            continue
        author = authors[index] if authors is not None else None
        for outlet in heard:
            if outlet is not author:
                outlet.push(text)


def publish(events: Sequence[Event], authors: Sequence[Outlet | None] | None = None) -> None:
    """Deliver here and queue for every other live node, in order. Runs on the loop's thread and never waits."""
    deliver(events, authors)
    if events and _others:
        _outgoing.extend(events)
        if _waiter is not None and not _waiter.done():
            _waiter.set_result(None)


def send_on_commit(events: Sequence[Event]) -> None:
    """Publish finished events once the running transaction has committed. Called from sync code."""
    if events:
        # Robust: what is committed stays so when its events can't go out; receivers fetch what they miss.
        transaction.on_commit(lambda: _hand_over(list(events)), robust=True)


@process.each_process
async def send_out() -> None:
    """Send what `publish` queued: one message per node with all that waits, so nobody waits for the layer."""
    global _waiter
    while True:
        if not _outgoing:
            _waiter = asyncio.get_running_loop().create_future()
            await _waiter
        events = list(_outgoing)
        _outgoing.clear()
        await asyncio.gather(*(_send(node, events) for node in _others))


@process.each_process
async def listen() -> None:
    """Take what other nodes send here."""
    layer = get_channel_layer()
    while True:
        try:
            message = await layer.receive(f"node.{settings.NODE}")
        except asyncio.CancelledError:
            raise
        except Exception as error:  # Valkey is away: chats go on, clients see gaps and ask
            log.warning("layer receive: %s", type(error).__name__)
            await asyncio.sleep(0.5)
            continue
        deliver([(address, text) for address, text in message["events"]])


@process.each_process
async def keep_node() -> None:
    """Write this node's sign of life and learn of the others."""
    while True:
        try:
            refresh(await run_in(None, beat_and_list))
        except asyncio.CancelledError:
            raise
        except Exception as error:  # the database is away; the last list is still the best one
            log.warning("node registry: %s", type(error).__name__)
        await asyncio.sleep(NODE_EVERY)


def beat_and_list() -> tuple[str, ...]:
    """Write this node's heartbeat and return the other nodes that are alive."""
    now = clock.ask()
    facts = {"at": now, "clock_ahead": clock.ahead()}
    Heartbeat.objects.update_or_create(part=PART, node=settings.NODE, defaults=facts)
    Heartbeat.objects.filter(part=PART, at__lt=now - timedelta(minutes=10)).delete()
    return list_nodes()


def list_nodes() -> tuple[str, ...]:
    """The live nodes other than this process."""
    fresh = clock.now() - NODE_FRESH
    found = Heartbeat.objects.filter(part=PART, at__gt=fresh).exclude(node=settings.NODE)
    return tuple(found.values_list("node", flat=True))


def refresh(nodes: tuple[str, ...]) -> None:
    """Believe that these are the other live nodes."""
    _others[:] = nodes


async def _send(node: str, events: Sequence[Event]) -> None:
    stats["layer_batches"] += 1
    try:
        await get_channel_layer().send(f"node.{node}", {"type": "batch", "events": list(events)})
    except ChannelFull:
        # That node is stuck; its clients will see a gap and ask.
        stats["layer_full"] += 1
        log.error("node %s takes no events: its channel is full", node)
    except Exception as error:
        stats["layer_failed"] += 1
        log.warning("layer send: %s", type(error).__name__)


def _hand_over(events: list[Event]) -> None:
    live = process.loop()
    if live is not None:
        live.call_soon_threadsafe(publish, events)
        return
    # A process without sockets of its own (a command): it asks who is alive, which on_commit may, as no company's row
    # is read.
    refresh(list_nodes())
    async_to_sync(_send_all)(events)


async def _send_all(events: list[Event]) -> None:
    await asyncio.gather(*(_send(node, events) for node in _others))
