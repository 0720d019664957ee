"""Who is planned when: the agency's calendar of shifts. Each change is written down in its own transaction."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from agency.domain.hours.hours import DAY, DEFAULT_ZONE, Stretch
from agency.domain.hours.periods import day_bounds, local_day
from agency.domain.shifts.shift_times import (
    WEEK,
    Misfit,
    Span,
    format_week,
    moved,
    to_span,
    to_stretch,
)
from agency.models import Operator, Shift, User
from agency.services.audit import Subject, note_change

# Shifts are planned in the zone of the agency's own desk.
ZONE = DEFAULT_ZONE
# A plan further away is a typing mistake; one further back changes nothing any more.
MOST_AHEAD, MOST_BACK = 366 * DAY, 62 * DAY
# More shifts than this never touch: a day has 24 hours, and the longest takes 12.
_LOOKED_AHEAD = 20


class CannotPlan(Exception):
    """A shift that can't be planned. `in_the_way` is the other shift of an overlap, None if it went away meanwhile.

    `code`: overlap, gone (the clock jumps over it), too_short, too_long, too_far or off (the account is switched off).
    """

    def __init__(self, code: str, span: Span, in_the_way: Shift | None = None) -> None:
        super().__init__(f"{code}: {span.day} {span}")
        self.code = code
        self.span = span
        self.in_the_way = in_the_way


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


def find_shift(operator_id: UUID, shift_id: UUID) -> Shift | None:
    """One shift of one operator."""
    shifts = Shift.objects.select_related("operator__user")
    return shifts.filter(pk=shift_id, operator=operator_id).first()


def find_planned(operator_id: UUID) -> Operator | None:
    """The operator to plan, with their name."""
    return Operator.objects.select_related("user").filter(pk=operator_id).first()


def list_plannable() -> list[Operator]:
    """Operators whose account is on, by name."""
    people = Operator.objects.select_related("user").filter(user__is_active=True)
    return list(people.order_by(Lower("user__name"), "pk"))


@transaction.atomic
def plan(*, operator: Operator, spans: Iterable[Span], by: User, now: datetime) -> list[Shift]:
    """Plan an operator for one shift or several, all of them or none.

    Raises:
        CannotPlan: the first that can't be; nothing is planned then.
    """
    made = []
    for span in spans:
        starts_at, ends_at = _fit(span, operator, now)
        shift = Shift(operator=operator, starts_at=starts_at, ends_at=ends_at)
        _write(shift, span)
        made.append(shift)
        _note("shift.planned", operator, (None, _written(span)), by, now)
    return made


@transaction.atomic
def change(*, shift: Shift, span: Span, by: User, now: datetime) -> bool:
    """Move a shift; False if it stays as it is.

    Raises:
        CannotPlan: it can't be there; nothing is changed then.
    """
    before = to_span((shift.starts_at, shift.ends_at), ZONE)
    stretch = _fit(span, shift.operator, now)
    if stretch == (shift.starts_at, shift.ends_at):
        return False
    shift.starts_at, shift.ends_at = stretch
    _write(shift, span)
    _note("shift.changed", shift.operator, (_written(before), _written(span)), by, now)
    return True


@transaction.atomic
def remove(*, shift: Shift, by: User, now: datetime) -> bool:
    """Take a shift out of the plan; False if a colleague did so before."""
    span = to_span((shift.starts_at, shift.ends_at), ZONE)
    removed, _ = Shift.objects.filter(pk=shift.pk).delete()
    if removed:
        _note("shift.removed", shift.operator, (_written(span), None), by, now)
    return bool(removed)


def preview_copy(*, monday: date, now: datetime) -> Copy:
    """Tell what copying this week to the next would do: every shift at the same times on the wall, seven days later.

    A shift that is in the next week already, exactly so, is neither copied nor left out.
    """
    shifts = list_between(monday, monday + WEEK)
    # One that begins on Sunday night reaches into the week after the next.
    later_ones = list(begun_between(monday + WEEK, monday + 15 * DAY))
    end = day_bounds(monday + 2 * WEEK, ZONE)[0]
    there = [shift for shift in later_ones if shift.starts_at < end]
    known = {(shift.operator_id, shift.starts_at, shift.ends_at) for shift in there}
    busy: defaultdict[UUID, list[Stretch]] = defaultdict(list)
    for shift in (*shifts, *later_ones):
        busy[shift.operator_id].append((shift.starts_at, shift.ends_at))
    fitting: list[Shift] = []
    left_out: list[Left] = []
    for shift in shifts:
        span = to_span((shift.starts_at, shift.ends_at), ZONE)
        later = Span(span.day + WEEK, span.starts, span.ends)
        try:
            starts_at, ends_at = moved((shift.starts_at, shift.ends_at), WEEK.days, ZONE)
            if (shift.operator_id, starts_at, ends_at) in known:
                continue
            _check(later, shift.operator, now)
        except (Misfit, CannotPlan) as problem:
            left_out.append(Left(shift.operator, later, problem.code))
            continue
        own = busy[shift.operator_id]
        if any(start < ends_at and end > starts_at for start, end in own):
            left_out.append(Left(shift.operator, later, "overlap"))
            continue
        own.append((starts_at, ends_at))
        fitting.append(Shift(operator=shift.operator, starts_at=starts_at, ends_at=ends_at))
    return Copy(fitting, left_out, len(there))


@transaction.atomic
def copy_week(*, monday: date, expected: tuple[int, int], by: User, now: datetime) -> Copy | None:
    """Copy this week's shifts to the next: those that fit, in one go.

    Args:
        expected: how many shifts fit and how many are left out, as the manager saw it.

    Returns:
        What was copied; None, with nothing copied, if by now it would be something else than expected.
    """
    found = preview_copy(monday=monday, now=now)
    if (len(found.fitting), len(found.left_out)) != expected:
        return None
    try:
        with transaction.atomic():
            Shift.objects.bulk_create(found.fitting)
    except IntegrityError:  # a colleague planned one of them this moment
        return None
    if found.fitting:
        note_change(
            actor=by,
            action="week.copied",
            now=now,
            about=Subject(None, f"{format_week(monday)} \u2192 {format_week(monday + WEEK)}"),
            changes={"shifts": (found.there, found.there + len(found.fitting))},
        )
    return found


def list_between(first: date, until: date, operator_id: UUID | None = None) -> list[Shift]:
    """List the shifts that begin on these local days, `until` excluded, in order; of all, or of one operator."""
    shifts = begun_between(first, until)
    if operator_id is not None:
        shifts = shifts.filter(operator=operator_id)
    return list(shifts.select_related("operator__user"))


def begun_between(first: date, until: date) -> QuerySet[Shift]:
    """Everybody's shifts that begin on these local days, in order, without their people."""
    since, end = day_bounds(first, ZONE)[0], day_bounds(until, ZONE)[0]
    shifts = Shift.objects.filter(starts_at__gte=since, starts_at__lt=end)
    return shifts.order_by("starts_at", "pk")


def find_next(operator_id: UUID, now: datetime) -> Stretch | None:
    """The next time somebody is planned from now on, shifts that touch as one; not the one that runs. One query."""
    planned = Shift.objects.filter(operator=operator_id, ends_at__gt=now).order_by("starts_at")
    stretches: list[Stretch] = []
    for starts_at, ends_at in planned.values_list("starts_at", "ends_at")[:_LOOKED_AHEAD]:
        touches = bool(stretches) and stretches[-1][1] == starts_at
        stretches.append((stretches.pop()[0] if touches else starts_at, ends_at))
    return next((stretch for stretch in stretches if stretch[0] > now), None)


def hours_of(shifts: Iterable[Shift]) -> timedelta:
    """Real time of these shifts together."""
    return sum((shift.ends_at - shift.starts_at for shift in shifts), timedelta())


def _fit(span: Span, operator: Operator, now: datetime) -> Stretch:
    _check(span, operator, now)
    try:
        return to_stretch(span, ZONE)
    except Misfit as problem:
        raise CannotPlan(problem.code, span) from None


def _check(span: Span, operator: Operator, now: datetime) -> None:
    today = local_day(now, ZONE)
    if not today - MOST_BACK <= span.day <= today + MOST_AHEAD:
        raise CannotPlan("too_far", span)
    if not operator.user.is_active:
        raise CannotPlan("off", span)


def _write(shift: Shift, span: Span) -> None:
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as error:
        if "one_shift_at_a_time" not in str(error):
            raise
        others = Shift.objects.filter(
            operator=shift.operator_id, starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at
        )
        in_the_way = others.exclude(pk=shift.pk).order_by("starts_at").first()
        raise CannotPlan("overlap", span, in_the_way) from None


def _written(span: Span) -> str:
    return f"{span.day} {span}"


def _note(
    action: str, operator: Operator, change: tuple[str | None, str | None], by: User, now: datetime
) -> None:
    note_change(
        actor=by,
        action=action,
        now=now,
        about=Subject(operator, operator.user.name),
        changes={"shift": change},
    )
