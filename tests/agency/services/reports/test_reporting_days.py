"""The days of a report: their edges, their hours, and how long a period may be."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agency.services.reports import service_level
from agency.services.reports.levels import count_by
from agency.services.reports.period import BadPeriod
from agency.services.reports.report import read_report
from tests.agency.services.records import finish
from tests.agency.services.reports.reports import DAY, day_of, on, whole

pytestmark = pytest.mark.django_db


def test_amsterdams_day_begins_at_midnight_to_the_microsecond(acme):
    midnight = on(0)
    finish(acme, midnight - timedelta(microseconds=1), answer=1)
    finish(acme, midnight, answer=1)
    finish(acme, on(24) - timedelta(microseconds=1), answer=1)
    finish(acme, on(24), answer=1)
    report = service_level.service_level(company=acme, since=DAY - timedelta(days=1), until=DAY + timedelta(days=1))
    assert [day.level.offered for day in report.days] == [1, 2, 1]
    assert day_of(acme).offered == 2


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 1), 24)])
def test_a_day_has_all_its_hours_when_the_clock_moves(acme, day, hours):
    # A chat each half hour from two hours before the night to three after it, so every edge is inside.
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=4)
    for step in range(32 * 2):
        finish(acme, start + timedelta(minutes=30 * step), answer=1)
    report = service_level.service_level(company=acme, since=day - timedelta(days=1), until=day + timedelta(days=1))
    assert report.days[1].level.offered == hours * 2
    slots = [s for s in read_report(**whole(acme, day)).half_hours if s.weekday == day.weekday()]
    assert sum(slot.base for slot in slots) == hours * 2
    night = {slot.minute: slot.base for slot in slots if 120 <= slot.minute < 180}
    assert night == {23: {}, 24: {120: 1, 150: 1}, 25: {120: 2, 150: 2}}[hours]


def test_a_company_in_another_zone_has_its_own_days(acme, zen):
    zen.zone = "America/New_York"
    zen.save()
    # 23:30 in New York on the 23rd is 05:30 in Amsterdam on the 24th.
    finish(zen, datetime(2026, 11, 24, 4, 30, tzinfo=UTC), answer=1)
    assert (day_of(zen).offered, day_of(None).offered) == (1, 0)
    assert service_level.service_level(**whole(zen)).zone == "America/New_York"
    lines = {line.company.slug: line for line in service_level.companies_overview(since=DAY, until=DAY)}
    assert (lines["zen"].level.offered, lines["acme"].level.offered) == (1, 0)
    tomorrow = DAY + timedelta(days=1)
    assert day_of(None, tomorrow).offered == 1
    lines = {line.company.slug: line for line in service_level.companies_overview(since=tomorrow, until=tomorrow)}
    assert lines["zen"].level.offered == 0


def test_days_of_all_companies_may_be_each_company_s_own(acme, zen):
    zen.zone = "America/New_York"
    zen.save()
    for company in (acme, zen):
        finish(company, datetime(2026, 11, 24, 4, 30, tzinfo=UTC), answer=1)
    counted = count_by("day", company=None, zone=None, since=DAY, until=DAY + timedelta(days=1))
    assert {day: level.offered for day, level in counted.items() if day} == {DAY: 1, DAY + timedelta(days=1): 1}


@pytest.mark.parametrize(("days", "code"), [(-1, "reversed"), (400, "too_long")], ids=["reversed", "too long"])
def test_a_period_is_in_order_and_at_most_400_days(acme, days, code):
    period = {"since": DAY, "until": DAY + timedelta(days=days)}
    for report in (service_level.service_level, read_report):
        with pytest.raises(BadPeriod, match=code):
            report(company=acme, **period)
    with pytest.raises(BadPeriod, match=code):
        service_level.companies_overview(**period)


def test_400_days_are_a_period(acme):
    report = service_level.service_level(company=acme, since=DAY, until=DAY + timedelta(days=399))
    assert len(report.days) == 400


def test_a_report_of_all_counts_days_by_the_agency_s_calendar_and_companies_by_their_own(acme, zen):
    zen.zone = "America/New_York"
    zen.save()
    for company in (acme, zen):
        # Around midnight of both zones, an hour apart.
        for hour in range(36):
            finish(company, on(hour - 4, 30), answer=1 + hour, rating=hour % 2, free_slots=0)
    for day in (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)):
        report = read_report(**whole(None, day))
        assert report.level == service_level.service_level(**whole(None, day))
        assert report.companies == service_level.companies_overview(since=day, until=day)
        own = {line.company.slug: line.level for line in report.companies}
        assert own["zen"] == day_of(zen, day)
        assert own["acme"] == day_of(acme, day)
        total = report.level.total
        assert sum(slot.base for slot in report.half_hours) == total.base
        assert sum(step.count for step in report.responses) == total.answered
        assert {row.local_at.date() for row in report.worst} <= {day}
    assert own["zen"] != own["acme"]


def test_chapters_that_are_not_asked_for_are_empty(acme):
    finish(acme, on(9), answer=21)
    report = read_report(**whole(acme), chapters={"worst"})
    assert (len(report.worst), report.half_hours, report.responses) == (1, [], [])
    assert (report.level.total.offered, report.companies, report.bounces) == (0, [], [])
    assert read_report(**whole(acme), chapters={"bounces"}).bounces == []
