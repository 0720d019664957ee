"""One batch of messages and the database: locked, read, judged, stored and committed in two round trips.

Each company's table is named by its schema, from a checked name, never by search_path.
"""

import re
from typing import Any

import msgspec
from django.conf import settings
from psycopg import sql

from chat.domain.budget import Budget
from chat.live.judge import Batch, Known, Post, PostFacts, PostVerdict, judge
from chat.live.roundtrip import RoundTrips, Statement, array
from tenants import memory

_SCHEMA = re.compile(r"^t_[a-z0-9_]{1,60}$")

_LOCK = b"""
    SELECT p.chat_id::text, p.state, p.operator_id::text, p.fence, coalesce(s.epoch, 0), p.last_seq, p.turn, p.turn_at,
           p.first_human_at, p.visitor_seen_at, p.visitor_whole_at, p.operator_whole_at
    FROM public.agency_poolentry p LEFT JOIN public.agency_seat s ON s.operator_id = p.operator_id
    WHERE p.chat_id = ANY($1::uuid[]) ORDER BY p.chat_id FOR NO KEY UPDATE OF p
"""
_MOVE = b"""
    UPDATE public.agency_poolentry p
    SET last_seq = v.last_seq, turn = v.turn, turn_at = v.turn_at, first_human_at = v.first_human_at,
        visitor_seen_at = greatest(p.visitor_seen_at, v.seen_at),
        visitor_whole_at = v.visitor_whole_at, operator_whole_at = v.operator_whole_at
    FROM json_to_recordset($1::json) AS v(chat_id uuid, last_seq int, turn text, turn_at timestamptz,
         first_human_at timestamptz, seen_at timestamptz, visitor_whole_at timestamptz, operator_whole_at timestamptz)
    WHERE p.chat_id = v.chat_id
"""
_KNOWN = """
    SELECT m.chat_id::text, m.client_id::text, m.seq, m.side, m.body, m.created_at
    FROM unnest($1::uuid[], $2::uuid[]) AS k(chat_id, client_id)
    JOIN {schema}.chat_message m ON m.chat_id = k.chat_id AND m.client_id = k.client_id
"""
_INSERT = """
    INSERT INTO {schema}.chat_message (chat_id, seq, client_id, kind, side, author_id, author_name, body, data,
         created_at)
    SELECT * FROM json_to_recordset($1::json) AS m(chat_id uuid, seq int, client_id uuid, kind text, side text,
         author_id uuid, author_name text, body text, data jsonb, at timestamptz)
"""

# By schema. More companies than an agency has, 2 KB each; those erased make room.
_statements: dict[str, tuple[bytes, bytes]] = memory.bounded(2_000)
_json = msgspec.json.Encoder().encode


async def commit(trips: RoundTrips, posts: list[Post]) -> Batch:
    """Judge the posts under their chats' locks and store what is accepted. Returns after COMMIT.

    Raises:
        psycopg.Error: nothing was stored, or (OperationalError) it isn't known.
    """
    companies: dict[str, list[Post]] = {}
    for post in posts:
        companies.setdefault(post.schema, []).append(post)
    async with trips.transaction():
        entries, known = await _read(trips, posts, companies)
        batch = judge(posts, entries, known, Budget(settings.FRAME_RATE, settings.FRAME_BURST))
        accepted = batch.accepted()
        await trips.commit(_stored(entries, accepted) if accepted else ())
    return batch


async def _read(
    trips: RoundTrips, posts: list[Post], companies: dict[str, list[Post]]
) -> tuple[dict[str, PostFacts], Known]:
    """Round trip 1. The locks come first: the look-ups' snapshots then see every earlier message of these chats."""
    wanted: list[Statement] = [(_LOCK, [array(sorted({post.chat_id for post in posts}))])]
    for schema, own in sorted(companies.items()):
        chats, clients = [post.chat_id for post in own], [post.client_id for post in own]
        wanted.append((_texts_of(schema)[0], [array(chats), array(clients)]))
    locked, *looked_up = await trips.make(wanted)
    entries = {row[0]: PostFacts(*row[1:]) for row in locked}
    known: Known = {
        (chat_id, client_id): (seq, side, body, at)
        for rows in looked_up
        for chat_id, client_id, seq, side, body, at in rows
    }
    return entries, known


def _stored(entries: dict[str, PostFacts], accepted: list[PostVerdict]) -> list[Statement]:
    """For round trip 2: one update of the entries, one insert per company."""
    moved = [
        {
            "chat_id": chat_id,
            "last_seq": entry.last_seq,
            "turn": entry.turn,
            "turn_at": entry.turn_at,
            "first_human_at": entry.first_human_at,
            "seen_at": entry.visitor_seen_at,
            "visitor_whole_at": entry.visitor_whole_at,
            "operator_whole_at": entry.operator_whole_at,
        }
        for chat_id, entry in entries.items()
        if entry.changed
    ]
    rows: dict[str, list[dict[str, Any]]] = {}
    for verdict in accepted:
        post = verdict.post
        rows.setdefault(post.schema, []).append(
            {
                "chat_id": post.chat_id,
                "seq": verdict.seq,
                "client_id": post.client_id,
                "kind": post.kind,
                "side": post.side,
                "author_id": post.author_id,
                "author_name": post.author_name,
                "body": post.body,
                "data": post.provenance or {},
                "at": post.at,
            }
        )
    inserts = [(_texts_of(schema)[1], [_json(own)]) for schema, own in sorted(rows.items())]
    return [(_MOVE, [_json(moved)]), *inserts]


def _texts_of(schema: str) -> tuple[bytes, bytes]:
    """The look-up and the insert of a company."""
    pair = _statements.get(schema)
    if pair is None:
        if not _SCHEMA.match(schema):
            raise ValueError(f"not a schema of ours: {schema!r}")
        name = sql.Identifier(schema)
        known, insert = sql.SQL(_KNOWN).format(schema=name), sql.SQL(_INSERT).format(schema=name)
        pair = _statements[schema] = known.as_bytes(), insert.as_bytes()
    return pair
