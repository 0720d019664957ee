"""The history of presence: each operator's stretches, the ones that still last, and the day they make."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from agency.domain.facts.presence import PresenceStretch, timeline
from agency.domain.hours.periods import day_bounds
from tenants.zone import AGENCY_ZONE

# What is over is in the table; what lasts is the seat, until its lease ends at the most.
_STRETCHES = """
SELECT operator_id, state, reason, capacity, starts_at, ends_at FROM agency_presenceinterval
WHERE starts_at < %(end)s AND ends_at > %(begin)s
    AND tstzrange(starts_at, ends_at) && tstzrange(%(begin)s, %(end)s)
    AND (%(operators)s::uuid[] IS NULL OR operator_id = ANY(%(operators)s))
UNION ALL
SELECT operator_id, agency_presence_state(paused, pause_reason, draining, used, capacity),
       agency_presence_reason(paused, pause_reason, draining, drain_reason), capacity,
       stands_since, least(lease_until, %(now)s)
FROM agency_seat
WHERE stands_since < least(lease_until, %(now)s, %(end)s) AND least(lease_until, %(now)s) > %(begin)s
    AND (%(operators)s::uuid[] IS NULL OR operator_id = ANY(%(operators)s))
ORDER BY operator_id, starts_at
"""
_END = """
UPDATE agency_seat SET as_of = %(now)s FROM (
    SELECT operator_id FROM agency_seat WHERE lease_until <= %(now)s AND stands_since < lease_until
    ORDER BY operator_id FOR NO KEY UPDATE SKIP LOCKED
) gone WHERE agency_seat.operator_id = gone.operator_id
"""


def end_presence(*, now: datetime) -> int:
    """Write down the end of each presence whose lease ran out: the lease's, as nothing is certain after it.

    One statement. A seat that is locked waits for the next second, or for its next change, which writes the same.

    Returns:
        How many ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(_END, {"now": now})
        ended: int = cursor.rowcount
        return ended


def list_stretches(
    begin: datetime, end: datetime, *, now: datetime, operators: Iterable[UUID] | None = None
) -> dict[UUID, list[PresenceStretch]]:
    """List what operators did in a time, in order, what lasts now up to `now`. One query.

    Stretches that reach beyond the time are whole. An operator who was away throughout is missing.

    Args:
        operators: only these; None for all.
    """
    values = {"begin": begin, "end": end, "now": now, "operators": None if operators is None else list(operators)}
    found: defaultdict[UUID, list[PresenceStretch]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_STRETCHES, values)
        for operator_id, state, reason, capacity, starts_at, ends_at in cursor.fetchall():
            found[operator_id].append(PresenceStretch(state, starts_at, ends_at, reason, capacity))
    return dict(found)


def timeline_of(operator_id: UUID, day: date, *, now: datetime) -> list[PresenceStretch]:
    """Return one operator's day of the agency's calendar without gap or overlap: 23, 24 or 25 hours, today's until now.

    Empty for a day to come. One query.
    """
    begin, end = day_bounds(day, AGENCY_ZONE)
    end = min(end, now)
    if end <= begin:
        return []
    stretches = list_stretches(begin, end, now=now, operators=[operator_id])
    return timeline(stretches.get(operator_id, []), begin, end)
