"""A company's overview and satisfaction page: who gets in, and that the numbers are those of the report."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from agency.models import PortalMember
from tests.agency.services.pool.history import add_chat
from tests.cast import PASSWORD
from tests.pages import browser_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOST = "acme.localhost"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balie.pages.portal.clock.now", lambda: NOW)


def text_of(answer: Any) -> str:
    page = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(page.replace("&nbsp;", " ").replace("\xa0", " ").split())


def a_month(company: Any) -> None:
    """Write six chats: three in time, one late, one missed, one who left at once. One is of last month, one spam
    beside.
    """
    add_chat(company, 1, NOW - timedelta(days=20, hours=2))
    add_chat(company, 2, NOW - timedelta(days=2), waited=7, good=True, words="Lekker snel")
    add_chat(company, 3, NOW - timedelta(days=2), waited=26, good=False, words="Duurde lang")
    add_chat(company, 4, NOW - timedelta(hours=3), waited=11, name="Sander", good=True)
    add_chat(company, 5, NOW - timedelta(hours=2), waited=None, lasted=60, close_reason="left")
    add_chat(company, 6, NOW - timedelta(hours=1), waited=None, lasted=4, close_reason="visitor")
    add_chat(company, 7, NOW - timedelta(hours=1), waited=3, outcome="spam", good=True, words="x")


@pytest.mark.parametrize("role", list(PortalMember.Role))
def test_every_role_reads_every_page(acme, carol, role):
    add_chat(acme, 1, NOW - timedelta(hours=1))
    PortalMember.objects.filter(user=carol).update(role=role)
    for path in ("/", "/chats/", "/chats.csv", "/satisfaction/"):
        assert browser_of(carol).get(path).status_code == 200, path


@pytest.mark.parametrize("path", ["/", "/chats/", "/chats.csv", "/satisfaction/"])
def test_strangers_find_nothing_and_nobody_signs_in_first(acme, dave, maud, alice, path):
    for user in (dave, maud, alice):
        assert browser_of(user).get(path).status_code == 404
    assert Client(HTTP_HOST=HOST).get(path).status_code == 302
    dave.portal_memberships.create(company=acme, role="reader")
    dave.is_active = False
    dave.save()
    assert browser_of(dave).get(path).status_code in {302, 404}


@pytest.mark.parametrize("path", ["/", "/chats/", "/chats.csv", "/satisfaction/"])
def test_nothing_can_be_changed_here(carol, path):
    assert browser_of(carol).post(path, {"words": "x"}).status_code == 405


def test_the_overview_counts_the_month(acme, carol):
    a_month(acme)
    page = text_of(browser_of(carol).get("/"))
    # In time: 2 and 4. Base: they, the late one and the one who left after 60 s. Chat 1 was in October.
    assert "Beantwoord binnen 20 s 2 van 4 belofte 90 %" in page
    # 7, 11, 26: half within 11, all within 26.
    assert "Eerste reactie 11 s" in page
    assert "90 % binnen 26 s" in page
    # Five in hours without spam; October's same days had none.
    assert "Chats 5 1 gemist" in page
    assert "Tevreden 67 %" in page
    assert "3 van 5 gaven een oordeel" in page
    assert "1 van 2 beantwoord binnen 20 s" in page


def test_the_overview_compares_with_the_same_days(acme, carol):
    a_month(acme)
    add_chat(acme, 8, datetime(2026, 10, 20, 21, 59, tzinfo=UTC))
    add_chat(acme, 9, datetime(2026, 10, 20, 22, 1, tzinfo=UTC))  # the 21st in Amsterdam
    assert "4 meer dan op dezelfde dagen van oktober" in text_of(browser_of(carol).get("/"))


def test_the_overview_costs_the_same_for_one_chat_and_for_forty(acme, carol, django_assert_max_num_queries):
    for number in range(1, 41):
        add_chat(acme, number, NOW - timedelta(minutes=number), good=True)
    browser = browser_of(carol)
    browser.get("/")
    with django_assert_max_num_queries(34):
        browser.get("/")


def test_the_cost_so_far_is_the_ledger_s(acme, carol, maud):
    from billing.services.charging import charge_settled
    from billing.services.prices import set_price

    set_price(
        company=acme,
        amount=Decimal("1.45"),
        valid_from=datetime(2026, 10, 1).date(),
        by=maud,
        now=NOW,
    )
    a_month(acme)
    charge_settled()
    page = text_of(browser_of(carol).get("/"))
    # November: 2, 3 and 4 are billed; 5 and 6 weren't answered, 7 is spam.
    assert "€ 4,35" in page
    assert "3 betaald, 3 gratis" in page


def test_satisfaction_has_its_base_its_interval_and_the_words(acme, carol):
    a_month(acme)
    page = text_of(browser_of(carol).get("/satisfaction/"))
    assert "67 %" in page
    assert "2 goed van 3 oordelen" in page
    assert "21 tot 94 %" in page  # Wilson of 2 in 3
    assert "3 van 5 chats" in page
    assert "Lekker snel" in page
    assert "Duurde lang" in page
    assert "“x”" not in page  # spam
    assert text_of(browser_of(carol).get("/satisfaction/?month=2026-10")).count("Nog niets") == 2


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0000-00", "2031-01", "2026-11-01", "%00"])
def test_a_month_that_isn_t_one_is_the_present_one(acme, carol, month):
    a_month(acme)
    answer = browser_of(carol).get(f"/satisfaction/?month={month}")
    assert answer.status_code == 200
    assert "Lekker snel" in answer.content.decode()


def test_a_password_of_the_cast_opens_the_portal(carol):
    browser = Client(HTTP_HOST=HOST)
    browser.post("/accounts/login/", {"login": carol.email, "password": PASSWORD})
    assert browser.get("/chats/").status_code == 200
