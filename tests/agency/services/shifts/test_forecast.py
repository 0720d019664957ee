"""The week's forecast from the records, and the plan held against it."""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from agency.domain.promise.sla import PromiseTerms as Target
from agency.domain.shifts.need import Pace
from agency.domain.shifts.shift_times import parse_span, to_stretch
from agency.models import ChatRecord, DatedHours, PoolRule, Promise, Shift, User
from agency.services.shifts.forecast import find_usual_promise, forecast_week
from agency.services.shifts.shifts import ZONE
from agency.services.shifts.week_plan import WeekPlan, plan_week
from tenants.models import Company

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# A Monday, 10:20 in Amsterdam.
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
NEXT = MONDAY + 7 * DAY


def come(company: Company, moments: Iterable[datetime], **facts: Any) -> None:
    ChatRecord.objects.bulk_create(
        ChatRecord(
            company=company,
            site_id=uuid.uuid4(),
            visitor_id=uuid.uuid4(),
            language="nl",
            arrived_at=at,
            assigned_at=at + timedelta(seconds=4),
            first_human_at=at + timedelta(seconds=9),
            closed_at=at + timedelta(seconds=200),
            settled_at=at + timedelta(seconds=304),
            close_reason="operator",
            **{"promise_seconds": 20, "concurrency": 2, **facts},
        )
        for at in moments
    )


def each_day(first: date, days: int, *clocks: tuple[int, int]) -> list[datetime]:
    """Return the same moments of each day, by UTC (in November an hour behind the wall)."""
    return [
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
        for n in range(days)
        if (day := first + n * DAY)
        for hour, minute in clocks
    ]


def plan(person: User, day: date, times: str) -> None:
    start, end = to_stretch(parse_span(day, times), ZONE)
    Shift.objects.create(operator=person.operator, starts_at=start, ends_at=end)


def usual(company: Company, *, open_: tuple[int, int] = (540, 720)) -> None:
    """Four weeks of eight chats in each half hour from 10:00 to 11:00 on the wall, open from 9 to 12."""
    clocks = [(9, minute) for minute in (1, 4, 8, 12, 16, 20, 24, 28)]
    clocks += [(9, minute + 30) for _, minute in clocks]
    come(company, each_day(MONDAY - 29 * DAY, 29, *clocks))
    Company.objects.exclude(pk=company.pk).update(ready=False)
    DatedHours.objects.filter(company=company).delete()
    DatedHours.objects.create(
        company=company, starts_on=MONDAY - 60 * DAY, ends_on=MONDAY + 60 * DAY,
        opens=open_[0], closes=open_[1],
    )  # fmt: skip


def find(plan_: WeekPlan, day: date, minute: int) -> Any:
    found = next(one for one in plan_.days if one.day == day)
    return next(half for half in found.halves if half.minute == minute)


def test_chats_in_hours_are_counted_by_the_wall_in_one_query(
    acme: Company, zen: Company, django_assert_num_queries: Any
) -> None:
    come(acme, each_day(MONDAY - 22 * DAY, 22, (9, 5), (9, 29)))
    come(zen, each_day(MONDAY - 22 * DAY, 22, (9, 5), (23, 10)))
    come(zen, each_day(MONDAY - 22 * DAY, 22, (9, 6)), in_hours=False)
    with django_assert_num_queries(1):
        outlook = forecast_week(monday=MONDAY, now=NOW)
    assert outlook.forecast is not None
    counts = outlook.forecast.days[date(2026, 11, 25)]
    assert counts[20] == pytest.approx(3)  # 10:00
    assert counts[0] == pytest.approx(1)  # 00:10, of the day after
    assert sum(counts) == pytest.approx(4)
    # The first day may have begun in its middle.
    assert outlook.forecast.known_days == 21


def test_nobody_and_too_far_are_no_forecast(acme: Company) -> None:
    assert forecast_week(monday=MONDAY, now=NOW).forecast is None
    come(acme, each_day(MONDAY - 22 * DAY, 22, (9, 5)))
    far = forecast_week(monday=MONDAY + 63 * DAY, now=NOW)
    assert far.forecast is None
    assert far.is_far
    assert forecast_week(monday=MONDAY + 56 * DAY, now=NOW).forecast is not None


def test_a_week_that_runs_is_forecast_from_before_its_monday(acme: Company) -> None:
    come(acme, each_day(MONDAY - 22 * DAY, 22, (9, 5)))
    before = forecast_week(monday=MONDAY, now=NOW)
    come(acme, each_day(MONDAY, 3, (9, 6), (9, 7)))
    later = NOW + 3 * DAY
    after = forecast_week(monday=MONDAY, now=later)
    assert after.forecast == before.forecast
    assert [sum(after.came[MONDAY + n * DAY]) for n in range(3)] == [2, 2, 2]
    assert len(after.came) == 3
    coming = forecast_week(monday=NEXT, now=later)
    assert coming.forecast is not None
    assert coming.forecast.known_days == before.forecast.known_days + 3  # type: ignore[union-attr]
    assert sum(coming.forecast.days[NEXT]) > sum(before.forecast.days[MONDAY])  # type: ignore[union-attr]


def test_a_day_without_a_chat_where_many_come_teaches_nothing(acme: Company) -> None:
    clocks = [(9, minute) for minute in range(0, 30, 2)]
    moments = each_day(MONDAY - 29 * DAY, 29, *clocks)
    outage = MONDAY - 5 * DAY
    come(acme, [at for at in moments if at.date() != outage])
    quiet = forecast_week(monday=MONDAY, now=NOW)
    assert quiet.forecast is not None
    assert quiet.forecast.known_days == 27
    assert sum(quiet.forecast.days[MONDAY + 2 * DAY]) == pytest.approx(15)


def test_weeks_that_are_over_tell_what_the_forecast_misses(acme: Company) -> None:
    come(acme, each_day(MONDAY - 43 * DAY, 43, (9, 5), (10, 5)))
    steady = forecast_week(monday=MONDAY, now=NOW).missed
    assert steady is not None
    assert steady.windows == 4
    assert steady.days == pytest.approx(0)
    come(acme, each_day(MONDAY - 7 * DAY, 7, (9, 6), (10, 6)))
    missed = forecast_week(monday=MONDAY, now=NOW).missed
    assert missed is not None
    # Three weeks of 14 as forecast; in the fourth 28 came where 14 were.
    assert missed.days == pytest.approx(14 / 70)


def test_the_pace_is_measured_on_the_last_weeks_or_the_usual(acme: Company) -> None:
    come(acme, each_day(MONDAY - 20 * DAY, 9, *[(9, n) for n in range(11)]))
    assert forecast_week(monday=MONDAY, now=NOW).pace == Pace()
    come(acme, each_day(MONDAY - 11 * DAY, 1, (9, 30)))
    come(acme, each_day(MONDAY - 40 * DAY, 5, (9, 30)), concurrency=6)
    pace = forecast_week(monday=MONDAY, now=NOW).pace
    assert pace == Pace(aht_s=300, at_once=2, chats=100)


def test_the_usual_promise_is_that_of_most_companies(acme: Company, zen: Company) -> None:
    assert find_usual_promise([], NOW) == Target()
    assert find_usual_promise([acme, zen], NOW) == Target()
    Promise.objects.filter(company=zen).delete()
    strict = {"seconds": 15, "share": "0.950", "valid_from": NOW - DAY}
    Promise.objects.create(company=zen, version=1, **strict)
    assert find_usual_promise([acme, zen], NOW) == Target(seconds=15, share=0.95)
    third = Company.objects.create(slug="third", name="Third", monogram="TH", ready=True, live_at=NOW)
    assert find_usual_promise([acme, zen, third], NOW) == Target()
    Promise.objects.create(company=zen, version=2, seconds=5, valid_from=NOW + DAY)
    assert find_usual_promise([zen], NOW).seconds == 15


def test_a_plan_is_held_against_its_need(acme: Company, alice: User, bob: User, django_assert_num_queries: Any) -> None:
    usual(acme)
    tuesday = NEXT + DAY
    plan(alice, tuesday, "09:00-10:30")
    plan(bob, tuesday, "09:15-12:00")
    with django_assert_num_queries(7):
        week = plan_week(monday=NEXT, now=NOW)
    half = find(week, tuesday, 600)
    assert half.chats == pytest.approx(8)
    # 16 an hour of 300 s at two at a time: 102 s of somebody each.
    assert (half.need, half.planned, half.over) == (2, 2, 0)
    late = find(week, tuesday, 630)
    assert (late.need, late.planned, late.over) == (2, 1, -1)
    # Bob is there for a part of the first half hour only.
    assert find(week, tuesday, 540).planned == 1
    # From 9 to 12 two must be there, of whom some are.
    day = next(one for one in week.days if one.day == tuesday)
    assert (day.needed, day.planned) == (timedelta(hours=6), timedelta(hours=4))
    assert week.planned == timedelta(hours=4, minutes=15)
    assert week.needed == timedelta(hours=7 * 6)
    assert week.short == timedelta(hours=6 * 6 + 2)
    assert week.over == timedelta()
    tuesdays = [gap for gap in week.gaps if gap.span.day == tuesday]
    assert {(str(gap.span), gap.short, gap.need) for gap in tuesdays} == {
        ("09:00-09:30", 1, 2),
        ("10:30-12:00", 1, 2),
    }
    worst = week.gaps[0]
    assert str(worst.span) == "09:00-12:00"
    assert worst.length == timedelta(hours=6)
    assert round(worst.chats) == 16


def test_fewer_than_a_company_must_have_certified_are_short(acme: Company, alice: User) -> None:
    usual(acme)
    PoolRule.objects.create(company=acme, min_certified=3)
    assert find(plan_week(monday=NEXT, now=NOW), NEXT, 600).need == 3
    PoolRule.objects.update(min_certified=1)
    week = plan_week(monday=NEXT, now=NOW)
    assert find(week, NEXT, 600).need == 2
    # Without people planned before ten nothing lies before the first chats.
    assert week.days[0].halves[0].minute == 600
    plan(alice, NEXT, "09:00-12:00")
    assert find(plan_week(monday=NEXT, now=NOW), NEXT, 540).need == 1


def test_where_nobody_is_open_nobody_is_needed(acme: Company) -> None:
    usual(acme)
    DatedHours.objects.create(company=acme, starts_on=NEXT, ends_on=NEXT)
    week = plan_week(monday=NEXT, now=NOW)
    assert week.days[0].chats == 0
    assert week.days[0].needed == timedelta()
    assert week.days[1].chats == pytest.approx(16)


def test_what_is_past_is_no_gap(acme: Company) -> None:
    usual(acme)
    week = plan_week(monday=MONDAY, now=NOW)
    monday = week.days[0]
    assert [half.is_past for half in monday.halves] == [False] * 2
    later = plan_week(monday=MONDAY, now=NOW + timedelta(minutes=10))
    assert [half.is_past for half in later.days[0].halves] == [True, False]
    assert later.short == week.short - timedelta(hours=1)
    assert plan_week(monday=MONDAY - 7 * DAY, now=NOW).gaps == []
    past = plan_week(monday=MONDAY - 7 * DAY, now=NOW)
    assert [day.came for day in past.days] == [16] * 7


def test_a_night_when_the_clock_moves_has_the_half_hours_there_are(acme: Company, alice: User) -> None:
    now = datetime(2027, 3, 22, 9, tzinfo=UTC)
    come(acme, [at + 118 * DAY for at in each_day(MONDAY - 29 * DAY, 29, (9, 5), (10, 5))])
    spring = date(2027, 3, 28)
    plan(alice, spring - DAY, "22:00-06:00")
    week = plan_week(monday=date(2027, 3, 22), now=now)
    halves = {half.minute: half for half in week.days[6].halves}
    assert 120 not in halves
    assert 150 not in halves
    assert halves[90].planned == halves[180].planned == 1
    assert week.planned == timedelta(hours=7)
