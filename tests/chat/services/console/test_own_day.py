"""An operator's own day as they see it: the report's figures of their chats, and when they are planned next."""

from datetime import datetime, timedelta

import pytest

from agency.models import ChatRecord, Shift, User
from agency.services.reports import today
from chat.services.console.own_day import get_own_day
from tests.agency.services.records import finish
from tests.agency.services.reports.reports import by_hand, day_of, on

pytestmark = pytest.mark.django_db

NOW = on(14)


def plan(person: User, *spans: tuple[datetime, datetime]) -> None:
    for starts_at, ends_at in spans:
        Shift.objects.create(operator=person.operator, starts_at=starts_at, ends_at=ends_at)


def test_own_figures_are_those_of_the_report(acme, alice, bob) -> None:
    by_hand(acme)
    ChatRecord.objects.update(operator=alice.operator)
    assert today.own_level(alice.pk, NOW) == day_of(None)
    # A colleague's, one that nobody held, and yesterday's are not hers.
    finish(acme, on(12, 30), answer=90, operator=bob.operator)
    finish(acme, on(12, 40), end=90, by="left")
    finish(acme, on(-1), answer=90, operator=alice.operator)
    report = day_of(None)
    own = today.own_level(alice.pk, NOW)
    assert (own.offered, own.base) == (report.offered - 2, report.base - 2)
    assert today.own_level(bob.pk, NOW).offered == 1


def test_a_chat_of_every_company_counts_on_the_agency_s_day(acme, zen, alice) -> None:
    zen.zone = "America/New_York"
    zen.save()
    for company in (acme, zen):
        finish(company, on(0), answer=5, operator=alice.operator)
        finish(company, on(0) - timedelta(seconds=1), answer=5, operator=alice.operator)
    assert today.own_level(alice.pk, NOW).offered == 2


def test_it_takes_two_queries_and_says_nothing_of_nothing(acme, alice, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        day = get_own_day(operator_id=alice.pk, now=NOW)
    assert (day.offered, day.base, day.response_p50, day.next_shift) == (0, 0, None, None)
    for seconds in (4, 9, 30):
        finish(acme, on(9), answer=seconds, operator=alice.operator)
    plan(alice, (on(20), on(22)))
    with django_assert_num_queries(2):
        day = get_own_day(operator_id=alice.pk, now=NOW)
    assert (day.offered, day.within_promise, day.base, day.response_p50) == (3, 2, 3, 9)
    assert day.next_shift is not None


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], None),
        ([(9, 13)], None),
        ([(9, 17)], None),
        ([(9, 14)], None),
        ([(14, 17)], None),
        ([(9, 17), (33, 41)], (33, 41)),
        ([(9, 17), (17, 20), (33, 41)], (33, 41)),
        ([(33, 37), (37, 41), (42, 44)], (33, 41)),
        ([(15, 17), (16.5 + 24, 44)], (15, 17)),
    ],
    ids=[
        "nothing planned", "it is over", "it runs", "it ends now", "it begins now", "the one after it",
        "the one that runs is two", "the next is two", "later today",
    ],
)  # fmt: skip
def test_the_next_shift_is_the_next_stretch_that_has_not_begun(alice, bob, spans, expected) -> None:
    plan(bob, (on(15), on(16)))
    plan(alice, *((on(0) + timedelta(hours=a), on(0) + timedelta(hours=b)) for a, b in spans))
    found = get_own_day(operator_id=alice.pk, now=NOW).next_shift
    hours = found and tuple((at - on(0)) / timedelta(hours=1) for at in (found.starts_at, found.ends_at))  # fmt: skip
    assert hours == expected
