"""Group commit: one writer per event loop.

It takes all that is queued, locks the batch's pool entries, judges, inserts, commits, and only then acknowledges: two
pipelined round trips for up to 256 messages of any number of companies. Each company's table is named by its schema, from
a checked name, never by search_path.
"""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Iterable
from typing import Any

import msgspec
import psycopg
from django.db import connections
from psycopg import errors, sql
from psycopg.rows import TupleRow

from agency.live import process, switchboard
from chat.domain.events import Message, MessagePosted, encode
from chat.live.judge import Batch, Facts, Known, Post, Verdict, judge

log = logging.getLogger("balie.live")

MAX_BATCH = 256
MAX_QUEUE = 2_000
# A socket may have this many commands unanswered before it hears "busy".
MAX_PENDING = 64
# Batches of a busy writer wait this long for company; a calm one never waits (a fixed wait of 2 ms tripled its latency).
BUSY_WAIT = 0.001
_BUSY = 32

# A database host that is gone without a word is given up after 10 s; else all that is queued waits for the kernel's 15 minutes.
_GIVE_UP: dict[str, Any] = {
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
# What is wrong with one chat of a batch and passes: a lock that isn't given back, or that two want from each other.
_HELD_UP = (errors.LockNotAvailable, errors.DeadlockDetected)

# The batch is a function scan, which the planner takes for 100 rows: it then prefers a hash join that reads the whole
# message table, and a prepared statement keeps that plan.
_PLANNER = (
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
    "-c plan_cache_mode=force_generic_plan -c jit=off -c lock_timeout=2000 "
    "-c statement_timeout=10000 -c timezone=UTC -c search_path=public"
)
_SCHEMA = re.compile(r"^t_[a-z0-9_]{1,60}$")

_LOCK = """
    SELECT p.chat_id::text, p.state, p.operator_id::text, p.fence, coalesce(s.epoch, 0), p.last_seq, p.turn, p.turn_at,
           p.first_human_at, p.visitor_seen_at
    FROM public.agency_poolentry p LEFT JOIN public.agency_seat s ON s.operator_id = p.operator_id
    WHERE p.chat_id = ANY(%s::uuid[]) ORDER BY p.chat_id FOR NO KEY UPDATE OF p
"""
_MOVE = """
    UPDATE public.agency_poolentry p
    SET last_seq = v.last_seq, turn = v.turn, turn_at = v.turn_at, first_human_at = v.first_human_at,
        visitor_seen_at = greatest(p.visitor_seen_at, v.seen_at)
    FROM json_to_recordset(%s::json) AS v(chat_id uuid, last_seq int, turn text, turn_at timestamptz,
         first_human_at timestamptz, seen_at timestamptz)
    WHERE p.chat_id = v.chat_id
"""
_KNOWN = """
    SELECT m.chat_id::text, m.client_id::text, m.seq, m.side, m.body, m.created_at
    FROM unnest(%s::uuid[], %s::uuid[]) AS k(chat_id, client_id)
    JOIN {schema}.chat_message m ON m.chat_id = k.chat_id AND m.client_id = k.client_id
"""
_INSERT = """
    INSERT INTO {schema}.chat_message (chat_id, seq, client_id, kind, side, author_id, author_name, body, created_at)
    SELECT * FROM json_to_recordset(%s::json) AS m(chat_id uuid, seq int, client_id uuid, kind text, side text,
         author_id uuid, author_name text, body text, at timestamptz)
"""

Connection = psycopg.AsyncConnection[TupleRow]
Item = Post | asyncio.Future[None]

stats = {"batches": 0, "messages": 0, "replayed": 0}
_queue: deque[Item] = deque()
_waiter: asyncio.Future[None] | None = None
_statements: dict[str, tuple[sql.Composed, sql.Composed]] = {}
_json = msgspec.json.Encoder().encode


def put(post: Post) -> bool:
    """Queue a message; its socket hears `ack` after COMMIT, or an error. False when there is no room: say "busy"."""
    if len(_queue) >= MAX_QUEUE or post.outlet.pending >= MAX_PENDING:
        return False
    post.outlet.pending += 1
    _queue.append(post)
    _wake()
    return True


async def written() -> None:
    """Wait until everything queued so far has been answered, so that a command behind it keeps its place."""
    mark = asyncio.get_running_loop().create_future()
    _queue.append(mark)
    _wake()
    await mark


@process.each_process
async def run() -> None:
    """Write what is queued, for ever."""
    connection: Connection | None = None
    busy = False
    try:
        while True:
            await _something_queued()
            if busy and len(_queue) < _BUSY:
                await asyncio.sleep(BUSY_WAIT)
            posts, marks = _take()
            busy = len(posts) >= _BUSY
            if posts:
                connection = await _write(connection, posts)
            for mark in marks:
                if not mark.done():
                    mark.set_result(None)
    finally:
        _give_back()
        if connection is not None:
            await connection.close()


def _give_back() -> None:
    """Answer what was never taken up: a socket must not wait for a writer that is gone."""
    left = list(_queue)
    _queue.clear()
    for item in left:
        if isinstance(item, Post):
            _answer_all([item], "retry")
        elif not item.done():
            item.set_result(None)


def _wake() -> None:
    if _waiter is not None and not _waiter.done():
        _waiter.set_result(None)


async def _something_queued() -> None:
    global _waiter
    if not _queue:
        _waiter = asyncio.get_running_loop().create_future()
        try:
            await _waiter
        finally:
            _waiter = None


def _take() -> tuple[list[Post], list[asyncio.Future[None]]]:
    posts: list[Post] = []
    marks: list[asyncio.Future[None]] = []
    while _queue and len(posts) < MAX_BATCH:
        item = _queue.popleft()
        if isinstance(item, Post):
            posts.append(item)
        else:
            marks.append(item)
    return posts, marks


async def _write(connection: Connection | None, posts: list[Post]) -> Connection | None:
    try:
        if connection is None or connection.closed:
            connection = await _connect()
        verdicts = await _save(connection, posts)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        # Not known whether it was committed: the clients send again with the same client_id.
        log.warning("writer: %s", type(error).__name__)
        if connection is not None:
            await connection.close()
        _answer_all(posts, "retry")
        await asyncio.sleep(0.2)
        return None
    stats["batches"] += 1
    stats["messages"] += len(posts)
    _tell(verdicts)
    return connection


async def _connect() -> Connection:
    params = connections["default"].get_connection_params()
    wanted = ("host", "port", "user", "password", "dbname")
    connection: Connection = await psycopg.AsyncConnection.connect(
        **{name: params[name] for name in wanted if params.get(name)},
        autocommit=True,
        prepare_threshold=1,
        options=_PLANNER,
        connect_timeout=5,
        **_GIVE_UP,
    )
    # Two statements per company; psycopg forgets the oldest above 100.
    connection.prepared_max = 5_000
    return connection


async def _save(connection: Connection, posts: list[Post]) -> list[Verdict]:
    try:
        return (await _commit(connection, posts)).verdicts
    except psycopg.Error as error:
        if isinstance(error, psycopg.OperationalError) and not isinstance(error, _HELD_UP):
            raise
        log.warning("batch refused, row by row: %s", type(error).__name__)
    verdicts: list[Verdict] = []
    stuck: set[str] = set()
    for post in posts:
        stats["replayed"] += 1
        if post.chat_id in stuck:
            verdicts.append(Verdict(post, error="retry"))
            continue
        try:
            verdicts += (await _commit(connection, [post])).verdicts
        except _HELD_UP as error:
            # Later messages of this chat wait too: their order holds, and its lock is waited for once.
            log.warning("row held up: %s", type(error).__name__)
            stuck.add(post.chat_id)
            verdicts.append(Verdict(post, error="retry"))
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            log.warning("row refused: %s", type(error).__name__)
            verdicts.append(Verdict(post, error="refused"))
    return verdicts


async def _commit(connection: Connection, posts: list[Post]) -> Batch:
    companies: dict[str, list[Post]] = {}
    for post in posts:
        companies.setdefault(post.schema, []).append(post)
    async with connection.pipeline(), connection.transaction():
        entries, known = await _read(connection, posts, companies)
        batch = judge(posts, entries, known)
        accepted = batch.accepted()
        if accepted:
            await _store(connection, entries, accepted)
    return batch


async def _read(
    connection: Connection, posts: list[Post], companies: dict[str, list[Post]]
) -> tuple[dict[str, Facts], Known]:
    """Round trip 1. The locks come first: the look-ups' snapshots then see every earlier message of these chats."""
    locked = await connection.execute(_LOCK, (sorted({post.chat_id for post in posts}),))
    looked_up = [
        await connection.execute(
            _statement(schema)[0],
            ([post.chat_id for post in own], [post.client_id for post in own]),
        )
        for schema, own in sorted(companies.items())
    ]
    entries = {row[0]: Facts(*row[1:]) for row in await locked.fetchall()}
    known: Known = {}
    for cursor in looked_up:
        for chat_id, client_id, *rest in await cursor.fetchall():
            known[chat_id, client_id] = (rest[0], rest[1], rest[2], rest[3])
    return entries, known


async def _store(
    connection: Connection, entries: dict[str, Facts], accepted: list[Verdict]
) -> None:
    """Round trip 2, with COMMIT: one update of the entries, one insert per company."""
    moved = [
        {
            "chat_id": chat_id,
            "last_seq": entry.last_seq,
            "turn": entry.turn,
            "turn_at": entry.turn_at,
            "first_human_at": entry.first_human_at,
            "seen_at": entry.seen_at,
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
                "at": post.at,
            }
        )
    await connection.execute(_MOVE, (_json(moved).decode(),))
    for schema, own in sorted(rows.items()):
        await connection.execute(_statement(schema)[1], (_json(own).decode(),))


def _statement(schema: str) -> tuple[sql.Composed, sql.Composed]:
    pair = _statements.get(schema)
    if pair is None:
        if not _SCHEMA.match(schema):
            raise ValueError(f"not a schema of ours: {schema!r}")
        name = sql.Identifier(schema)
        pair = sql.SQL(_KNOWN).format(schema=name), sql.SQL(_INSERT).format(schema=name)
        _statements[schema] = pair
    return pair


def _tell(verdicts: Iterable[Verdict]) -> None:
    """After COMMIT: answer the senders, then tell the others."""
    events: list[switchboard.Event] = []
    authors: list[Any] = []
    for verdict in verdicts:
        post = verdict.post
        post.outlet.pending -= 1
        if verdict.error or verdict.at is None:
            _refuse(post, verdict.error)
            continue
        # Written by hand: one format instead of a struct, an encoder call and a decode per message. Six characters of
        # the time are "+00:00", which the wire writes as "Z".
        post.outlet.push(
            f'{{"type":"ack","client_id":"{post.client_id}","seq":{verdict.seq},'
            f'"chat_id":"{post.chat_id}","at":"{verdict.at.isoformat()[:-6]}Z"}}'
        )
        if verdict.new:
            for event in _events(verdict):
                events.append(event)
                authors.append(post.outlet)
    switchboard.publish(events, authors)


def _events(verdict: Verdict) -> list[switchboard.Event]:
    post = verdict.post
    message = Message(
        seq=verdict.seq,
        kind=post.kind,
        side=post.side,
        name=post.author_name,
        body=post.body,
        at=post.at,
        client_id=post.client_id,  # type: ignore[arg-type]
    )
    text = encode(MessagePosted(post.chat_id, message))  # type: ignore[arg-type]
    shown = text
    if post.kind == "note":
        hidden = Message(seq=verdict.seq, kind="hidden")
        shown = encode(MessagePosted(post.chat_id, hidden))  # type: ignore[arg-type]
    events = [(f"v:{post.chat_id}", shown)]
    if verdict.operator_id is not None:
        events.append((f"u:{verdict.operator_id}", text))
    return events


def _answer_all(posts: Iterable[Post], code: str) -> None:
    for post in posts:
        post.outlet.pending -= 1
        _refuse(post, code)


def _refuse(post: Post, code: str) -> None:
    post.outlet.push(
        f'{{"type":"error","code":"{code}","client_id":"{post.client_id}","chat_id":"{post.chat_id}"}}'
    )
