"""Whether each connection of ours has a server process of its own, asked once before a process asks anything else.

A company's schema is chosen by `search_path`, which belongs to the server's side of a connection. A pooler that hands
one server connection to several clients in turn (PgBouncer with `pool_mode = transaction`) gives a company's query the
path of another: of 720 queries 529 ran in the wrong schema.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from psycopg.rows import scalar_row

# Each round opens two transactions that overlap, and ends them in the order in which a pooler that shares swaps them:
# PgBouncer gives what was freed last, so a calm one is found in the second round. The others are for a busy one.
ROUNDS = 5
PATIENCE_S = 10
WORDS = (
    "The pooler before PostgreSQL shares its connections between transactions, so that queries would run in another "
    "company's schema. It must keep one for each client: PgBouncer with pool_mode = session."
)
_probed: set[tuple[Any, ...]] = set()


def libpq(database: Mapping[str, Any]) -> dict[str, Any]:
    """One of Django's DATABASES as parameters of a plain connection: address, password, TLS, time-outs."""
    names = {
        "host": "HOST",
        "port": "PORT",
        "user": "USER",
        "password": "PASSWORD",
        "dbname": "NAME",
    }
    own = {name: database[key] for name, key in names.items() if database.get(key)}
    return own | {name: value for name, value in database["OPTIONS"].items() if name != "pool"}


def refuse_shared(database: Mapping[str, Any]) -> None:
    """Probe one of Django's DATABASES, unless this process has.

    Raises:
        ImproperlyConfigured: a pooler shares connections.
        psycopg.OperationalError: the database can't be reached; nothing was found out.
    """
    params = {"connect_timeout": PATIENCE_S, **libpq(database)}
    target = tuple(params.get(name) for name in ("host", "port", "dbname", "user"))
    if target not in _probed:
        if is_shared(lambda: psycopg.connect(**params, autocommit=True)):
            raise ImproperlyConfigured(WORDS)
        _probed.add(target)


def refuse_shared_at_start() -> None:
    """Probe as a process begins to serve. If the database is away, the first connection does it, before any query.

    Raises:
        ImproperlyConfigured: a pooler shares connections.
    """
    with contextlib.suppress(psycopg.OperationalError):
        # Not by `connections`: beat has no apps set up.
        refuse_shared(settings.DATABASES["default"])


def is_shared(connect: Callable[[], psycopg.Connection[Any]]) -> bool:
    """Whether two open connections are served by one process, or one of them by several."""
    with contextlib.closing(connect()) as one, contextlib.closing(connect()) as other:
        seen: tuple[set[int], set[int]] = (set(), set())
        for _ in range(ROUNDS):
            for connection, pids in zip((one, other), seen, strict=True):
                connection.execute("BEGIN")
                pids.add(_server_pid(connection))
            one.execute("COMMIT")
            other.execute("COMMIT")
    return len(seen[0]) > 1 or len(seen[1]) > 1 or bool(seen[0] & seen[1])


def _server_pid(connection: psycopg.Connection[Any]) -> int:
    cursor = connection.cursor(row_factory=scalar_row)
    pid = cursor.execute("SELECT pg_backend_pid()").fetchone()
    assert isinstance(pid, int)
    return pid
