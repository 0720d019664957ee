"""The service report: SQL and the rules agree, and a day agrees with what was worked out by hand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agency.domain.promise import causes, sla
from agency.domain.promise.causes import Cause
from agency.domain.promise.figures import Level
from agency.domain.promise.shares import nearest_rank
from agency.models import ChatRecord, Promise
from agency.services import spam
from agency.services.reports import service_level
from agency.services.reports.report import read_report
from tests.agency.services.records import finish
from tests.agency.services.reports.reports import (
    DAY,
    RATING,
    by_hand,
    day_of,
    finish_any,
    on,
    random_facts,
    whole,
)

pytestmark = pytest.mark.django_db


def judge(record: ChatRecord) -> tuple[sla.Verdict, Cause | None]:
    """Verdict and cause by the pure rules."""
    verdict = sla.verdict(
        sla.PromiseTerms(record.promise_seconds),
        arrived_at=record.arrived_at,
        first_human_at=record.first_human_at,
        closed_at=record.closed_at,
        visitor_left=record.visitor_left_at is not None,
    )
    chat = causes.FinishedChat(
        arrived_at=record.arrived_at,
        assigned_at=record.assigned_at,
        promise_seconds=record.promise_seconds,
        close_reason=record.close_reason,
        seats=record.seats,
        free_slots=record.free_slots,
        bounces=record.bounces,
    )
    return verdict, causes.cause(verdict, chat)


def counts_as_spam(record: ChatRecord) -> bool:
    """By the pure rule."""
    return spam.is_spam(record.outcome, spam.list_marks([record]).get(record.pk))


@dataclass(frozen=True)
class Ruled:
    """A chat that counts, with its verdict and, of a broken promise, the cause."""

    chat: ChatRecord
    verdict: sla.Verdict
    cause: Cause | None

    @property
    def waited(self) -> float | None:
        """Seconds to the first human text."""
        answered_at = self.chat.first_human_at
        return (answered_at - self.chat.arrived_at).total_seconds() if answered_at else None

    @property
    def lasted(self) -> float:
        """Seconds to the end."""
        return (self.chat.closed_at - self.chat.arrived_at).total_seconds()


def expected(chats: list[ChatRecord]) -> dict[str, Any]:
    """Return what the report must say, counted by the definitions in words, chat by chat."""
    clean = [chat for chat in chats if not counts_as_spam(chat)]
    counted = [Ruled(chat, *judge(chat)) for chat in clean if chat.in_hours]
    ratings = [event.value for chat in clean for event in chat.events.filter(kind=RATING)]
    return {
        **expected_answers(counted),
        **expected_losses(counted),
        **expected_work([ruled.chat for ruled in counted]),
        "tests": sum(ruled.chat.outcome == "test" for ruled in counted),
        "good": sum(value == 1 for value in ratings),
        "rated": len(ratings),
        "askable": len(clean),
        "spam": len(chats) - len(clean),
        "out_of_hours": len(clean) - len(counted),
    }


def expected_answers(counted: list[Ruled]) -> dict[str, Any]:
    """How many were answered, how soon, and how long those chats lasted."""
    waited = [ruled.waited for ruled in counted if ruled.waited is not None]
    lasted = [ruled.lasted for ruled in counted if ruled.waited is not None]
    return {
        "offered": len(counted),
        "answered": len(waited),
        "within_promise": sum(r.verdict is sla.Verdict.ANSWERED_WITHIN for r in counted),
        "within_20": sum(seconds <= 20 for seconds in waited),
        "within_30": sum(seconds <= 30 for seconds in waited),
        "response_p50": nearest_rank(waited, 0.5),
        "response_p90": nearest_rank(waited, 0.9),
        "response_p95": nearest_rank(waited, 0.95),
        "response_max": max(waited, default=None),
        "duration_p50": nearest_rank(lasted, 0.5),
        "duration_p90": nearest_rank(lasted, 0.9),
    }


def expected_losses(counted: list[Ruled]) -> dict[str, Any]:
    """How many were lost, after which waits, and what each broken promise broke for."""
    gone = [ruled for ruled in counted if ruled.verdict is sla.Verdict.ABANDONED]
    closed = sum(ruled.verdict is sla.Verdict.MISSED for ruled in counted)

    def broken_for(cause: Cause, *, answered: bool) -> int:
        return sum(r.cause is cause and (r.waited is not None) is answered for r in counted)

    return {
        "abandoned": len(gone),
        "short_abandons": sum(r.verdict is sla.Verdict.SHORT_ABANDON for r in counted),
        "closed_unanswered": closed,
        "lost_after_promise": closed + sum(r.lasted > r.chat.promise_seconds for r in gone),
        "lost_after_20": closed + sum(r.lasted > 20 for r in gone),
        "lost_after_30": closed + sum(r.lasted > 30 for r in gone),
        "missed_by": {cause: broken_for(cause, answered=False) for cause in Cause},
        "late_by": {cause: broken_for(cause, answered=True) for cause in Cause},
    }


def expected_work(chats: list[ChatRecord]) -> dict[str, Any]:
    """How many were handled to the end, how long that took, and how many at once."""
    done = [chat for chat in chats if chat.assigned_at and chat.settled_at]
    together = [chat.concurrency for chat in done if chat.concurrency]
    handled = [(chat.settled_at - chat.assigned_at).total_seconds() for chat in done]
    return {
        "handled": len(done),
        "handle_seconds": pytest.approx(sum(handled) / len(done)) if done else None,
        "concurrency": pytest.approx(sum(together) / len(together)) if together else None,
    }


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(random_facts, min_size=1, max_size=12))
def test_sql_and_the_rules_agree_on_any_chats(acme, chats):
    with transaction.atomic():
        made = finish_any(acme, chats)
        report = read_report(**whole(acme), worst=100)
        level = report.level.total
        said = expected(made)
        assert {name: getattr(level, name) for name in said} == said
        found = {row.chat_id: row.cause for row in report.worst}
        ruled = {c.pk: judge(c)[1] for c in made if c.in_hours and not counts_as_spam(c)}
        assert found == {chat_id: why for chat_id, why in ruled.items() if why}
        assert sum(slot.base for slot in report.half_hours) == level.base
        assert sum(slot.within for slot in report.half_hours) == level.within_promise
        assert sum(step.count for step in report.responses) == level.answered
        own = {line.company.pk: line.level for line in read_report(**whole(None)).companies}
        assert (own[acme.pk], day_of(acme), day_of(None)) == (level, level, level)
        transaction.set_rollback(True)


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
    rows = read_report(**whole(acme)).worst
    assert [(row.waited, row.cause) for row in rows] == [
        (31.0, Cause.ALL_FULL),
        (25.0, Cause.NO_SEAT),
        (20.000001, Cause.SLOW_ANSWER),
        (12.0, Cause.CLOSED_SILENTLY),
        (5.000001, Cause.SLOW_ACCEPT),
    ]
    assert rows[0].local_at == datetime(2026, 11, 23, 9, 45)
    assert (rows[0].company_name, rows[0].accepted_after) == (acme.name, 25.0)
    assert len(read_report(**whole(acme), worst=2).worst) == 2


def test_half_hours_hold_what_the_share_divides(acme):
    by_hand(acme)
    slots = {(s.weekday, s.minute): (s.within, s.base) for s in read_report(**whole(acme)).half_hours}
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
    bins = {step.starts: step.count for step in read_report(**whole(acme)).responses if step.count}
    assert bins == {0: 2, 2: 1, 38: 1, 40: 2}


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
    Promise.objects.create(company=acme, version=2, seconds=30, share="0.950", valid_from=on(0, day=date(2026, 11, 24)))
    report = service_level.service_level(**whole(acme))
    assert (report.promise.version, report.promise.seconds, report.promise.share) == (1, 25, 0.85)
    report = service_level.service_level(**whole(acme, date(2026, 11, 24)))
    assert (report.promise.version, report.promise.seconds, report.promise.share) == (2, 30, 0.95)
    assert service_level.service_level(**whole(None)).promise.version == 0


def test_without_chats_nothing_is_kept_or_broken(acme):
    report = service_level.service_level(company=acme, since=DAY, until=DAY + timedelta(days=2))
    assert report.kept is None
    assert [day.level for day in report.days] == [Level()] * 3
    assert report.total == Level()


def test_kept_is_the_promised_share_or_more(acme):
    for _ in range(9):
        finish(acme, on(9), answer=20)
    finish(acme, on(9), answer=21)
    assert service_level.service_level(**whole(acme)).kept is True
    finish(acme, on(9), answer=21)
    assert service_level.service_level(**whole(acme)).kept is False
