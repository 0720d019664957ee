"""The limit, as a yardstick: what one core can do without a framework.

A C WebSocket server on uvloop, no ASGI, no Django, no sign-in, no budgets; the same rows as Balie, by the same
statements, in one group commit: pool entry locked and moved, seq without a gap, client id looked up. One publish per
batch.

    python -m balie.bench.live.reference_limit PORT
"""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import redis.asyncio
import uvloop
from picows import (
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from chat.live.roundtrip import RoundTrips, array

_SCENE = json.loads(Path(os.environ["BALIE_BENCH_SCENE"]).read_text())
_PLACES: list[dict[str, Any]] = _SCENE["places"]
_MAX_BATCH = 256
_CHANNEL = f"bench.limit.{os.getpid()}"
_OPTIONS = (
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
    "-c plan_cache_mode=force_generic_plan -c jit=off"
)
_LOCK = b"""
    SELECT chat_id::text, last_seq, turn, turn_at FROM agency_poolentry
    WHERE chat_id = ANY($1::uuid[]) ORDER BY chat_id FOR NO KEY UPDATE
"""
_KNOWN = """
    SELECT m.chat_id::text, m.client_id::text, m.seq
    FROM unnest($1::uuid[], $2::uuid[]) AS k(chat_id, client_id)
    JOIN {schema}.chat_message m ON m.chat_id = k.chat_id AND m.client_id = k.client_id
"""
_MOVE = b"""
    UPDATE agency_poolentry p SET last_seq = v.last_seq, turn = 'operator', turn_at = v.turn_at
    FROM json_to_recordset($1::json) AS v(chat_id uuid, last_seq int, turn_at timestamptz)
    WHERE p.chat_id = v.chat_id
"""
_INSERT = """
    INSERT INTO {schema}.chat_message (chat_id, seq, client_id, kind, side, body, created_at)
    SELECT chat_id, seq, client_id, 'text', 'visitor', body, at FROM json_to_recordset($1::json)
        AS m(chat_id uuid, seq int, client_id uuid, body text, at timestamptz)
"""

_encode = msgspec.json.Encoder().encode
_operators: dict[int, WSTransport] = {}
_queue: asyncio.Queue[tuple[int, dict[str, Any], WSTransport, datetime]]


class Listener(WSListener):
    """One socket. The query of its address says whose it is."""

    def __init__(self, query: str) -> None:
        self.name, _, number = query.partition("=")
        self.number = int(number)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            content = msgspec.json.decode(frame.get_payload_as_bytes())
            if content["type"] == "hello":
                if self.name == "operator":
                    _operators[self.number] = transport
                transport.send(WSMsgType.TEXT, b'{"type":"welcome"}')
            else:
                _queue.put_nowait((self.number, content, transport, datetime.now(UTC)))


async def write(publisher: Any) -> None:
    """The group commit, for ever."""
    connection = await psycopg.AsyncConnection.connect(_SCENE["database_url"], autocommit=True, options=_OPTIONS)
    trips = RoundTrips(connection)
    while True:
        batch = [await _queue.get()]
        while not _queue.empty() and len(batch) < _MAX_BATCH:
            batch.append(_queue.get_nowait())
        seqs, new = await _commit(trips, batch)
        told = []
        for (number, content, transport, at), seq, is_new in zip(batch, seqs, new, strict=True):
            place, client_id = _PLACES[number], content["client_id"]
            ack = f'{{"type":"ack","client_id":"{client_id}","seq":{seq},"chat_id":"{place["chat_id"]}"}}'
            transport.send(WSMsgType.TEXT, ack.encode())
            if is_new:
                message = {"seq": seq, "kind": "text", "side": "visitor", "client_id": client_id}
                message |= {"body": content["body"], "at": at}
                event = {"type": "message.posted", "chat_id": place["chat_id"], "message": message}
                told.append(b"%d " % place["operator"] + _encode(event))
        await publisher.publish(_CHANNEL, b"\n".join(told))


async def _commit(trips: RoundTrips, batch: list[Any]) -> tuple[list[int], list[bool]]:
    companies: dict[str, list[tuple[str, str]]] = {}
    for number, content, _, _ in batch:
        place = _PLACES[number]
        companies.setdefault(place["schema"], []).append((place["chat_id"], content["client_id"]))
    chats = sorted({_PLACES[number]["chat_id"] for number, *_ in batch})
    wanted = [(_LOCK, [array(chats)])]
    for schema, own in companies.items():
        ids = [array([chat for chat, _ in own]), array([client_id for _, client_id in own])]
        wanted.append((_text(_KNOWN, schema), ids))
    async with trips.transaction():
        locked, *looked_up = await trips.make(wanted)
        last = {row[0]: row[1] for row in locked}
        known = {(chat, client_id): seq for rows in looked_up for chat, client_id, seq in rows}
        new_rows: dict[str, list[dict[str, Any]]] = {}
        moved: dict[str, dict[str, Any]] = {}
        seqs, new = [], []
        for number, content, _, at in batch:
            place = _PLACES[number]
            chat, client_id = place["chat_id"], content["client_id"]
            seq = known.get((chat, client_id))
            new.append(seq is None)
            if seq is None:
                seq = last[chat] = last[chat] + 1
                known[chat, client_id] = seq
                row = {"chat_id": chat, "seq": seq, "client_id": client_id}
                new_rows.setdefault(place["schema"], []).append({**row, "body": content["body"], "at": at})
                moved[chat] = {"chat_id": chat, "last_seq": seq, "turn_at": at}
            seqs.append(seq)
        inserts = [(_text(_INSERT, schema), [_encode(own)]) for schema, own in new_rows.items()]
        await trips.commit([(_MOVE, [_encode(list(moved.values()))]), *inserts])
    return seqs, new


@lru_cache
def _text(statement: str, schema: str) -> bytes:
    return statement.format(schema=schema).encode()


async def hand_out(subscription: Any) -> None:
    """Give what was published to the operators' sockets, for ever."""
    while True:
        published = await subscription.get_message(ignore_subscribe_messages=True, timeout=None)
        if published and published["data"]:
            for line in published["data"].split(b"\n"):
                operator, _, event = line.partition(b" ")
                socket = _operators.get(int(operator))
                if socket is not None:
                    socket.send(WSMsgType.TEXT, event)


def _listener(request: WSUpgradeRequest) -> Any:
    path = request.path.decode() if isinstance(request.path, bytes) else request.path
    if "?" not in path:
        return None
    upgrade = WSUpgradeResponse.create_101_response({"Sec-WebSocket-Protocol": "balie.v1"})
    return WSUpgradeResponseWithListener(upgrade, Listener(path.partition("?")[2]))


async def main(port: int) -> None:
    """Serve until killed."""
    global _queue
    _queue = asyncio.Queue()
    valkey = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=30)
    subscription = valkey.pubsub()
    await subscription.subscribe(_CHANNEL)
    tasks = [asyncio.create_task(write(valkey)), asyncio.create_task(hand_out(subscription))]
    server = await ws_create_server(_listener, "127.0.0.1", port)
    await asyncio.gather(server.serve_forever(), *tasks)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
