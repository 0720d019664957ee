"""The demo's shifts: last week, this one and the next, early and late by turns."""

from collections.abc import Sequence
from datetime import datetime

from agency.domain.calendar import WEEK, monday_of, parse_span, to_stretch
from agency.domain.hours import DAY
from agency.domain.periods import local_day
from agency.models import Operator, Shift
from agency.services.shifts import ZONE

EARLY, LATE = "07:00-15:00", "15:00-23:00"


def write_plan(operators: Sequence[Operator], *, now: datetime) -> None:
    """Plan each operator five days a week; who is late this week is early the next, and weekends go round."""
    first = monday_of(local_day(now, ZONE)) - WEEK
    made = []
    for week in range(3):
        for n, operator in enumerate(operators):
            weekend = 5 + (week + n) % 2
            for weekday in (0, 1, 2, 3, weekend):
                day = first + week * WEEK + weekday * DAY
                times = EARLY if (week + n) % 2 else LATE
                starts_at, ends_at = to_stretch(parse_span(day, times), ZONE)
                made.append(Shift(operator=operator, starts_at=starts_at, ends_at=ends_at))
    Shift.objects.bulk_create(made)
