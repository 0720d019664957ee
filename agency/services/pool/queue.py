"""The chats that wait, in the order of `agency.domain.pool.routing`, and the one that is next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agency.domain.pool import routing
from agency.models import PoolEntry
from agency.services.pool import candidates, router_sql

# The order is that of `routing.order`; a test holds the two together. Whether somebody certified has a slot is asked
# chat by chat, in that order, until enough are found: hence the OFFSET, which keeps the planner from asking it of all
# that wait first, and the sub-query with a LIMIT and IS TRUE, which it can't turn into a join. So companies that nobody
# waits at cost nothing. The free seats are a table of hashes, made once; with a language each it would take longer to
# make than all the rest.
_NEXT = """
WITH free AS MATERIALIZED (
    SELECT operator_id FROM agency_seat WHERE lease_until > %(now)s AND NOT paused AND used < capacity
)
SELECT w.chat_id, w.company_id, w.language FROM (
    SELECT e.chat_id, e.company_id, e.language
    FROM agency_poolentry e,
         LATERAL (SELECT e.arrived_at + e.promise_seconds * interval '1 second' AS due_at) promise
    WHERE e.state = 'waiting' AND EXISTS (SELECT FROM free)
    ORDER BY due_at > %(starved)s, due_at > %(starved)s AND NOT e.at_head, due_at, e.arrived_at, e.chat_id
    OFFSET 0
) w
WHERE w.company_id::text || w.language <> ALL(%(passed)s)
  AND (SELECT true FROM agency_certification c
       WHERE c.company_id = w.company_id AND (c.operator_id IN (SELECT operator_id FROM free)) IS TRUE
         AND (SELECT w.language = ANY(o.languages) FROM agency_operator o WHERE o.user_id = c.operator_id)
       LIMIT 1)
LIMIT %(limit)s
"""
# By name: with a star, a column that a migration adds would end every prepared statement.
_COLUMNS = [field.attname for field in PoolEntry._meta.concrete_fields]
_FIRST = """
WITH first AS MATERIALIZED (
    SELECT {columns}, s.name AS site_name, r.load_limit AS company_load_limit
    FROM agency_poolentry e
    LEFT JOIN tenants_site s ON s.id = e.site_id
    LEFT JOIN agency_poolrule r ON r.company_id = e.company_id
    WHERE e.chat_id = ANY(%(chats)s) AND e.state = 'waiting'
    ORDER BY array_position(%(chats)s, e.chat_id) LIMIT 1
    FOR NO KEY UPDATE OF e SKIP LOCKED
)
SELECT first.*, ({able}) AS able FROM first
""".format(  # noqa: S608 -- our own columns
    columns=", ".join(f"e.{name}" for name in _COLUMNS),
    able=candidates.able_sql(company="first.company_id", language="first.language"),
)


@dataclass(frozen=True, slots=True)
class Next:
    """A waiting chat, and what decides who could take it."""

    chat_id: UUID
    company_id: UUID
    language: str


def list_next(now: datetime, *, limit: int, passed: Iterable[Next] = ()) -> list[Next]:
    """List the waiting chats that a certified operator has a slot for, in the order in which they are to be offered.
    One query.

    Nothing is locked, and nothing promised: a slot counts for each of the chats.

    Args:
        passed: chats that nobody can take after all: all of the same company and language are left out.
    """
    facts: dict[str, Any] = {
        "now": now,
        "starved": now - timedelta(seconds=routing.STARVED_AFTER),
        "passed": [f"{one.company_id}{one.language}" for one in passed],
        "limit": limit,
    }
    return [Next(**row) for row in router_sql.fetch(_NEXT, facts)]


@dataclass(frozen=True, slots=True)
class WaitingChat:
    """A waiting chat that is locked, with what is told of it, what its company asks of the router, and who could have
    it.
    """

    entry: PoolEntry
    site: str
    load_limit: float | None
    able: list[routing.Candidate]


def find_first_locked(chat_ids: Iterable[UUID], now: datetime) -> WaitingChat | None:
    """The first of these chats that still waits, locked, or None. One that somebody else has locked is left to them."""
    facts = candidates.able_facts(now) | {"chats": list(chat_ids)}
    for row in router_sql.fetch(_FIRST, facts):
        entry = PoolEntry.from_db("default", _COLUMNS, [row[name] for name in _COLUMNS])
        limit = row["company_load_limit"]
        return WaitingChat(
            entry,
            row["site_name"] or "",
            None if limit is None else float(limit),
            candidates.read_able(entry.company_id, row["able"]),
        )
    return None


def facts_of(entry: PoolEntry, bounced: Mapping[UUID, int], *, load_limit: float | None = None) -> routing.Entry:
    """Facts of one chat for the router.

    Args:
        bounced: how often each operator let it pass.
        load_limit: that of its company, if it has one.
    """
    return routing.Entry(
        chat_id=entry.chat_id,
        company_id=entry.company_id,
        language=entry.language,
        arrived_at=entry.arrived_at,
        promise_seconds=entry.promise_seconds,
        at_head=entry.at_head,
        bounced_by=bounced,
        bounces=entry.bounces,
        earlier_operator=entry.earlier_operator,
        called=entry.called_at is not None,
        load_limit=load_limit,
    )
