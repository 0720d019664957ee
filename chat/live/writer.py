"""Group commit: one writer per event loop.

It takes all that is queued, locks the batch's pool entries, judges, inserts, commits, and only then acknowledges: two
pipelined round trips for up to 256 messages of any number of companies. Each company's table is named by its schema,
from a checked name, never by search_path.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connections
from psycopg import errors
from psycopg.rows import TupleRow

from agency.live import process, switchboard
from agency.live.outlet import TOO_FAST
from chat.domain.events import Error, MessagePosted, WireMessage, encode
from chat.live.batch import commit as _commit
from chat.live.judge import Post, PostVerdict
from chat.live.roundtrip import RoundTrips
from tenants.backend.base import SET_SESSION
from tenants.backend.probe import libpq

log = logging.getLogger("balie.live")

MAX_BATCH = 256
MAX_QUEUE = 2_000
# A socket may have this many commands unanswered before it hears "busy".
MAX_PENDING = 64
# Batches of a busy writer wait this long for company; a calm one never waits (a fixed wait of 2 ms tripled its
# latency).
BUSY_WAIT = 0.001
_BUSY = 32

# Faults of one chat of a batch that pass: a lock that isn't given back, or that two want from each other.
_HELD_UP = (errors.LockNotAvailable, errors.DeadlockDetected)

# The batch is a function scan, which the planner takes for 100 rows: it then prefers a hash join that reads the whole
# message table, and a prepared statement keeps that plan.
_SESSION = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "lock_timeout": "2000",
    "statement_timeout": "10000",
    "timezone": "UTC",
    "search_path": "public",
}

Connection = psycopg.AsyncConnection[TupleRow]
Item = Post | asyncio.Future[None]

stats = {"batches": 0, "messages": 0, "replayed": 0}
_queue: deque[Item] = deque()
_waiter: asyncio.Future[None] | None = None


def put(post: Post) -> bool:
    """Queue a message. Its socket hears `ack` after COMMIT, or an error. False when there is no room: say "busy"."""
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
    trips: RoundTrips | None = None
    posts: list[Post] = []
    try:
        while True:
            await _something_queued()
            if len(posts) >= _BUSY > len(_queue):
                await asyncio.sleep(BUSY_WAIT)
            posts, marks = _take()
            if posts:
                trips = await _write(trips, posts)
            for mark in marks:
                if not mark.done():
                    mark.set_result(None)
    finally:
        _give_back()
        if trips is not None:
            await trips.connection.close()


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


async def _write(trips: RoundTrips | None, posts: list[Post]) -> RoundTrips | None:
    try:
        if trips is None or trips.connection.closed:
            trips = RoundTrips(await _connect())
        verdicts = await _save(trips, posts)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        # Not known whether it was committed: the clients send again with the same client_id.
        log.warning("writer: %s", type(error).__name__)
        if trips is not None:
            await trips.connection.close()
        _answer_all(posts, "retry")
        await asyncio.sleep(0.2)
        return None
    stats["batches"] += 1
    stats["messages"] += len(posts)
    _tell(verdicts)
    return trips


async def _connect() -> Connection:
    params = libpq(connections["default"].settings_dict) | {"connect_timeout": 5}
    connection: Connection = await psycopg.AsyncConnection.connect(**params, autocommit=True)
    await connection.execute(SET_SESSION, [json.dumps(_SESSION)])
    return connection


async def _save(trips: RoundTrips, posts: list[Post]) -> list[PostVerdict]:
    try:
        return (await _commit(trips, posts)).verdicts
    except psycopg.Error as error:
        if isinstance(error, psycopg.OperationalError) and not isinstance(error, _HELD_UP):
            raise
        log.warning("batch refused, row by row: %s", type(error).__name__)
    verdicts: list[PostVerdict] = []
    stuck: set[str] = set()
    for post in posts:
        stats["replayed"] += 1
        if post.chat_id in stuck:
            verdicts.append(PostVerdict(post, error="retry"))
            continue
        try:
            verdicts += (await _commit(trips, [post])).verdicts
        except _HELD_UP as error:
            # Later messages of this chat wait too: their order holds, and its lock is waited for once.
            log.warning("row held up: %s", type(error).__name__)
            stuck.add(post.chat_id)
            verdicts.append(PostVerdict(post, error="retry"))
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            log.warning("row refused: %s", type(error).__name__)
            verdicts.append(PostVerdict(post, error="refused"))
    return verdicts


def _tell(verdicts: Iterable[PostVerdict]) -> None:
    """After COMMIT: answer the senders, then tell the others."""
    events: list[switchboard.Event] = []
    authors: list[Any] = []
    for verdict in verdicts:
        post = verdict.post
        post.outlet.pending -= 1
        if verdict.error or verdict.at is None:
            _refuse(post, verdict.error)
            if verdict.error == "too_fast":
                post.outlet.close(TOO_FAST)
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


def _events(verdict: PostVerdict) -> list[switchboard.Event]:
    post = verdict.post
    message = WireMessage(
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
        hidden = WireMessage(seq=verdict.seq, kind="hidden")
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
    post.outlet.push(encode(Error(code, post.client_id, post.chat_id)))  # type: ignore[arg-type]
