"""The demo's shifts: last week, this one and the next, early and late by turns."""

from collections.abc import Sequence
from datetime import datetime

from agency.domain.calendar import WEEK, monday_of, parse_span, to_stretch
from agency.domain.hours import DAY
from agency.domain.periods import local_day
from agency.models import Operator, Shift
from agency.services.shifts import ZONE

EARLY, LATE = "08:00-15:00", "15:00-22:00"
FRIDAY, SUNDAY = 4, 6


def write_plan(operators: Sequence[Operator], *, now: datetime) -> None:
    """Plan each operator six days a week, early and late by turns: one morning and one evening a week are open."""
    first = monday_of(local_day(now, ZONE)) - WEEK
    made = []
    for week in range(3):
        for n, operator in enumerate(operators):
            is_early = (week + n) % 2
            off = FRIDAY if is_early else SUNDAY
            times = EARLY if is_early else LATE
            for weekday in set(range(7)) - {off}:
                day = first + week * WEEK + weekday * DAY
                starts_at, ends_at = to_stretch(parse_span(day, times), ZONE)
                made.append(Shift(operator=operator, starts_at=starts_at, ends_at=ends_at))
    Shift.objects.bulk_create(made)
