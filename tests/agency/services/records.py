"""Finished chats for the tests of reports: facts said in seconds after the arrival."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from agency.models import ChatRecord, RecordEvent
from tenants.models import Company


def finish(
    company: Company,
    arrived_at: datetime,
    *,
    answer: float | None = None,
    end: float = 300,
    by: str = "operator",
    accept: float | None = None,
    settle: float | None = None,
    rating: int | None = None,
    **facts: Any,
) -> ChatRecord:
    """Write the record of one chat.

    Args:
        answer, end, accept, settle: seconds after the arrival; None: it didn't happen.
        by: the close reason.
        rating: 1 good, 0 not.
    """

    def at(seconds: float | None) -> datetime | None:
        return None if seconds is None else arrived_at + timedelta(seconds=seconds)

    closed_at = at(end)
    record = ChatRecord.objects.create(
        company=company,
        site_id=uuid.uuid4(),
        visitor_id=uuid.uuid4(),
        language="nl",
        arrived_at=arrived_at,
        assigned_at=at(accept),
        first_human_at=at(answer),
        closed_at=closed_at,
        settled_at=at(settle),
        close_reason=by,
        visitor_left_at=closed_at if by in {"visitor", "left"} else None,
        **{"promise_seconds": 20, "seats": 2, "free_slots": 3, **facts},
    )
    if rating is not None:
        note(record, RecordEvent.Kind.RATING, rating, after=end)
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
