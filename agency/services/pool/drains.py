"""No new chats before a shift ends: each seat follows its operator's plan, once a second and when it is taken."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from agency.domain.pool.routing import DRAIN_SECONDS
from agency.domain.shifts.shift_times import LONGEST

# How long before the end of a shift new chats go to whoever else has a free slot.
DRAIN_BEFORE_END = timedelta(seconds=DRAIN_SECONDS)

# Only shifts that touch are walked along: two never overlap, so each has one successor at most. An end that is past
# stays on the seat until the next shift begins or the seat is taken anew, so that who lingers is not given chats again.
_FOLLOW = """
WITH RECURSIVE stretch (operator_id, ends_at) AS (
    SELECT operator_id, ends_at FROM agency_shift
    WHERE starts_at BETWEEN %(earliest)s AND %(now)s AND ends_at > %(now)s
    UNION ALL
    SELECT next.operator_id, next.ends_at
    FROM stretch JOIN agency_shift next
      ON next.operator_id = stretch.operator_id AND next.starts_at = stretch.ends_at
), plan AS (
    SELECT seat.operator_id,
           coalesce(max(stretch.ends_at),
                    CASE WHEN seat.shift_ends_at <= %(now)s THEN seat.shift_ends_at END) AS ends_at
    FROM agency_seat seat LEFT JOIN stretch USING (operator_id)
    WHERE seat.lease_until > %(now)s AND (%(operator)s::uuid IS NULL OR seat.operator_id = %(operator)s)
    GROUP BY seat.operator_id
), wanted AS (
    SELECT operator_id, ends_at, coalesce(ends_at <= %(drain_until)s, false) AS drains FROM plan
), due AS (
    SELECT seat.operator_id, wanted.ends_at, wanted.drains
    FROM agency_seat seat JOIN wanted USING (operator_id)
    WHERE seat.shift_ends_at IS DISTINCT FROM wanted.ends_at
       OR (wanted.drains AND NOT seat.draining)
       OR (NOT wanted.drains AND seat.drain_reason = 'shift')
    ORDER BY seat.operator_id
    FOR NO KEY UPDATE OF seat SKIP LOCKED
)
UPDATE agency_seat seat
SET shift_ends_at = due.ends_at, as_of = %(now)s,
    draining = due.drains OR (seat.draining AND seat.drain_reason <> 'shift'),
    drain_reason = CASE WHEN seat.draining AND seat.drain_reason <> 'shift' THEN seat.drain_reason
                        WHEN due.drains THEN 'shift' ELSE '' END
FROM due WHERE seat.operator_id = due.operator_id
RETURNING seat.operator_id
"""


def follow_shifts(*, now: datetime, operator_id: UUID | None = None) -> list[UUID]:
    """Give each seat that is taken the end of its shift, and drain it from 20 minutes before that end on.

    One statement. Adjoining shifts are one stretch, so a shift that was added takes the drain off again. Nobody
    planned: no drain. A drain by a manager or by the operator stays as it is. A seat that is locked waits for the next
    second.

    Args:
        operator_id: only this one's seat; None for all.

    Returns:
        Operators whose seat changed: their consoles are to be told, by who calls this.
    """
    values = {
        "now": now,
        "operator": operator_id,
        "drain_until": now + DRAIN_BEFORE_END,
        "earliest": now - LONGEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, values)
        return sorted(row[0] for row in cursor.fetchall())
