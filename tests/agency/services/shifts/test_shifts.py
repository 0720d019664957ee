"""The plan of shifts: what can be planned, copied and found, and what it leaves open."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from agency.domain.shifts.cover import Shortage
from agency.domain.shifts.shift_times import Span, parse_span, to_stretch
from agency.models import DatedHours, LogEntry, PoolRule, Seat, Shift, User
from agency.services.shifts import duty_roster, shifts, week_copy
from agency.services.shifts import gaps as shifts_gaps
from agency.services.shifts.shifts import ZONE, CannotPlan
from tenants.models import Company
from tests.chat.services.stage import sit

pytestmark = pytest.mark.django_db

# A Monday, 10:20 in Amsterdam.
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def span(day: date, times: str) -> Span:
    return parse_span(day, times)


def at(day: date, hour: float) -> datetime:
    """That hour on the wall in Amsterdam, in winter."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 1)


@pytest.fixture
def plan(maud: User) -> Callable[..., list[Shift]]:
    def planned(person: User, *written: tuple[date, str]) -> list[Shift]:
        spans = [span(day, times) for day, times in written]
        return shifts.plan(operator=person.operator, spans=spans, by=maud, now=NOW)

    return planned


def refusal(do: Callable[..., Any], *args: Any, **facts: Any) -> CannotPlan:
    with pytest.raises(CannotPlan) as caught:
        do(*args, **facts)
    return caught.value


def test_a_shift_is_planned_moved_and_removed_and_each_is_written_down(alice: User, maud: User, plan: Any) -> None:
    (made,) = plan(alice, (MONDAY, "07:00-15:00"))
    assert (made.starts_at, made.ends_at) == (at(MONDAY, 7), at(MONDAY, 15))
    later = span(MONDAY, "08:00-16:00")
    assert shifts.change(shift=made, span=later, by=maud, now=NOW)
    assert not shifts.change(shift=made, span=later, by=maud, now=NOW)
    assert shifts.remove(shift=made, by=maud, now=NOW)
    assert not shifts.remove(shift=made, by=maud, now=NOW)
    lines = LogEntry.objects.filter(object_name=alice.name).order_by("at", "pk")
    assert {line.action: line.changes["shift"] for line in lines} == {
        "shift.planned": [None, "2026-11-23 07:00-15:00"],
        "shift.changed": ["2026-11-23 07:00-15:00", "2026-11-23 08:00-16:00"],
        "shift.removed": ["2026-11-23 08:00-16:00", None],
    }


def test_an_overlap_names_the_shift_that_is_in_the_way_and_nothing_is_half_written(
    alice: User, bob: User, maud: User, plan: Any
) -> None:
    (night,) = plan(alice, (MONDAY + DAY, "22:00-06:00"))
    days = [(MONDAY + n * DAY, "05:00-13:00") for n in range(4)]
    problem = refusal(plan, alice, *days)
    assert (problem.code, problem.in_the_way, problem.span.day) == (
        "overlap",
        night,
        MONDAY + 2 * DAY,
    )
    assert Shift.objects.count() == 1
    assert LogEntry.objects.filter(action="shift.planned").count() == 1
    # Touching is no overlap, and somebody else's time is their own.
    plan(alice, (MONDAY + 2 * DAY, "06:00-14:00"))
    plan(bob, *days)
    moved = refusal(shifts.change, shift=night, span=days_span(1), by=maud, now=NOW)
    assert moved.code == "overlap"
    night.refresh_from_db()
    assert night.starts_at == at(MONDAY + DAY, 22)


def days_span(n: int) -> Span:
    return span(MONDAY + n * DAY, "23:00-07:00")


@pytest.mark.parametrize(
    ("day", "times", "code"),
    [
        (MONDAY, "07:00-07:10", "too_short"),
        (MONDAY, "07:00-19:30", "too_long"),
        (date(2027, 3, 28), "02:00-03:00", "gone"),
        (date(2027, 10, 30), "20:00-08:00", "too_long"),
        (MONDAY + 400 * DAY, "07:00-15:00", "too_far"),
        (MONDAY - 100 * DAY, "07:00-15:00", "too_far"),
        (date(9999, 12, 31), "22:00-06:00", "too_far"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(alice: User, plan: Any, day: date, times: str, code: str) -> None:
    assert refusal(plan, alice, (day, times)).code == code


def test_somebody_who_is_switched_off_is_not_planned(alice: User, plan: Any) -> None:
    alice.is_active = False
    alice.save()
    assert refusal(plan, alice, (MONDAY, "07:00-15:00")).code == "off"


def test_a_week_is_copied_whole_and_a_second_time_adds_nothing(alice: User, bob: User, maud: User, plan: Any) -> None:
    plan(alice, (MONDAY, "07:00-15:00"), (MONDAY + 6 * DAY, "22:00-06:00"))
    plan(bob, (MONDAY, "15:00-23:00"))
    copied = week_copy.copy_week(monday=MONDAY, expected=(3, 0), by=maud, now=NOW)
    assert copied is not None
    assert len(shifts.list_between(MONDAY + 7 * DAY, MONDAY + 14 * DAY)) == 3
    assert LogEntry.objects.get(action="week.copied").object_name == "2026-W48 \u2192 2026-W49"
    again = week_copy.preview_copy(monday=MONDAY, now=NOW)
    assert (again.fitting, again.left_out, again.there) == ([], [], 3)


def test_what_does_not_fit_is_told_first_and_left_out_only_when_agreed_to(
    alice: User, bob: User, maud: User, plan: Any
) -> None:
    autumn = date(2027, 10, 18)
    now = datetime(2027, 10, 18, 9, tzinfo=UTC)

    def on(person: User, *written: tuple[date, str]) -> None:
        spans = [span(day, times) for day, times in written]
        shifts.plan(operator=person.operator, spans=spans, by=maud, now=now)

    # Twelve hours over this Saturday night are thirteen a week later.
    on(alice, (autumn + 5 * DAY, "20:00-08:00"), (autumn, "07:00-15:00"))
    on(bob, (autumn, "07:00-15:00"), (autumn + 7 * DAY, "14:00-22:00"))
    bob.is_active = False
    bob.save()
    seen = week_copy.preview_copy(monday=autumn, now=now)
    assert [(one.operator.public_name, one.code) for one in seen.left_out] == [
        ("Bob", "off"),
        ("Alice", "too_long"),
    ]
    assert (len(seen.fitting), seen.there) == (1, 1)
    bob.is_active = True
    bob.save()
    # The plan isn't what the manager saw any more.
    seen = week_copy.preview_copy(monday=autumn, now=now)
    assert [one.code for one in seen.left_out] == ["overlap", "too_long"]
    assert week_copy.copy_week(monday=autumn, expected=(3, 0), by=maud, now=now) is None
    assert Shift.objects.count() == 4
    assert week_copy.copy_week(monday=autumn, expected=(1, 2), by=maud, now=now) is not None
    assert Shift.objects.count() == 5


def test_a_week_shows_each_shift_on_the_day_it_begins(
    alice: User, bob: User, plan: Any, django_assert_num_queries: Any
) -> None:
    plan(alice, (MONDAY, "07:00-15:00"), (MONDAY + 6 * DAY, "22:00-06:00"))
    plan(bob, (MONDAY, "15:00-23:00"))
    with django_assert_num_queries(2):
        week = duty_roster.list_week(monday=MONDAY, now=NOW)
    rows = duty_roster.list_week_rows(MONDAY)
    with django_assert_num_queries(1):
        again = duty_roster.list_week(monday=MONDAY, now=NOW, rows=rows)
    assert [line.length for line in again.lines] == [line.length for line in week.lines]
    first, second = week.lines
    assert (first.operator, first.is_now, first.length) == (
        alice.operator,
        True,
        timedelta(hours=16),
    )
    assert [len(planned) for _day, planned in first.days] == [1, 0, 0, 0, 0, 0, 1]
    assert str(first.days[6][1][0].span) == "22:00-06:00"
    assert not second.is_now
    assert (week.days[0].people, week.days[0].length) == (2, timedelta(hours=16))
    assert week.length == timedelta(hours=24)


def test_who_is_on_now_and_next_by_whole_stretches(alice: User, bob: User, plan: Any) -> None:
    plan(alice, (MONDAY, "07:00-11:00"), (MONDAY, "11:00-15:00"), (MONDAY + DAY, "11:00-15:00"))
    plan(bob, (MONDAY, "15:00-23:00"))
    sit(bob.email, now=NOW)
    found = duty_roster.list_duty(NOW)
    (now,) = found.now
    assert (now.operator.pk, now.ends_at, now.is_here) == (alice.pk, at(MONDAY, 15), False)
    (coming,) = found.next
    assert (coming.operator.pk, coming.starts_at, coming.is_here) == (
        bob.pk,
        at(MONDAY, 15),
        True,
    )
    assert [one.pk for one in found.unplanned] == [bob.pk]
    assert duty_roster.find_duty(alice.pk, NOW) == (at(MONDAY, 7), at(MONDAY, 15))
    assert duty_roster.find_duty(alice.pk, at(MONDAY, 15)) == (
        at(MONDAY + DAY, 11),
        at(MONDAY + DAY, 15),
    )
    assert duty_roster.find_duty(bob.pk, at(MONDAY, 23)) is None


def test_at_the_last_instant_of_a_shift_it_is_over(alice: User, plan: Any) -> None:
    plan(alice, (MONDAY, "15:00-23:00"))
    assert duty_roster.list_duty(at(MONDAY, 23) - timedelta(seconds=1)).now
    assert not duty_roster.list_duty(at(MONDAY, 23)).now


def test_gaps_are_half_hours_with_fewer_certified_planned_than_a_company_needs(
    acme: Company,
    zen: Company,
    alice: User,
    bob: User,
    plan: Any,
    django_assert_max_num_queries: Any,
) -> None:
    # Both are open day and night here; alice answers for both, bob for acme.
    plan(alice, (MONDAY, "08:00-16:00"))
    plan(bob, (MONDAY, "12:00-20:00"))
    with django_assert_max_num_queries(6):
        gaps = shifts_gaps.list_gaps(NOW)
    assert gaps.until == at(MONDAY + DAY, 0)
    of = {line.company.slug: line for line in gaps.lines}
    assert of["acme"].shortages == [
        Shortage(at(MONDAY, 10), at(MONDAY, 12), 1),
        Shortage(at(MONDAY, 16), at(MONDAY, 20), 1),
        Shortage(at(MONDAY, 20), at(MONDAY + DAY, 0), 0),
    ]
    assert (of["zen"].needed, of["zen"].certified, of["zen"].half_hours) == (2, 1, 28)
    gaps = shifts_gaps.list_gaps(NOW)
    assert (len(gaps.lines), gaps.half_hours) == (2, 48)

    PoolRule.objects.create(company=zen, min_certified=1)
    DatedHours.objects.create(starts_on=MONDAY, ends_on=MONDAY, opens=8 * 60, closes=16 * 60)
    DatedHours.objects.filter(company__isnull=False).delete()
    gaps = shifts_gaps.list_gaps(NOW)
    assert [line.company.slug for line in gaps.lines] == ["acme"]
    assert gaps.lines[0].shortages == [Shortage(at(MONDAY, 10), at(MONDAY, 12), 1)]


def test_what_was_never_planned_is_no_gap(acme: Company, alice: User) -> None:
    gaps = shifts_gaps.list_gaps(NOW)
    assert (gaps.until, gaps.lines) == (None, [])
    assert shifts_gaps.list_gaps(NOW).lines == []


def test_no_shift_is_needed_to_get_chats(alice: User) -> None:
    sit(alice.email, now=NOW)
    seat = Seat.objects.get(operator=alice.pk)
    assert (seat.draining, seat.shift_ends_at) == (False, None)


def test_the_agency_plans_on_the_clock_of_amsterdam() -> None:
    assert to_stretch(span(date(2026, 10, 24), "15:00-23:00"), ZONE)[1] == datetime(2026, 10, 24, 21, tzinfo=UTC)
