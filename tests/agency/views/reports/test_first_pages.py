"""The first pages of a manager and of a company: promises kept today, and what is agreed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from agency.models import Certification, Promise
from agency.services.reports.today import list_today
from tests.agency.services.pool.history import add_chat
from tests.agency.services.records import finish
from tests.agency.services.reports.reports import DAY, on
from tests.agency.views.reports.report_page import show

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.clock.now", lambda: NOW)


def a_day(acme, zen):
    """Acme answers 27 of 30 of a promised 90 % in time, Zen 37 of 40 of a promised 95 %."""
    facts = {"version": 1, "seconds": 30, "valid_from": NOW - timedelta(days=9)}
    Promise.objects.create(company=zen, share=Decimal("0.950"), **facts)
    for number in range(30):
        finish(acme, on(9, number), answer=8 if number < 27 else 30)
    for number in range(40):
        answer = {"answer": 8 if number < 37 else 50, "promise_seconds": 30}
        finish(zen, on(10, number), **answer)


def test_the_manager_s_first_page_shows_today_by_company_worst_first(manager, acme, zen):
    a_day(acme, zen)
    finish(acme, on(9, day=DAY - timedelta(days=1)), answer=90)
    page = show(manager, "/manage/")
    first = page.index("Beloftes vandaag")
    assert page.index("37 van 40", first) < page.index("27 van 30", first)
    assert "92,5 %" in page
    assert "95 % binnen 30 s" in page
    assert "90,0 %" in page
    assert f"company={zen.pk}&from=2026-11-23&to=2026-11-23" in page


def test_few_chats_of_today_have_no_percentage(manager, acme, zen):
    finish(acme, on(9), answer=30)
    page = show(manager, "/manage/")
    assert "0 van 1" in page
    assert "0,0 %" not in page
    assert "1 bedrijf had nog geen chat" in page


def test_the_worst_is_most_chats_short_of_its_promise(acme, zen):
    finish(acme, on(9), answer=30)
    for number in range(30):
        finish(zen, on(9, number), answer=8 if number < 20 else 30)
    assert [line.company for line in list_today(NOW).lines] == [zen, acme]


def test_a_page_of_the_list_counts_nothing_of_today(manager, acme):
    finish(acme, on(9), answer=30)
    assert "Beloftes vandaag" not in show(manager, "/manage/", q="acme")


@pytest.fixture
def owner(carol):
    browser = Client(HTTP_HOST="acme.localhost")
    browser.force_login(carol)
    return browser


def test_the_owner_sees_hours_promise_and_who_answers(owner, acme, bob):
    add_chat(acme, 1, NOW - timedelta(hours=3))
    page = show(owner, "/")
    assert "00:00-24:00" in page
    assert "90 % van de chats binnen 20 seconden door een mens beantwoord" in page
    assert "Alice, Bob" in page
    Certification.objects.filter(operator=bob.operator).delete()
    assert "Alice, Bob" not in show(owner, "/")


def test_the_owner_chooses_a_month(owner, acme):
    add_chat(acme, 1, datetime(2026, 10, 5, 9, tzinfo=UTC))
    add_chat(acme, 2, datetime(2026, 10, 6, 9, tzinfo=UTC), waited=40)
    add_chat(acme, 3, NOW - timedelta(hours=3))
    assert "1 van 1" in show(owner, "/")
    page = show(owner, "/", month="2026-10")
    assert "31 oktober 2026" in page
    assert "Beantwoord binnen 20 s" in page
    assert "1 van 2" in page
    # Today stays today.
    assert "1 van 1 beantwoord binnen 20 s" in page


@pytest.mark.parametrize("month", ["x", "2026-13", "2031-01", "%00"])
def test_a_month_that_isn_t_one_is_this_one(owner, acme, month):
    add_chat(acme, 3, NOW - timedelta(hours=3))
    assert "1 van 1" in show(owner, "/", month=month)
