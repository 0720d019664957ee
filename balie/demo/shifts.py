"""The demo's shifts: last week, this one and the next, day and night by turns."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import cycle

from agency.domain.hours.hours import DAY
from agency.domain.hours.periods import local_day
from agency.domain.shifts.shift_times import WEEK, monday_of, parse_span, to_stretch
from agency.models import Operator, Shift
from agency.services.shifts.shifts import ZONE

# The demo's companies are open day and night.
AROUND_THE_CLOCK = ("00:00-08:00", "08:00-16:00", "16:00-24:00")
DAYTIME = "09:00-17:00"
WEEKS, WORKDAYS = 3, 5


def write_plan(operators: Sequence[Operator], *, now: datetime) -> None:
    """Plan somebody who knows every company for each hour, by turns, and the others on workdays: no
    half hour is short.
    """
    most = max(operator.certifications.count() for operator in operators)
    everywhere = [one for one in operators if one.certifications.count() == most]
    others = [one for one in operators if one not in everywhere]
    turns = cycle(everywhere)
    first = monday_of(local_day(now, ZONE)) - WEEK
    made = []
    for day in (first + n * DAY for n in range(WEEKS * 7)):
        made += [_shift(next(turns), day, times) for times in AROUND_THE_CLOCK]
        if day.weekday() < WORKDAYS:
            made += [_shift(operator, day, DAYTIME) for operator in others]
    Shift.objects.bulk_create(made)


def _shift(operator: Operator, day: date, times: str) -> Shift:
    starts_at, ends_at = to_stretch(parse_span(day, times), ZONE)
    return Shift(operator=operator, starts_at=starts_at, ends_at=ends_at)
