"""A month of charges as its company, a manager and a file see it."""

import csv
import html
import io
import re
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from agency.models import PortalMember, User
from agency.services.spam import flag_spam
from agency.templatetags.days import dated, day
from billing.domain.pricing import PRECEDENCE, Reason
from billing.domain.turns import Wait
from billing.models import Price
from billing.services.charging import charge_settled
from billing.services.reasons import REASONS, WAITS
from tenants.models import Company
from tests.billing.services.settled import NOW, add_record, give_price, utc
from tests.billing.views.money import ask, browser, fixture_mauds  # noqa: F401 -- fixtures
from tests.pages import squeezed

pytestmark = pytest.mark.django_db


MONTH = "?month=2026-11"


@pytest.fixture
def carols(acme: Company) -> Client:
    return browser("carol@acme.test", "acme.localhost")


def a_month(company: Company, maud: User) -> None:
    """Two billed at 1,284.50 in all, a repeat, one that nobody answered, one flagged afterwards."""
    give_price(company, "642.25")
    visitor = uuid.uuid4()
    add_record(company, utc("2026-11-02T10:00:00"), visitor_id=visitor, number=101)
    add_record(company, utc("2026-11-02T15:00:00"), visitor_id=visitor, number=102)
    add_record(company, utc("2026-11-03T10:00:00"), number=103, first_human_at=None, operator_texts=0)
    add_record(company, utc("2026-11-04T10:00:00"), number=104)
    spam = add_record(company, utc("2026-11-05T10:00:00"), number=105)
    charge_settled()
    flag_spam(chat_id=spam.pk, spam=True, by=maud, note="", now=NOW)
    charge_settled()


def test_every_reason_has_its_words() -> None:
    assert set(REASONS) == set(Reason) == set(PRECEDENCE) | {Reason.NOT_SPAM}
    assert set(WAITS) == set(Wait)


def test_the_month_is_there_to_the_cent_in_both_languages(carols: Client, acme: Company, maud: User) -> None:
    a_month(acme, maud)
    dutch = ask(carols, f"/charges/{MONTH}")
    assert "Totaal € 1.284,50 som van 6 regels, zonder btw" in dutch
    assert "Gefactureerd 3 van 5 chats" in dutch
    assert "Gratis 2 van 5 chats" in dutch
    assert "Herhaling van chat 101 € 0,00" in dutch
    assert "Niet beantwoord € 0,00" in dutch
    assert "Correctie Spam gezegd op vr 20 nov om 13:00 € -642,25" in dutch
    assert "Totaal van november 2026, zonder btw € 1.284,50" in dutch
    # 10:10 UTC is 11:10 in the company's zone.
    assert "Chat 101 ma 2 nov 11:10 Gefactureerd" in dutch
    english = ask(carols, f"/charges/{MONTH}", "en")
    assert "Total €1,284.50 sum of 6 lines, without VAT" in english
    assert "-€642.25" in english


def test_the_rules_stand_below(carols: Client, acme: Company) -> None:
    page = ask(carols, "/charges/", "en")
    assert "Nothing was charged" in page
    with translation.override("en"):
        for reason in PRECEDENCE:
            assert f"{REASONS[reason].short} {REASONS[reason].meaning}" in html.unescape(page)
    assert "in Amsterdam time" in page


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_file_has_the_cells_of_the_page(carols: Client, acme: Company, maud: User, language: str) -> None:
    a_month(acme, maud)
    User.objects.update(language=language)
    answer = carols.get(f"/charges.csv{MONTH}")
    assert answer["Content-Disposition"] == 'attachment; filename="charges-acme-2026-11.csv"'
    body = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body), delimiter=";" if language == "nl" else ","))
    assert len(rows) == 1 + 6
    assert [row[0] for row in rows[1:]] == ["101", "102", "103", "104", "105", "105"]
    assert rows[2][4] == "101"
    assert rows[1][1] == "2026-11-02 11:10:00"
    amounts = [Decimal(row[6].replace(",", ".")) for row in rows[1:]]
    assert sum(amounts) == Decimal("1284.50")


def test_a_manager_sees_the_same_month_of_any_company(mauds: Client, acme: Company, zen: Company, maud: User) -> None:
    a_month(zen, maud)
    page = ask(mauds, f"/manage/companies/{zen.pk}/charges/{MONTH}")
    assert "Zen Energie" in page
    assert "1.284,50" in page
    assert "1.284,50" not in ask(mauds, f"/manage/companies/{acme.pk}/charges/{MONTH}")
    answer = mauds.get(f"/manage/companies/{zen.pk}/charges.csv{MONTH}")
    assert "charges-zen-2026-11.csv" in answer["Content-Disposition"]


@pytest.mark.parametrize("role", PortalMember.Role.values)
def test_every_role_of_the_company_may_look(carols: Client, acme: Company, role: str) -> None:
    PortalMember.objects.filter(user__email="carol@acme.test").update(role=role)
    assert carols.get("/charges/").status_code == 200
    assert carols.get("/charges.csv").status_code == 200
    assert carols.post("/charges/").status_code == 405


@pytest.mark.parametrize("email", ["dave@zen.test", "alice@balie.test", "maud@balie.test"])
def test_nobody_else_finds_the_page(acme: Company, email: str) -> None:
    client = browser(email, "acme.localhost")
    assert client.get("/charges/").status_code == client.get("/charges.csv").status_code == 404


@pytest.mark.parametrize("email", ["carol@acme.test", "alice@balie.test"])
def test_the_managers_pages_are_managers_only(acme: Company, email: str) -> None:
    client = browser(email, "localhost")
    for page in ("prices/", "charges/", "charges.csv"):
        assert client.get(f"/manage/companies/{acme.pk}/{page}").status_code == 404
    give = {"amount": "1", "valid_from": "2026-12-01"}
    assert client.post(f"/manage/companies/{acme.pk}/prices/", give).status_code == 404
    assert not Price.objects.exists()


def test_chats_that_wait_are_named_with_why(carols: Client, acme: Company) -> None:
    add_record(acme, utc("2026-11-02T10:00:00"), number=77)
    page = ask(carols, f"/charges/{MONTH}")
    assert "Nog niet op de rekening" in page
    give_price(acme, since=date(2026, 11, 10))
    add_record(acme, utc("2026-11-12T10:00:00"), number=78)
    charge_settled()
    page = ask(carols, f"/charges/{MONTH}")
    assert "Chat 77 ma 2 nov 11:10 Nog geen prijs op de dag van het einde" in page


@pytest.mark.parametrize(
    "query",
    [
        "?month=",
        "?month=2026-13",
        "?month=0000-00",
        "?month='; DROP TABLE",
        "?month=1999-01",
        "?month=2026-11&page=1",
        "?month=2026-11&page=-1",
        "?month=2026-11&page=99999999999999999999",
        "?month=2026-11&page=²",
        "?month=2026-11&page=%00",
        "?page=x",
    ],
)
def test_what_cant_be_read_shows_a_page_all_the_same(carols: Client, acme: Company, maud: User, query: str) -> None:
    a_month(acme, maud)
    assert carols.get(f"/charges/{query}").status_code == 200
    bad_month = query.startswith("?month=") and not query.startswith("?month=2026-11") and query != "?month="
    assert carols.get(f"/charges.csv{query}").status_code == (422 if bad_month else 200)


def test_fifty_lines_a_page_and_as_many_queries_for_a_hundred_as_for_one(
    carols: Client, acme: Company, django_assert_max_num_queries: Any
) -> None:
    give_price(acme)
    counts = []
    for chats in (1, 120):
        for number in range(chats):
            at = utc("2026-11-02T10:00:00") + timedelta(minutes=number)
            add_record(acme, at, number=1000 * chats + number)
        charge_settled()
        with CaptureQueriesContext(connection) as queries:
            page = carols.get(f"/charges/{MONTH}").content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    assert page.count("<tr id=") == 50
    assert "1 t/m 50 van 121" in ask(carols, f"/charges/{MONTH}")
    last = ask(carols, f"/charges/{MONTH}&page=3")
    assert "101 t/m 121 van 121" in last
    with django_assert_max_num_queries(9):
        carols.get(f"/charges.csv{MONTH}")


@pytest.mark.parametrize(
    ("only", "numbers"),
    [
        ("billed", ["101", "104", "105"]),
        ("free", ["102", "103"]),
        ("corrections", ["105"]),
        ("nonsense", ["101", "102", "103", "104", "105", "105"]),
    ],
)
def test_each_figure_opens_its_lines(carols: Client, acme: Company, maud: User, only: str, numbers: list[str]) -> None:
    a_month(acme, maud)
    page = squeezed(carols.get(f"/charges/{MONTH}&only={only}").content.decode())
    assert re.findall(r'<th scope="row">.*?(\d+)(?:</a>)?</th>', page) == numbers
    assert "1.284,50" in page


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [("nl", "ma 2 mrt", "2 mrt 2026"), ("en", "Mon 2 Mar", "2 Mar 2026")],
)
def test_days_are_written_as_the_language_writes_them(language: str, short: str, long: str) -> None:
    with translation.override(language):
        assert day(utc("2026-03-01T23:00:00")) == short
        assert dated(date(2026, 3, 2)) == long
        assert day(None) == ""


def test_a_company_sees_no_line_of_another(carols: Client, acme: Company, zen: Company) -> None:
    give_price(zen, "222.22")
    add_record(zen, utc("2026-11-02T10:00:00"), number=987_654)
    add_record(zen, utc("2026-11-03T10:00:00"), settled_at=None, number=987_655)
    charge_settled()
    for url in (f"/charges/{MONTH}", f"/charges.csv{MONTH}"):
        body = carols.get(url).content.decode()
        # Written out: a random id may hold any three digits.
        assert "222,22" not in body
        assert "222.22" not in body
        assert "98765" not in body
