"""An operator's own day where no chat is open: the report's figures, and their next shift."""

from datetime import datetime
from uuid import UUID

from agency.services.reports import today
from agency.services.shifts import shifts
from chat.domain import events


def get_own_day(*, operator_id: UUID, now: datetime) -> events.OwnDay:
    """Count the operator's finished chats of today as the report does. Two queries."""
    level = today.own_level(operator_id, now)
    planned = shifts.find_next(operator_id, now)
    return events.OwnDay(
        offered=level.offered,
        within_promise=level.within_promise,
        base=level.base,
        response_p50=level.response_p50,
        next_shift=events.Stretch(*planned) if planned else None,
    )
