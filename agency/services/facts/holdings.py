"""What operators held: their chats of a time, how busy that made them, and how long each took."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from agency.domain.facts import occupancy
from agency.domain.facts.occupancy import Held, Occupancy
from agency.services.facts.presence import list_stretches

# Whatever was held or wrapped up in the time. Wrap-ups end by themselves within minutes, so only a day's are looked at.
_HELD = """
SELECT operator_id, held_from, held_to, wrap_up_from, wrap_up_to FROM agency_holding
WHERE held_from < %(end)s AND (held_to > %(begin)s::timestamptz - interval '1 day' OR held_to IS NULL)
    AND (held_to IS NULL OR held_to > %(begin)s OR coalesce(wrap_up_to, %(end)s) > %(begin)s)
    AND (%(operators)s::uuid[] IS NULL OR operator_id = ANY(%(operators)s))
ORDER BY operator_id, held_from
"""


def list_held(begin: datetime, end: datetime, *, operators: Iterable[UUID] | None = None) -> dict[UUID, list[Held]]:
    """List what operators held or wrapped up in a time, in order, each whole. One query.

    Args:
        operators: only these; None for all.
    """
    values = {"begin": begin, "end": end, "operators": None if operators is None else list(operators)}
    found: defaultdict[UUID, list[Held]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, values)
        for operator_id, *times in cursor.fetchall():
            found[operator_id].append(Held(*times))
    return dict(found)


def measure_occupancy(
    begin: datetime, end: datetime, *, now: datetime, operators: Iterable[UUID] | None = None
) -> dict[UUID, Occupancy]:
    """Measure how busy each operator was in a time, up to `now`. Two queries.

    Args:
        operators: only these; None for everybody who was there or held a chat.
    """
    end = min(end, now)
    if end <= begin:
        return {}
    wanted = None if operators is None else list(operators)
    stretches = list_stretches(begin, end, now=now, operators=wanted)
    held = list_held(begin, end, operators=wanted)
    return {
        pk: occupancy.measure(stretches.get(pk, []), held.get(pk, []), begin, end)
        for pk in sorted(stretches.keys() | held.keys())
    }
