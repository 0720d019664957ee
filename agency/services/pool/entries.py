"""Rows of the pool. The holder of a chat is decided elsewhere and stored here."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from agency.domain.pool import reasons
from agency.domain.pool.reasons import PoolReason
from agency.models import Assignment, PoolEntry, Seat
from agency.services.pool import router_sql

State = PoolEntry.State

_SEAT = [field.attname for field in Seat._meta.concrete_fields]
_OFFER = """
WITH seat AS MATERIALIZED (
    SELECT operator_id FROM agency_seat WHERE operator_id = %(operator)s FOR NO KEY UPDATE SKIP LOCKED
), slot AS (
    UPDATE agency_seat s SET used = s.used + 1, as_of = %(now)s FROM seat
    WHERE s.operator_id = seat.operator_id AND (%(version)s::text IS NULL OR s.xmin::text = %(version)s)
    RETURNING {seat}
), offered AS (
    UPDATE agency_poolentry SET state = %(state)s, offered_to_id = %(operator)s, transfer = %(transfer)s,
        offer_expires_at = %(expires)s, unstaffed_since = NULL, fence = %(fence)s
    FROM slot WHERE chat_id = %(chat)s
), trail AS (
    INSERT INTO agency_assignment (chat_id, company_id, operator_id, kind, code, facts, fence, at)
    SELECT %(chat)s, %(company)s, %(operator)s, %(kind)s, %(code)s, %(facts)s, %(fence)s, %(now)s FROM slot
)
SELECT EXISTS (SELECT FROM seat) AS locked, slot.* FROM (VALUES (1)) one LEFT JOIN slot ON true
""".format(seat=", ".join(f"s.{name}" for name in _SEAT))  # noqa: S608 -- our own columns


class Missed(Enum):
    """Why an offer could not be written."""

    LOCKED = "somebody else has the seat locked just now"
    CHANGED = "the seat is no longer as it was read"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whom a chat is to be offered to, and why.

    `transfer`: of an open chat, what its operator asked for: "person", "any" or a language.
    `version`: of the seat as it was read when its operator was chosen; None if it is locked already.
    """

    operator_id: UUID
    reason: PoolReason
    transfer: str = ""
    version: str | None = None


def find_locked(chat_id: UUID) -> PoolEntry | None:
    """The chat's entry, locked until the transaction ends, or None if the chat is over. Locks come before seats."""
    return (
        PoolEntry.objects.select_for_update(no_key=True, of=("self",))
        .select_related("company")
        .filter(pk=chat_id)
        .first()
    )


def find_locked_now(chat_id: UUID, **must_hold: object) -> PoolEntry | None:
    """Like `find_locked`, for sweeps: None too if somebody else has it locked or it no longer matches."""
    return (
        PoolEntry.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("company")
        .filter(pk=chat_id, **must_hold)
        .first()
    )


def count_open(operator_id: UUID) -> int:
    """How many chats one operator is in the middle of, wrap-ups left out."""
    return PoolEntry.objects.filter(operator=operator_id, state=PoolEntry.State.OPEN).count()


def is_called(chat_id: UUID) -> bool:
    """Whether the lead operators are called to this chat."""
    return PoolEntry.objects.filter(pk=chat_id, called_at__isnull=False).exists()


def list_held(operator_id: UUID) -> list[PoolEntry]:
    """Return the entries that one operator holds, wrap-ups included."""
    return list(
        PoolEntry.objects.filter(operator=operator_id).select_related("company", "offered_to").order_by("arrived_at")
    )


def list_offered(operator_id: UUID) -> list[PoolEntry]:
    """Return the entries that are offered to one operator now, transfers of open chats among them."""
    return list(
        PoolEntry.objects.filter(offered_to=operator_id).select_related("company", "operator").order_by("arrived_at")
    )


def bounced_by(chat_ids: Iterable[UUID]) -> dict[UUID, Counter[UUID]]:
    """For each chat, how often each operator let an offer of it pass or gave it back."""
    found: dict[UUID, Counter[UUID]] = {}
    gave_up = (Assignment.Kind.BOUNCE, Assignment.Kind.REQUEUE)
    rows = Assignment.objects.filter(chat_id__in=list(chat_ids), kind__in=gave_up)
    for chat_id, operator_id in rows.values_list("chat_id", "operator_id"):
        found.setdefault(chat_id, Counter())[operator_id] += 1
    return found


def write_offer(entry: PoolEntry, proposal: Proposal, *, expires_at: datetime, now: datetime) -> Seat | Missed:
    """Offer a locked entry: the entry, a slot of the seat and the trail, in one statement that waits for nobody.

    A waiting chat becomes offered; one that is asked of somebody else (`transfer`) stays open with its operator.

    Returns:
        The seat as it is now; or why nothing was written.

    Raises:
        IntegrityError: the seat has no slot left; the database holds that rule.
    """
    operator_id, transfer = proposal.operator_id, proposal.transfer
    state, fence = State.OPEN if transfer else State.OFFERED, entry.fence + 1
    values: dict[str, Any] = {
        "chat": entry.chat_id,
        "company": entry.company_id,
        "operator": operator_id,
        "version": proposal.version,
        "state": str(state),
        "transfer": transfer,
        "expires": expires_at,
        "fence": fence,
        "kind": str(Assignment.Kind.OFFER),
        "code": proposal.reason.code,
        "facts": Jsonb(reasons.write(proposal.reason)),
        "now": now,
    }
    (row,) = router_sql.fetch(_OFFER, values)
    if row["operator_id"] is None:
        return Missed.CHANGED if row["locked"] else Missed.LOCKED
    entry.state, entry.offered_to_id, entry.transfer = state, operator_id, transfer
    entry.offer_expires_at, entry.unstaffed_since, entry.fence = expires_at, None, fence
    return Seat.from_db("default", _SEAT, [row[name] for name in _SEAT])


def note(entry: PoolEntry, *, operator_id: UUID, kind: Assignment.Kind, reason: PoolReason, now: datetime) -> None:
    """Leave the trail of one change of who holds the chat, under the entry's fence."""
    Assignment.objects.create(
        chat_id=entry.chat_id,
        company_id=entry.company_id,
        operator_id=operator_id,
        kind=kind,
        code=reason.code,
        facts=reasons.write(reason),
        fence=entry.fence,
        at=now,
    )


class Seen(NamedTuple):
    """Facts that a visitor's beat is answered from."""

    last_seq: int
    state: str
    site_id: UUID
    called: bool


def note_seen(seen: Iterable[tuple[UUID, datetime, bool, int, int]]) -> dict[UUID, Seen]:
    """Write where visitors were last seen and how far both sides have read, in one statement.

    Returns the facts of each of these chats that isn't over.

    Args:
        seen: (chat, last beat, page hidden, visitor has read to, operator has read to).
    """
    rows = list(seen)
    if not rows:
        return {}
    chats, times, hidden, visitor_read, operator_read = zip(*rows, strict=True)
    with transaction.atomic(), connection.cursor() as cursor:
        # Locked in id order first: the writer locks the same rows, and two orders would deadlock.
        cursor.execute(
            "SELECT 1 FROM agency_poolentry WHERE chat_id = ANY(%s) ORDER BY chat_id FOR NO KEY UPDATE",
            [list(chats)],
        )
        cursor.execute(
            """
            UPDATE agency_poolentry p
            SET visitor_seen_at = greatest(p.visitor_seen_at, v.at),
                visitor_hidden = CASE WHEN v.at >= p.visitor_seen_at THEN v.hidden ELSE p.visitor_hidden END,
                visitor_read = greatest(p.visitor_read, least(v.visitor_read, p.last_seq)),
                operator_read = greatest(p.operator_read, least(v.operator_read, p.last_seq))
            FROM unnest(%s::uuid[], %s::timestamptz[], %s::bool[], %s::int[], %s::int[])
                 AS v(chat_id, at, hidden, visitor_read, operator_read)
            WHERE p.chat_id = v.chat_id RETURNING p.chat_id, p.last_seq, p.state, p.site_id, p.called_at IS NOT NULL
            """,
            [list(chats), list(times), list(hidden), list(visitor_read), list(operator_read)],
        )
        return {chat_id: Seen(*facts) for chat_id, *facts in cursor.fetchall()}
