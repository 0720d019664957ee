"""The plan as pages show it: a week of everybody, one person's coming weeks, who is on now and next."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from agency.domain.hours.hours import DAY, Stretch
from agency.domain.hours.periods import day_bounds
from agency.domain.shifts.shift_times import LONGEST, WEEK, Span, merged, to_span
from agency.models import Operator, Seat, Shift
from agency.services.hours.holidays import HOME, Holiday, list_holidays
from agency.services.shifts.shifts import (
    ZONE,
    ShiftRow,
    by_operator,
    find_people,
    hours_of,
    list_rows,
    list_week_rows,
)

# Forty operators serve 250 companies: nearly every agency's week fits one page.
PAGE = 25
# The next operator is told a night and a morning ahead.
NEXT_WITHIN = timedelta(hours=24)
MOST_NEXT = 8


@dataclass(frozen=True, slots=True)
class Planned:
    """A shift as the wall shows it."""

    shift: Shift | ShiftRow
    span: Span
    is_now: bool


@dataclass(frozen=True, slots=True)
class DayHead:
    """One day over all people: its holiday if it is one, how many are planned and for how long."""

    day: date
    holidays: list[Holiday]
    people: int
    length: timedelta


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One person's shifts of a week. A page shows 50 people of 400, so the days are laid out when they are read."""

    operator: Operator
    dates: list[date]
    shifts: list[ShiftRow]
    now: datetime

    @property
    def days(self) -> list[tuple[date, list[Planned]]]:
        """List their shifts by day, and the days without one too."""
        of_day: defaultdict[date, list[Planned]] = defaultdict(list)
        for planned in list_planned(self.shifts, self.now):
            of_day[planned.span.day].append(planned)
        return [(day, of_day[day]) for day in self.dates]

    @property
    def length(self) -> timedelta:
        """Add up the real time of their shifts."""
        return hours_of(self.shifts)

    @property
    def is_now(self) -> bool:
        """Tell whether one of them runs."""
        return any(shift.starts_at <= self.now < shift.ends_at for shift in self.shifts)


@dataclass(frozen=True, slots=True)
class Week:
    """Everybody's days, by name, and the days over all of them."""

    monday: date
    days: list[DayHead]
    lines: list[RosterLine]
    length: timedelta


@dataclass(frozen=True, slots=True)
class OnDuty:
    """An operator's stretch of work, shifts that touch taken together. `is_here`: at their desk now."""

    operator: Operator
    starts_at: datetime
    ends_at: datetime
    is_here: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """The operators planned now and next, and those at their desks without being planned."""

    now: list[OnDuty]
    next: list[OnDuty]
    unplanned: list[Operator]

    @property
    def people(self) -> int:
        """How many work now, planned or not."""
        return len(self.now) + len(self.unplanned)

    @property
    def here(self) -> int:
        """How many of those who are planned are at their desk."""
        return sum(duty.is_here for duty in self.now)


def list_week(*, monday: date, now: datetime, rows: Sequence[ShiftRow] | None = None) -> Week:
    """List all shifts of a week, on the day on which each begins. Two queries.

    Args:
        rows: those of `list_week_rows`, where they are read already.
    """
    since, end = day_bounds(monday, ZONE)[0], day_bounds(monday + WEEK, ZONE)[0]
    rows = list_week_rows(monday) if rows is None else rows
    shifts = [shift for shift in rows if shift.starts_at >= since]
    days = [monday + n * DAY for n in range(7)]
    of_person: defaultdict[UUID, list[ShiftRow]] = defaultdict(list)
    for shift in shifts:
        of_person[shift.operator_id].append(shift)
    planned = Shift.objects.filter(operator=OuterRef("pk"), starts_at__gte=since, starts_at__lt=end)
    people = Operator.objects.select_related("user").filter(Q(user__is_active=True) | Exists(planned))
    operators = people.only("user__name", "user__is_active").order_by(Lower("user__name"), "pk")
    return Week(
        monday=monday,
        days=_heads(days, shifts),
        lines=[RosterLine(operator, days, of_person.get(operator.pk, []), now) for operator in operators],
        length=hours_of(shifts),
    )


def list_planned(shifts: Iterable[Shift | ShiftRow], now: datetime) -> list[Planned]:
    """Shifts as the wall of the agency shows them."""
    return [
        Planned(
            shift,
            to_span((shift.starts_at, shift.ends_at), ZONE),
            shift.starts_at <= now < shift.ends_at,
        )
        for shift in shifts
    ]


def list_duty(now: datetime, known: Iterable[Operator] = ()) -> Duty:
    """Tell who is on now, who comes within a day, and who is here all the same. At most four queries.

    Args:
        known: people who are read already.
    """
    here = set(Seat.objects.filter(lease_until__gt=now).values_list("operator", flat=True))
    on: list[tuple[UUID, Stretch]] = []
    coming: list[tuple[UUID, Stretch]] = []
    for operator_id, stretches in _stretches_around(now).items():
        for start, end in merged(stretches):
            if start <= now < end:
                on.append((operator_id, (start, end)))
            elif now < start <= now + NEXT_WITHIN:
                coming.append((operator_id, (start, end)))
    people = {operator.pk: operator for operator in known}
    people |= find_people({operator_id for operator_id, _ in (*on, *coming)} - people.keys())
    by_end = [OnDuty(people[who], *stretch, who in here) for who, stretch in on]
    by_end.sort(key=lambda duty: (duty.ends_at, duty.operator.user.name))
    by_start = [OnDuty(people[who], *stretch, who in here) for who, stretch in coming]
    by_start.sort(key=lambda duty: (duty.starts_at, duty.operator.user.name))
    unplanned = Operator.objects.select_related("user").filter(pk__in=here - {operator_id for operator_id, _ in on})
    return Duty(by_end, by_start[:MOST_NEXT], list(unplanned.order_by(Lower("user__name"))))


def find_duty(operator_id: UUID, now: datetime) -> Stretch | None:
    """An operator's stretch of work that runs now or comes next, or None."""
    shifts = Shift.objects.filter(operator=operator_id, ends_at__gt=now - LONGEST)
    rows = shifts.values_list("starts_at", "ends_at").order_by("starts_at")[:50]
    return next((one for one in merged(rows) if one[1] > now), None)


def _stretches_around(now: datetime) -> dict[UUID, list[Stretch]]:
    """List each operator's shifts that can run now or begin within a day. One query."""
    shifts = Shift.objects.filter(starts_at__gt=now - 2 * LONGEST, starts_at__lt=now + NEXT_WITHIN + LONGEST)
    return by_operator(list_rows(shifts))


def _heads(days: list[date], shifts: list[ShiftRow]) -> list[DayHead]:
    marked = list_holidays(HOME, days[0], days[-1])
    of_day: defaultdict[date, list[ShiftRow]] = defaultdict(list)
    for shift in shifts:
        of_day[to_span((shift.starts_at, shift.ends_at), ZONE).day].append(shift)
    return [
        DayHead(
            day,
            [holiday for holiday in marked if holiday.day == day],
            len({shift.operator_id for shift in of_day[day]}),
            hours_of(of_day[day]),
        )
        for day in days
    ]
