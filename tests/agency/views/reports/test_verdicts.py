"""A share beside its promise: on every page and in every file it reads as the verdict that stands there."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from agency.domain.promise.figures import FEW
from agency.models import Promise
from agency.services.reports.report import Slot
from agency.views.reports.charts import heat
from tests.agency.services.pool.history import add_chat
from tests.agency.services.records import finish
from tests.agency.services.reports.reports import DAY, on
from tests.agency.views.reports.report_page import FILE, show
from tests.balie.pages.test_portal import text_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def almost(acme):
    """42 of 44 in time, 95.45 %, where 95.5 % was promised: rounded half up it reads as kept."""
    Promise.objects.create(
        company=acme,
        version=1,
        seconds=20,
        share=Decimal("0.955"),
        valid_from=NOON - timedelta(days=30),
    )
    for number in range(44):
        finish(acme, on(9, number), answer=8 if number < 42 else 30, number=number + 1)
    return acme


def test_the_report_doesn_t_round_a_broken_promise_to_a_kept_one(almost, manager):
    page = show(manager, company=str(almost.pk), from_=str(DAY), to=str(DAY))
    assert "Net onder de belofte" in page
    assert "95,4 %" in page
    # The promise alone: in the lead, and over the heat map.
    assert page.count("95,5 %") == 2


def test_nor_do_its_files(almost, manager):
    query = {"company": str(almost.pk), "from": str(DAY), "to": str(DAY)}
    rows = manager.get(FILE, query).content.decode()
    assert "95,4" in rows
    assert "95,5" not in rows
    companies = {"table": "companies", "from": str(DAY), "to": str(DAY)}
    assert "95,5" not in manager.get(FILE, companies).content.decode()


def test_nor_does_the_portal(almost, carol, monkeypatch):
    monkeypatch.setattr("balie.pages.portal.clock.now", lambda: NOON)
    browser = Client(HTTP_HOST="acme.localhost")
    browser.force_login(carol)
    page = text_of(browser.get("/"))
    assert "Beantwoord binnen 20 s 95,4 % belofte 95,5 %" in page


def test_the_portal_gives_few_chats_no_percentage_as_the_report_does(acme, carol, monkeypatch):
    monkeypatch.setattr("balie.pages.portal.clock.now", lambda: NOON)
    for number in range(1, 4):
        add_chat(acme, number, NOON - timedelta(hours=number))
    browser = Client(HTTP_HOST="acme.localhost")
    browser.force_login(carol)
    page = text_of(browser.get("/"))
    assert "Beantwoord binnen 20 s 3 van 3 belofte 90 % · te weinig chats voor een percentage" in page
    assert "100,0 %" not in page


def test_two_late_of_four_are_no_pattern():
    drawn = heat([Slot(0, 9 * 60 + 30, 2, 4)], 0.9, "?what=base")
    looks = {cell.look for row in drawn.rows for cell in row.cells}
    assert looks == {"hn"}
    assert {cell.look for cell in drawn.every_day} == {"hn"}
    assert "09:30" not in drawn.finding
    assert drawn.finding.startswith("2 ")


def test_an_hour_of_all_days_together_shows_what_half_hours_can_t():
    slots = [Slot(weekday, 9 * 60 + half, 2, 3) for weekday in range(7) for half in (0, 30)]
    drawn = heat(slots, 0.9, "?what=base")
    assert {cell.look for row in drawn.rows for cell in row.cells} == {"hn"}
    assert [cell.look for cell in drawn.every_day].index("h0") == 2
    assert "67 %" in drawn.every_day[2].words.replace("\u00a0", " ")


def test_a_full_half_hour_has_its_colour_and_is_named():
    drawn = heat([Slot(0, 9 * 60, FEW - 2, FEW), Slot(1, 9 * 60, 0, 3)], 0.9, "?what=base")
    assert drawn.finding.startswith("Maandag 09:00: 2 van 30")
    assert [cell.look for cell in drawn.rows[0].cells].count("hn") == len(drawn.rows[0].cells) - 1
