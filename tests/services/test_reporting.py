"""Service levels: SQL against the pure rules, one day worked out by hand, and where a day begins."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agency.domain import metrics, sla
from agency.domain.metrics import Cause, Level, nearest_rank
from agency.models import Assignment, ChatRecord, Promise, RecordEvent
from agency.services import records, reporting
from agency.services.reporting import BadPeriod
from tenants.models import Company
from tests.services.records import finish, note

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)
MICRO = 0.000001
SPAM, RATING = RecordEvent.Kind.SPAM, RecordEvent.Kind.RATING


def on(hour: int, minute: int = 0, second: float = 0, *, day: date = DAY) -> datetime:
    """A moment of winter's Amsterdam, one hour before UTC's."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)
    return start + timedelta(hours=hour, minutes=minute, seconds=second)


def day_of(company: Company | None, day: date = DAY) -> Level:
    """One day's total."""
    return reporting.service_level(company=company, since=day, until=day).total


# SQL and the pure rules

EDGES = [0.0, 4.999999, 5.0, 5.000001, 9.999999, 10.0, 10.000001, 19.999999, 20.0, 20.000001]
EDGES += [29.999999, 30.0, 30.000001, 45.0, 599.999999]
waits = st.one_of(st.sampled_from(EDGES), st.integers(0, 90_000_000).map(lambda us: us / 1e6))
facts = st.fixed_dictionaries(
    {
        "answer": st.none() | waits,
        "end": waits,
        "accept": st.none() | waits,
        "by": st.sampled_from(
            ["operator", "visitor", "idle", "left", "end_of_hours", "nobody", "manager"]
        ),
        "settle": st.none() | waits,
        "promise_seconds": st.sampled_from([5, 20, 25, 30]),
        "seats": st.integers(0, 2),
        "free_slots": st.integers(0, 2),
        "bounces": st.integers(0, 2),
        "concurrency": st.integers(0, 3),
        "in_hours": st.booleans(),
        "outcome": st.sampled_from(["", "resolved", "spam", "test"]),
        "rating": st.none() | st.integers(0, 1),
        "later": st.lists(st.integers(0, 1), max_size=2),
    }
)


def judge(record: ChatRecord) -> tuple[sla.Verdict, Cause | None]:
    """Verdict and cause by the pure rules."""
    verdict = sla.verdict(
        sla.Promise(record.promise_seconds),
        arrived_at=record.arrived_at,
        first_human_at=record.first_human_at,
        closed_at=record.closed_at,
        visitor_left=record.visitor_left_at is not None,
    )
    return verdict, metrics.cause(
        verdict=verdict,
        arrived_at=record.arrived_at,
        assigned_at=record.assigned_at,
        promise_seconds=record.promise_seconds,
        close_reason=record.close_reason,
        seats=record.seats,
        free_slots=record.free_slots,
        bounces=record.bounces,
    )


def expected(chats: list[ChatRecord]) -> dict[str, Any]:
    """What the report must say, counted by the definitions in words, chat by chat."""
    clean = [chat for chat in chats if not records.is_spam(chat)]
    counted = [chat for chat in clean if chat.in_hours]
    ruled = [(chat, *judge(chat)) for chat in counted]
    waited = [
        (c.first_human_at - c.arrived_at).total_seconds() for c in counted if c.first_human_at
    ]
    left = [
        (c.closed_at - c.arrived_at).total_seconds()
        for c, v, _ in ruled
        if v is sla.Verdict.ABANDONED
    ]
    closed = sum(v is sla.Verdict.MISSED for _, v, _ in ruled)
    within = sum(v is sla.Verdict.ANSWERED_WITHIN for _, v, _ in ruled)
    late_left = sum(
        v is sla.Verdict.ABANDONED
        and (c.closed_at - c.arrived_at).total_seconds() > c.promise_seconds
        for c, v, _ in ruled
    )
    ratings = [e.value for c in clean for e in c.events.filter(kind=RATING)]
    done = [c for c in counted if c.assigned_at and c.settled_at]
    together = [c.concurrency for c in done if c.concurrency]
    lasted = [(c.closed_at - c.arrived_at).total_seconds() for c in counted if c.first_human_at]
    return {
        "offered": len(counted),
        "answered": len(waited),
        "within_promise": within,
        "within_20": sum(w <= 20 for w in waited),
        "within_30": sum(w <= 30 for w in waited),
        "abandoned": len(left),
        "short_abandons": sum(v is sla.Verdict.SHORT_ABANDON for _, v, _ in ruled),
        "closed_unanswered": closed,
        "lost_after_promise": closed + late_left,
        "lost_after_20": closed + sum(w > 20 for w in left),
        "lost_after_30": closed + sum(w > 30 for w in left),
        "missed_by": {
            cause: sum(c.first_human_at is None and why is cause for c, _, why in ruled)
            for cause in Cause
        },
        "late_by": {
            cause: sum(c.first_human_at is not None and why is cause for c, _, why in ruled)
            for cause in Cause
        },
        "tests": sum(c.outcome == "test" for c in counted),
        "response_p50": nearest_rank(waited, 0.5),
        "response_p90": nearest_rank(waited, 0.9),
        "response_p95": nearest_rank(waited, 0.95),
        "response_max": max(waited, default=None),
        "duration_p50": nearest_rank(lasted, 0.5),
        "duration_p90": nearest_rank(lasted, 0.9),
        "handled": len(done),
        "handle_seconds": pytest.approx(
            sum((c.settled_at - c.assigned_at).total_seconds() for c in done) / len(done)
        )
        if done
        else None,
        "concurrency": pytest.approx(sum(together) / len(together)) if together else None,
        "good": sum(value == 1 for value in ratings),
        "rated": len(ratings),
        "askable": len(clean),
        "spam": len(chats) - len(clean),
        "out_of_hours": len(clean) - len(counted),
    }


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(facts, min_size=1, max_size=12))
def test_sql_and_the_rules_agree_on_any_chats(acme, chats):
    with transaction.atomic():
        made = []
        for number, chat in enumerate(chats):
            later = chat.pop("later")
            record = finish(acme, on(12, number), **chat)
            for step, value in enumerate(later):
                note(record, SPAM, value, after=1000 + step)
            chat["later"] = later
            made.append(record)
        level = day_of(acme)
        said = expected(made)
        assert {name: getattr(level, name) for name in said} == said
        found = {row.chat_id: row.cause for row in reporting.worst(**whole(acme), limit=100)}
        ruled = {c.pk: judge(c)[1] for c in made if c.in_hours and not records.is_spam(c)}
        assert found == {chat_id: why for chat_id, why in ruled.items() if why}
        slots = reporting.by_half_hour(**whole(acme))
        assert sum(slot.base for slot in slots) == level.base
        assert sum(slot.within for slot in slots) == level.within_promise
        bins = reporting.responses(**whole(acme))
        assert sum(step.count for step in bins) == level.answered
        transaction.set_rollback(True)


def whole(company: Company | None, day: date = DAY) -> dict[str, Any]:
    """One day, as arguments."""
    return {"company": company, "since": day, "until": day}


# One day worked out by hand: what came in at acme on Monday 23 November 2026, promise 20 s.
#
#    at     what                                    wait      verdict            by 20 / by 30
# 1  09:00  answered at 8 s, ends 300 s, good         8.0     within             yes / yes
# 2  09:10  answered at 20 s exactly, ends 600, good 20.0     within             yes / yes
# 3  09:20  answered at 20.000001 s, ends 400        20.000001 late, accepted at 10: slow answer   no / yes
# 4  09:45  answered at 31 s, ends 500, not good     31.0     late, no free slot: all full         no / no
# 5  10:00  left at 5 s                               5.0     short visit: not in the share
# 6  10:05  left at 5.000001 s                        5.000001 abandoned before 20 s: not in the share, missed (slow accept)
# 7  10:10  left at 25 s, no seat                    25.0     abandoned after 20 s: in the share; not at 30 s
# 8  10:20  operator closes at 12 s without a text   12.0     closed unanswered: in the share
# 9  11:00  spam by outcome                            -      out of all
# 10 11:05  marked as spam the day after               -      out of all
# 11 11:10  spam by outcome, taken back; answered 3 s 3.0     within             yes / yes
# 12 23:30  outside opening hours, answered, good      -      apart; its rating counts
# 13 12:00  wrapped up as a test, answered at 10 s   10.0     within             yes / yes
#
# offered 1-8, 11, 13 = 10; answered 1-4, 11, 13 = 6; within 1, 2, 11, 13 = 4
# kept = 4 / (6 + 7th + 8th) = 4 / 8 = 50 %;  at 20 s the same;  at 30 s (4 + 3rd) / (6 + 8th) = 5 / 7
# strict = 4 / 10.  waits sorted: 3, 8, 10, 20, 20.000001, 31: p50 = 3rd = 10, p90 = p95 = 6th = 31
# durations sorted 100, 200, 300, 400, 500, 600: p50 = 3rd = 300, p90 = 6th = 600
# handled 1 (accept 4 s, settle 340: 336 s, held 1) and 2 (10, 650: 640 s, held 2): mean 488 s at 1.5
# rated 1, 2, 4, 12 = 4, good 3; could rate: 1-8, 11, 12, 13 = 11


def by_hand(acme: Company) -> None:
    """Make that day."""
    finish(acme, on(9), answer=8, end=300, accept=4, settle=340, concurrency=1, rating=1)
    finish(acme, on(9, 10), answer=20, end=600, accept=10, settle=650, concurrency=2, rating=1)
    finish(acme, on(9, 20), answer=20 + MICRO, end=400, accept=10)
    finish(acme, on(9, 45), answer=31, end=500, accept=25, free_slots=0, rating=0)
    finish(acme, on(10), end=5, by="left")
    finish(acme, on(10, 5), end=5 + MICRO, by="visitor")
    finish(acme, on(10, 10), end=25, by="left", seats=0, free_slots=0)
    finish(acme, on(10, 20), end=12, by="operator", accept=2)
    finish(acme, on(11), answer=2, outcome="spam", rating=1)
    late = finish(acme, on(11, 5), answer=40)
    note(late, SPAM, 1, after=86_400)
    back = finish(acme, on(11, 10), answer=3, end=200, outcome="spam")
    note(back, SPAM, 1, after=300)
    note(back, SPAM, 0, after=400)
    finish(acme, on(23, 30), answer=50, end=60, in_hours=False, rating=1)
    finish(acme, on(12), answer=10, end=100, outcome="test")


def test_a_day_worked_out_by_hand(acme):
    by_hand(acme)
    level = day_of(acme)
    counts = (level.offered, level.answered, level.within_promise, level.within_20, level.within_30)
    assert counts == (10, 6, 4, 4, 5)
    assert (level.abandoned, level.short_abandons, level.closed_unanswered) == (2, 1, 1)
    assert (level.missed, level.late) == (3, 2)
    assert {why: n for why, n in level.missed_by.items() if n} == {
        Cause.SLOW_ACCEPT: 1,
        Cause.NO_SEAT: 1,
        Cause.CLOSED_SILENTLY: 1,
    }
    assert {why: n for why, n in level.late_by.items() if n} == {
        Cause.SLOW_ANSWER: 1,
        Cause.ALL_FULL: 1,
    }
    shares = (level.service_level, level.service_level_20, level.service_level_30, level.strict)
    assert shares == (4 / 8, 4 / 8, 5 / 7, 4 / 10)
    assert (level.response_p50, level.response_p90, level.response_p95) == (10, 31, 31)
    assert (level.duration_p50, level.duration_p90) == (300, 600)
    assert (level.handled, level.handle_seconds, level.concurrency) == (2, 488, 1.5)
    assert (level.good, level.rated, level.askable) == (3, 4, 11)
    assert (level.spam, level.out_of_hours, level.tests) == (2, 1, 1)


def test_the_worst_are_the_longest_waits_with_their_causes(acme):
    by_hand(acme)
    rows = reporting.worst(**whole(acme))
    assert [(row.waited, row.cause) for row in rows] == [
        (31.0, Cause.ALL_FULL),
        (25.0, Cause.NO_SEAT),
        (20.000001, Cause.SLOW_ANSWER),
        (12.0, Cause.CLOSED_SILENTLY),
        (5.000001, Cause.SLOW_ACCEPT),
    ]
    assert rows[0].local_at == datetime(2026, 11, 23, 9, 45)
    assert (rows[0].company_name, rows[0].accepted_after) == (acme.name, 25.0)
    assert len(reporting.worst(**whole(acme), limit=2)) == 2


def test_half_hours_hold_what_the_share_divides(acme):
    by_hand(acme)
    slots = {
        (s.weekday, s.minute): (s.within, s.base) for s in reporting.by_half_hour(**whole(acme))
    }
    # 10:00: the short visit and the early leaver are in no share; 10:10 and 10:20 are lost.
    assert slots == {
        (0, 540): (2, 3),
        (0, 570): (0, 1),
        (0, 600): (0, 2),
        (0, 660): (1, 1),
        (0, 720): (1, 1),
    }


def test_first_responses_fall_in_steps_of_two_seconds(acme):
    for answer in (0, 1.999999, 2, 39.999999, 40, 300):
        finish(acme, on(9), answer=answer)
    bins = {step.starts: step.count for step in reporting.responses(**whole(acme)) if step.count}
    assert bins == {0: 2, 2: 1, 38: 1, 40: 2}


# Promises


def test_each_chat_is_measured_by_the_promise_it_began_under(acme):
    finish(acme, on(9), answer=25, promise_seconds=30)
    finish(acme, on(9), answer=25, promise_seconds=20)
    finish(acme, on(9), end=25, by="left", promise_seconds=30)
    finish(acme, on(9), end=25, by="left", promise_seconds=20)
    level = day_of(acme)
    assert (level.within_promise, level.base, level.service_level) == (1, 3, 1 / 3)
    assert (level.service_level_20, level.service_level_30) == (0 / 4, 2 / 2)


def test_the_promise_named_is_the_one_in_force_when_the_period_ends(acme):
    first = on(0, day=date(2026, 7, 1))
    Promise.objects.create(company=acme, version=1, seconds=25, share="0.850", valid_from=first)
    Promise.objects.create(
        company=acme, version=2, seconds=30, share="0.950", valid_from=on(0, day=date(2026, 11, 24))
    )
    report = reporting.service_level(**whole(acme))
    assert (report.promise.version, report.promise.seconds, report.promise.share) == (1, 25, 0.85)
    report = reporting.service_level(**whole(acme, date(2026, 11, 24)))
    assert (report.promise.version, report.promise.seconds, report.promise.share) == (2, 30, 0.95)
    assert reporting.service_level(**whole(None)).promise.version == 0


def test_without_chats_nothing_is_kept_or_broken(acme):
    report = reporting.service_level(company=acme, since=DAY, until=DAY + timedelta(days=2))
    assert report.kept is None
    assert [day.level for day in report.days] == [Level()] * 3
    assert report.total == Level()


def test_kept_is_the_promised_share_or_more(acme):
    for _ in range(9):
        finish(acme, on(9), answer=20)
    finish(acme, on(9), answer=21)
    assert reporting.service_level(**whole(acme)).kept is True
    finish(acme, on(9), answer=21)
    assert reporting.service_level(**whole(acme)).kept is False


# Days


def test_amsterdams_day_begins_at_midnight_to_the_microsecond(acme):
    midnight = on(0)
    finish(acme, midnight - timedelta(microseconds=1), answer=1)
    finish(acme, midnight, answer=1)
    finish(acme, on(24) - timedelta(microseconds=1), answer=1)
    finish(acme, on(24), answer=1)
    report = reporting.service_level(
        company=acme, since=DAY - timedelta(days=1), until=DAY + timedelta(days=1)
    )
    assert [day.level.offered for day in report.days] == [1, 2, 1]
    assert day_of(acme).offered == 2


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 1), 24)]
)
def test_a_day_has_all_its_hours_when_the_clock_moves(acme, day, hours):
    # A chat each half hour from two hours before the night to three after it, so every edge is inside.
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=4)
    for step in range(32 * 2):
        finish(acme, start + timedelta(minutes=30 * step), answer=1)
    report = reporting.service_level(
        company=acme, since=day - timedelta(days=1), until=day + timedelta(days=1)
    )
    assert report.days[1].level.offered == hours * 2
    slots = [s for s in reporting.by_half_hour(**whole(acme, day)) if s.weekday == day.weekday()]
    assert sum(slot.base for slot in slots) == hours * 2
    night = {slot.minute: slot.base for slot in slots if 120 <= slot.minute < 180}
    assert night == {23: {}, 24: {120: 1, 150: 1}, 25: {120: 2, 150: 2}}[hours]


def test_a_company_in_another_zone_has_its_own_days(acme, zen):
    zen.zone = "America/New_York"
    zen.save()
    # 23:30 in New York on the 23rd is 05:30 in Amsterdam on the 24th.
    finish(zen, datetime(2026, 11, 24, 4, 30, tzinfo=UTC), answer=1)
    assert (day_of(zen).offered, day_of(None).offered) == (1, 0)
    assert reporting.service_level(**whole(zen)).zone == "America/New_York"
    lines = {line.company.slug: line for line in reporting.companies_overview(since=DAY, until=DAY)}
    assert (lines["zen"].level.offered, lines["acme"].level.offered) == (1, 0)
    tomorrow = DAY + timedelta(days=1)
    assert day_of(None, tomorrow).offered == 1
    lines = {
        line.company.slug: line
        for line in reporting.companies_overview(since=tomorrow, until=tomorrow)
    }
    assert lines["zen"].level.offered == 0


# Companies


def test_a_company_s_row_is_its_own_page(acme, zen):
    by_hand(acme)
    finish(zen, on(9), answer=2)
    lines = {line.company.slug: line for line in reporting.companies_overview(since=DAY, until=DAY)}
    for company in (acme, zen):
        report = reporting.service_level(**whole(company))
        line = lines[company.slug]
        assert (line.level, line.promise, line.kept) == (report.total, report.promise, report.kept)


def test_one_company_never_counts_in_another_s(acme, zen):
    by_hand(zen)
    assert day_of(acme) == Level()
    assert reporting.worst(**whole(acme)) == []
    assert reporting.by_half_hour(**whole(acme)) == []
    assert not any(step.count for step in reporting.responses(**whole(acme)))


# Later facts


def test_a_rating_that_changes_counts_once_by_its_newest_value(acme):
    record = finish(acme, on(9), answer=2)
    records.note_rating(chat_id=record.pk, good=True, now=on(10))
    records.note_rating(chat_id=record.pk, good=False, now=on(11))
    level = day_of(acme)
    assert (level.good, level.rated, level.satisfaction) == (0, 1, 0.0)


def test_flagged_spam_leaves_promise_and_satisfaction_and_comes_back(acme, maud):
    record = finish(acme, on(9), answer=2, rating=1)
    for spam in (True, False):
        records.flag_spam(chat_id=record.pk, spam=spam, by=maud, note="", now=on(10 + (not spam)))
        level = day_of(acme)
        assert level.spam == int(spam)
        assert level.offered == level.rated == level.askable == int(not spam)


# Periods


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "reversed"), (400, "too_long")], ids=["reversed", "too long"]
)
def test_a_period_is_in_order_and_at_most_400_days(acme, days, code):
    period = {"since": DAY, "until": DAY + timedelta(days=days)}
    for report in (
        reporting.service_level,
        reporting.by_half_hour,
        reporting.worst,
        reporting.responses,
    ):
        with pytest.raises(BadPeriod, match=code):
            report(company=acme, **period)
    with pytest.raises(BadPeriod, match=code):
        reporting.companies_overview(**period)


def test_400_days_are_a_period(acme):
    report = reporting.service_level(company=acme, since=DAY, until=DAY + timedelta(days=399))
    assert len(report.days) == 400


def test_a_report_costs_the_same_however_many_chats(acme, zen, django_assert_num_queries):
    by_hand(acme)
    for report, queries in (
        (reporting.service_level, 3),
        (reporting.by_half_hour, 1),
        (reporting.worst, 2),
        (reporting.responses, 1),
    ):
        with django_assert_num_queries(queries):
            report(**whole(acme))
    with django_assert_num_queries(4):
        reporting.companies_overview(since=DAY, until=DAY)


def test_bounces_are_counted_by_reason_on_the_day_they_happened(acme, zen, alice):
    def bounce(company, reason, at, chat_id=None):
        Assignment.objects.create(
            chat_id=chat_id or uuid.uuid4(),
            company=company,
            operator=alice.operator,
            kind="bounce",
            reason=reason,
            fence=Assignment.objects.count(),
            at=at,
        )

    twice = uuid.uuid4()
    bounce(acme, "no answer in 10 s", on(0), twice)
    bounce(acme, "declined", on(23, 59, 59.9), twice)
    bounce(acme, "declined: te druk", on(12))
    bounce(acme, "lease ended", on(12))
    bounce(acme, "transfer: no answer in 10 s", on(12))
    bounce(acme, "struck by lightning", on(12))
    bounce(acme, "declined", on(24))
    bounce(zen, "no answer in 10 s", on(12))
    found = reporting.bounces(**whole(acme))
    assert [(line.reason, line.said, line.count, line.chats) for line in found] == [
        (None, "", 6, 5),
        ("declined", "", 1, 1),
        ("declined", "te druk", 1, 1),
        ("lost", "", 1, 1),
        ("no_answer", "", 1, 1),
        ("other", "", 1, 1),
        ("transfer", "", 1, 1),
    ]
    assert reporting.bounces(**whole(None))[0].count == 7
    assert (
        reporting.bounces(
            company=acme, since=DAY - timedelta(days=9), until=DAY - timedelta(days=9)
        )
        == []
    )
