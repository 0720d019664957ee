"""A week's shifts copied to the next: what that would do, and doing it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from agency.domain.hours.hours import DAY, Stretch
from agency.domain.hours.periods import day_bounds
from agency.domain.shifts.shift_times import (
    WEEK,
    Misfit,
    Span,
    format_week,
    moved,
    to_span,
)
from agency.models import Operator, Shift, User
from agency.services.audit import Subject, note_change
from agency.services.shifts.shifts import (
    ZONE,
    CannotPlan,
    begun_between,
    check_span,
    find_people,
    list_rows,
)


@dataclass(frozen=True, slots=True)
class Left:
    """A shift that a copied week would leave out, and why: a code of `CannotPlan`."""

    operator: Operator
    span: Span
    code: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A week as it would be copied: the shifts that fit, those left out, and how many were there before."""

    fitting: list[Shift]
    left_out: list[Left]
    there: int


def preview_copy(*, monday: date, now: datetime) -> Copy:
    """Tell what copying this week to the next would do: every shift at the same times on the wall, seven days later.

    A shift that is in the next week already, exactly so, is neither copied nor left out. Three queries.
    """
    shifts = list_rows(begun_between(monday, monday + WEEK))
    # One that begins on Sunday night reaches into the week after the next.
    later_ones = list_rows(begun_between(monday + WEEK, monday + 15 * DAY))
    people = find_people({shift.operator_id for shift in shifts})
    end = day_bounds(monday + 2 * WEEK, ZONE)[0]
    there = {(shift.operator_id, shift.starts_at, shift.ends_at) for shift in later_ones if shift.starts_at < end}
    busy: defaultdict[UUID, list[Stretch]] = defaultdict(list)
    for shift in (*shifts, *later_ones):
        busy[shift.operator_id].append((shift.starts_at, shift.ends_at))
    fitting: list[Shift] = []
    left_out: list[Left] = []
    for shift in shifts:
        operator, own = people[shift.operator_id], busy[shift.operator_id]
        span = to_span((shift.starts_at, shift.ends_at), ZONE)
        later = Span(span.day + WEEK, span.starts, span.ends)
        try:
            copied = moved((shift.starts_at, shift.ends_at), WEEK.days, ZONE)
            if (shift.operator_id, *copied) in there:
                continue
            check_span(later, operator, now)
            _check_free(later, copied, own)
        except (Misfit, CannotPlan) as problem:
            left_out.append(Left(operator, later, problem.code))
            continue
        own.append(copied)
        fitting.append(Shift(operator=operator, starts_at=copied[0], ends_at=copied[1]))
    return Copy(fitting, left_out, len(there))


@transaction.atomic
def copy_week(*, monday: date, expected: tuple[int, int], by: User, now: datetime) -> Copy | None:
    """Copy this week's shifts to the next: those that fit, in one go.

    Args:
        expected: how many shifts fit and how many are left out, as the manager saw it.

    Returns:
        The copied shifts, or None, with nothing copied, if by now they would be others than expected.
    """
    preview = preview_copy(monday=monday, now=now)
    if (len(preview.fitting), len(preview.left_out)) != expected:
        return None
    try:
        with transaction.atomic():
            Shift.objects.bulk_create(preview.fitting)
    except IntegrityError:  # a colleague planned one of them this moment
        return None
    if preview.fitting:
        note_change(
            actor=by,
            action="week.copied",
            now=now,
            about=Subject(None, f"{format_week(monday)} \u2192 {format_week(monday + WEEK)}"),
            changes={"shifts": (preview.there, preview.there + len(preview.fitting))},
        )
    return preview


def _check_free(span: Span, stretch: Stretch, own: Iterable[Stretch]) -> None:
    """Raise CannotPlan where this touches a stretch of the same person's."""
    if any(start < stretch[1] and end > stretch[0] for start, end in own):
        raise CannotPlan("overlap", span)
