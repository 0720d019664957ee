"""Finished chats for the tests of reports: facts said in seconds after the arrival."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from agency.models import ChatRecord, RecordEvent
from tenants.models import Company

# Facts of a chat, in seconds after the arrival, and where each is written.
_MOMENTS = {
    "answer": "first_human_at",
    "end": "closed_at",
    "accept": "assigned_at",
    "settle": "settled_at",
}


def finish(
    company: Company,
    arrived_at: datetime,
    *,
    by: str = "operator",
    rating: int | None = None,
    **facts: Any,
) -> ChatRecord:
    """Write the record of one chat.

    Args:
        by: the close reason.
        rating: 1 good, 0 not.
        facts: columns, and `answer`, `end`, `accept` and `settle` in seconds after the arrival; none but the end, after
            300 s, happened unless it is given.
    """
    after: dict[str, float | None] = {
        "end": 300,
        **{name: facts.pop(name) for name in _MOMENTS if name in facts},
    }
    moments = {
        _MOMENTS[name]: arrived_at + timedelta(seconds=seconds)
        for name, seconds in after.items()
        if seconds is not None
    }
    record = ChatRecord.objects.create(
        company=company,
        site_id=uuid.uuid4(),
        visitor_id=uuid.uuid4(),
        language="nl",
        arrived_at=arrived_at,
        close_reason=by,
        visitor_left_at=moments.get("closed_at") if by in {"visitor", "left"} else None,
        **{"promise_seconds": 20, "seats": 2, "free_slots": 3, **moments, **facts},
    )
    if rating is not None:
        after_end = (record.closed_at - arrived_at).total_seconds()
        note(record, RecordEvent.Kind.RATING, rating, after=after_end)
    return record


def note(record: ChatRecord, kind: str, value: int, *, after: float) -> None:
    """A fact that came later, in seconds after the arrival."""
    RecordEvent.objects.create(
        record=record,
        company=record.company,
        kind=kind,
        value=value,
        at=record.arrived_at + timedelta(seconds=after),
    )
