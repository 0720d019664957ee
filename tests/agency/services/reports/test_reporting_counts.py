"""The counts of a report: each company its own, ratings once, spam not, bounces by reason. Many cost the same."""

import uuid
from datetime import timedelta

import pytest

from agency.domain.pool import reasons, trail_reasons
from agency.domain.promise.figures import Level
from agency.models import Assignment
from agency.services import records
from agency.services.reports import service_level
from agency.services.reports.report import read_report
from agency.services.spam import flag_spam
from tests.agency.services.records import finish
from tests.agency.services.reports.reports import DAY, by_hand, day_of, on, whole

pytestmark = pytest.mark.django_db


def test_a_company_s_row_is_its_own_page(acme, zen):
    by_hand(acme)
    finish(zen, on(9), answer=2)
    lines = {line.company.slug: line for line in service_level.companies_overview(since=DAY, until=DAY)}
    for company in (acme, zen):
        report = service_level.service_level(**whole(company))
        line = lines[company.slug]
        assert (line.level, line.promise, line.kept) == (report.total, report.promise, report.kept)


def test_one_company_never_counts_in_another_s(acme, zen):
    by_hand(zen)
    assert day_of(acme) == Level()
    report = read_report(**whole(acme))
    assert (report.worst, report.half_hours) == ([], [])
    assert not any(step.count for step in report.responses)


def test_a_rating_that_changes_counts_once_by_its_newest_value(acme):
    record = finish(acme, on(9), answer=2)
    records.note_rating(chat_id=record.pk, good=True, now=on(10))
    records.note_rating(chat_id=record.pk, good=False, now=on(11))
    level = day_of(acme)
    assert (level.good, level.rated, level.satisfaction) == (0, 1, 0.0)


def test_flagged_spam_leaves_promise_and_satisfaction_and_comes_back(acme, maud):
    record = finish(acme, on(9), answer=2, rating=1)
    for spam in (True, False):
        flag_spam(chat_id=record.pk, spam=spam, by=maud, note="", now=on(10 + (not spam)))
        level = day_of(acme)
        assert level.spam == int(spam)
        assert level.offered == level.rated == level.askable == int(not spam)


def test_a_report_costs_the_same_however_many_chats(acme, zen, django_assert_num_queries):
    by_hand(acme)
    before = (DAY - timedelta(days=1), DAY - timedelta(days=1))
    # The chats, those of the period before, those of all beside one company's; a promise or all, the companies;
    # bounces.
    for company, queries in ((acme, 5), (None, 5)):
        with django_assert_num_queries(queries):
            read_report(**whole(company), before=before)
    for chapter, queries in (("days", 2), ("half_hours", 2), ("worst", 2), ("bounces", 2)):
        with django_assert_num_queries(queries):
            read_report(**whole(acme), chapters={chapter})
    with django_assert_num_queries(2):
        service_level.service_level(**whole(acme))
    with django_assert_num_queries(3):
        service_level.companies_overview(since=DAY, until=DAY)


def test_bounces_are_counted_by_reason_on_the_day_they_happened(acme, zen, alice):
    def bounce(company, reason, at, chat_id=None):
        Assignment.objects.create(
            chat_id=chat_id or uuid.uuid4(),
            company=company,
            operator=alice.operator,
            kind="bounce",
            code=reason.code,
            facts=reasons.write(reason),
            fence=Assignment.objects.count(),
            at=at,
        )

    twice = uuid.uuid4()
    no_answer, declined = trail_reasons.no_answer(seconds=10), trail_reasons.declined(words="")
    bounce(acme, no_answer, on(0), twice)
    bounce(acme, declined, on(23, 59, 59.9), twice)
    bounce(acme, trail_reasons.declined(words="te druk"), on(12))
    bounce(acme, trail_reasons.lease_ended(), on(12))
    bounce(acme, trail_reasons.transfer_passed(why=(no_answer,)), on(12))
    bounce(acme, trail_reasons.break_began(), on(12))
    bounce(acme, trail_reasons.other(text="struck by lightning"), on(12))
    bounce(acme, declined, on(24))
    bounce(zen, no_answer, on(12))
    found = read_report(**whole(acme)).bounces
    assert [(line.reason, line.said, line.count, line.chats) for line in found] == [
        (None, "", 7, 6),
        ("other", "", 2, 2),
        ("declined", "", 1, 1),
        ("declined", "te druk", 1, 1),
        ("lease_ended", "", 1, 1),
        ("no_answer", "", 1, 1),
        ("transfer_passed", "", 1, 1),
    ]
    assert read_report(**whole(None)).bounces[0].count == 8
    assert read_report(**whole(acme, DAY - timedelta(days=9))).bounces == []
