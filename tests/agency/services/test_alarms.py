"""Alarms are counted behind the pages: companies that too few know, chats that nobody takes, plans with gaps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agency.models import (
    PoolEntry,
    Shift,
    User,
)
from agency.services import alarms
from agency.services.certification import certify
from tenants.models import Company
from tests.chat.services.stage import sit, write_first

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_alarms_are_counted_behind_the_pages_and_read_in_one_query(
    acme: Company, zen: Company, bob: User, maud: User, django_assert_num_queries: Any
) -> None:
    assert alarms.list_alarms(NOW) == [alarms.Alarm("uncounted", 1)]
    alarms.count_alarms(NOW)
    assert [(alarm.kind, alarm.count) for alarm in alarms.list_alarms(NOW)] == [("short", 1)]
    begun, _ = write_first(now=NOW) if sit("bob@balie.test", now=NOW) else (None, None)
    PoolEntry.objects.filter(pk=begun.chat_id).update(called_at=NOW, bounces=2)
    alarms.count_alarms(NOW)
    with django_assert_num_queries(1):
        found = alarms.list_alarms(NOW)
    assert [(alarm.kind, alarm.count, alarm.extra) for alarm in found] == [
        ("called", 1, 2),
        ("short", 1, 0),
    ]
    # Of what staff changed the next count knows, whatever it keeps of the plan.
    certify.certify(operator=bob.operator, company=zen, by=maud, now=NOW)
    alarms.count_alarms(NOW)
    assert [alarm.kind for alarm in alarms.list_alarms(NOW)] == ["called"]
    PoolEntry.objects.update(state="open", operator=bob.operator)
    alarms.count_alarms(NOW)
    assert alarms.list_alarms(NOW + timedelta(minutes=2)) == []
    # A worker that stands still is said, with what it said last.
    late = NOW + timedelta(minutes=5, seconds=10)
    assert alarms.list_alarms(late) == [alarms.Alarm("uncounted", 1, 5)]


def test_a_plan_with_too_few_certified_people_is_an_alarm(acme: Company, zen: Company, alice: User) -> None:
    Shift.objects.create(
        operator=alice.operator,
        starts_at=NOW + timedelta(hours=1),
        ends_at=NOW + timedelta(hours=9),
    )
    alarms.count_alarms(NOW)
    gaps, short = alarms.list_alarms(NOW)
    assert (gaps.kind, gaps.count) == ("gaps", 2)
    assert gaps.extra > 0
    assert short.kind == "short"
