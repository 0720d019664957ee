"""The rows of the pool. Who holds a chat is decided elsewhere; here it is written down."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from agency.models import Assignment, PoolEntry, Seat
from agency.services import prepared

_OFFER = """
WITH slot AS (UPDATE agency_seat SET used = used + 1 WHERE operator_id = %(operator)s),
    offered AS (
        UPDATE agency_poolentry
        SET state = %(state)s, offered_to_id = %(operator)s, transfer = %(transfer)s, offer_expires_at = %(expires)s,
            unstaffed_since = NULL, fence = %(fence)s
        WHERE chat_id = %(chat)s
    )
INSERT INTO agency_assignment (chat_id, company_id, operator_id, kind, reason, fence, at)
VALUES (%(chat)s, %(company)s, %(operator)s, %(kind)s, %(reason)s, %(fence)s, %(now)s)
"""


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
    """What one operator holds, wrap-ups included."""
    return list(
        PoolEntry.objects.filter(operator=operator_id)
        .select_related("company", "offered_to")
        .order_by("arrived_at")
    )


def list_offered(operator_id: UUID) -> list[PoolEntry]:
    """What is offered to one operator now, transfers of open chats among it."""
    return list(
        PoolEntry.objects.filter(offered_to=operator_id)
        .select_related("company", "operator")
        .order_by("arrived_at")
    )


def bounced_by(chat_ids: Iterable[UUID]) -> dict[UUID, Counter[UUID]]:
    """For each chat, how often each operator let an offer of it pass or gave it back."""
    found: dict[UUID, Counter[UUID]] = {}
    gave_up = (Assignment.Kind.BOUNCE, Assignment.Kind.REQUEUE)
    rows = Assignment.objects.filter(chat_id__in=list(chat_ids), kind__in=gave_up)
    for chat_id, operator_id in rows.values_list("chat_id", "operator_id"):
        found.setdefault(chat_id, Counter())[operator_id] += 1
    return found


def write_offer(entry: PoolEntry, seat: Seat, *, reason: str, now: datetime) -> None:
    """Write an offer that was just set on a locked entry: the entry, a slot of the locked seat and the trail, in one statement.

    Raises:
        IntegrityError: the seat has no slot left; the database holds that rule.
    """
    facts: dict[str, Any] = {
        "chat": entry.chat_id,
        "company": entry.company_id,
        "operator": seat.operator_id,
        "state": str(entry.state),
        "transfer": entry.transfer,
        "expires": entry.offer_expires_at,
        "fence": entry.fence,
        "kind": str(Assignment.Kind.OFFER),
        "reason": reason[:200],
        "now": now,
    }
    prepared.run(_OFFER, facts)
    seat.used += 1


def note(
    entry: PoolEntry, *, operator_id: UUID, kind: Assignment.Kind, reason: str, now: datetime
) -> None:
    """Leave the trail of one change of who holds the chat, under the entry's fence."""
    Assignment.objects.create(
        chat_id=entry.chat_id,
        company_id=entry.company_id,
        operator_id=operator_id,
        kind=kind,
        reason=reason[:200],
        fence=entry.fence,
        at=now,
    )


class Seen(NamedTuple):
    """What a visitor's beat is answered from."""

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
