"""The agency's calendar of shifts. Each change is logged in its own transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, Lower

from agency.domain.hours.hours import DAY, DEFAULT_ZONE, Stretch
from agency.domain.hours.periods import day_bounds, local_day
from agency.domain.shifts.shift_times import (
    WEEK,
    Misfit,
    Span,
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


class ShiftRow(NamedTuple):
    """A shift as a plan of everybody reads it: a week of 400 people has 2,000, of which models would take half of the
    time.
    """

    pk: UUID
    operator_id: UUID
    starts_at: datetime
    ends_at: datetime


class CannotPlan(Exception):
    """A shift that can't be planned. `in_the_way` is the other shift of an overlap, None if it went away meanwhile.

    `code`: overlap, gone (the clock jumps over it), too_short, too_long, too_far or off (the account is switched off).
    """

    def __init__(self, code: str, span: Span, in_the_way: Shift | None = None) -> None:
        super().__init__(f"{code}: {span.day} {span}")
        self.code = code
        self.span = span
        self.in_the_way = in_the_way


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
    """Move a shift. False if it stays as it is.

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
    """Remove a shift from the plan. False if a colleague did so before."""
    span = to_span((shift.starts_at, shift.ends_at), ZONE)
    removed, _ = Shift.objects.filter(pk=shift.pk).delete()
    if removed:
        _note("shift.removed", shift.operator, (_written(span), None), by, now)
    return bool(removed)


def list_between(first: date, until: date, operator_id: UUID | None = None) -> list[Shift]:
    """List the shifts that begin on these local days, `until` excluded, in order, of all operators or of one."""
    shifts = begun_between(first, until)
    if operator_id is not None:
        shifts = shifts.filter(operator=operator_id)
    return list(shifts.select_related("operator__user"))


def begun_between(first: date, until: date) -> QuerySet[Shift]:
    """Everybody's shifts that begin on these local days, in order, without their people."""
    since, end = day_bounds(first, ZONE)[0], day_bounds(until, ZONE)[0]
    shifts = Shift.objects.filter(starts_at__gte=since, starts_at__lt=end)
    return shifts.order_by("starts_at", "pk")


def list_rows(shifts: QuerySet[Shift]) -> list[ShiftRow]:
    """List these shifts in their order, by one query.

    Their times come as text: of 2,000 shifts there are a few dozen different ones, and psycopg takes 5 µs for each.
    """
    timed = shifts.annotate(starts=Cast("starts_at", TextField()), ends=Cast("ends_at", TextField()))
    rows = timed.values_list("pk", "operator_id", "starts", "ends")
    return [ShiftRow(pk, who, _instant(starts), _instant(ends)) for pk, who, starts, ends in rows]


def list_week_rows(monday: date) -> list[ShiftRow]:
    """List all shifts of which any part lies in a week, in order. One query."""
    since, end = day_bounds(monday, ZONE)[0], day_bounds(monday + WEEK, ZONE)[0]
    shifts = Shift.objects.filter(ends_at__gt=since, starts_at__lt=end)
    return list_rows(shifts.order_by("starts_at", "pk"))


def by_operator(rows: Iterable[ShiftRow]) -> dict[UUID, list[Stretch]]:
    """When each operator works by these shifts."""
    stretches: defaultdict[UUID, list[Stretch]] = defaultdict(list)
    for row in rows:
        stretches[row.operator_id].append((row.starts_at, row.ends_at))
    return dict(stretches)


def find_people(ids: Collection[UUID]) -> dict[UUID, Operator]:
    """Find these operators by id, with what a plan shows of them: their name, and whether their account is on.

    One query, and none for nobody.
    """
    people = Operator.objects.select_related("user").only("user__name", "user__is_active")
    return people.in_bulk(list(ids))


def find_next(operator_id: UUID, now: datetime) -> Stretch | None:
    """Return an operator's next stretch of work, not the running one, with shifts that touch as one. One query."""
    planned = Shift.objects.filter(operator=operator_id, ends_at__gt=now).order_by("starts_at")
    stretches: list[Stretch] = []
    for starts_at, ends_at in planned.values_list("starts_at", "ends_at")[:_LOOKED_AHEAD]:
        touches = bool(stretches) and stretches[-1][1] == starts_at
        stretches.append((stretches.pop()[0] if touches else starts_at, ends_at))
    return next((stretch for stretch in stretches if stretch[0] > now), None)


def hours_of(shifts: Iterable[Shift | ShiftRow]) -> timedelta:
    """Real time of these shifts together."""
    return sum((shift.ends_at - shift.starts_at for shift in shifts), timedelta())


def check_span(span: Span, operator: Operator, now: datetime) -> None:
    """Raise CannotPlan where nobody can be planned, or this operator can't."""
    today = local_day(now, ZONE)
    if not today - MOST_BACK <= span.day <= today + MOST_AHEAD:
        raise CannotPlan("too_far", span)
    if not operator.user.is_active:
        raise CannotPlan("off", span)


@lru_cache(maxsize=4096)
def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _fit(span: Span, operator: Operator, now: datetime) -> Stretch:
    check_span(span, operator, now)
    try:
        return to_stretch(span, ZONE)
    except Misfit as problem:
        raise CannotPlan(problem.code, span) from None


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


def _note(action: str, operator: Operator, change: tuple[str | None, str | None], by: User, now: datetime) -> None:
    note_change(
        actor=by,
        action=action,
        now=now,
        about=Subject(operator, operator.user.name),
        changes={"shift": change},
    )
