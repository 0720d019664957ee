"""Every number of the report is that of the chats it opens."""

import re

import pytest
from django.test import Client

from agency.models import ChatRecord
from agency.services.reports import chats_behind, service_level
from agency.services.reports.chats_behind import WHAT, Selection
from agency.services.reports.report import read_report
from tests.agency.services.records import finish
from tests.agency.services.reports.reports import DAY, by_hand, on
from tests.agency.views.reports.report_page import show

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(manager: Client) -> Client:
    return manager


def test_numbers_open_the_chats_behind_them(browser, acme):
    by_hand(acme)
    page = show(browser, company=acme.pk, from_=DAY, to=DAY)
    chats = f"/manage/companies/{acme.pk}/chats/?from=2026-11-23&to=2026-11-23"
    for query in ("", "&verdict=unanswered", "&verdict=answered_late", "&verdict=short_abandon"):
        assert f'"{chats}{query}"' in page
        assert browser.get(f"{chats}{query}").status_code == 200


@pytest.mark.parametrize("of", ["acme", "all"])
def test_every_number_is_that_of_the_chats_it_opens(browser, acme, zen, of):
    by_hand(acme)
    finish(zen, on(10, 15), answer=50, rating=0)
    company = acme if of == "acme" else None
    days = {"company": company, "since": DAY, "until": DAY}
    total = service_level.service_level(**days).total
    counted = {
        "offered": total.offered,
        "answered": total.answered,
        "within": total.within_promise,
        "late": total.late,
        "missed": total.missed,
        "abandoned": total.abandoned,
        "closed": total.closed_unanswered,
        "short": total.short_abandons,
        "base": total.base,
        "out_of_hours": total.out_of_hours,
        "spam": total.spam,
        "rated": total.rated,
        "rated_good": total.good,
        "rated_bad": total.rated - total.good,
    }
    assert set(counted) == set(WHAT)
    assert min(counted.values()) > 0
    for what, n in counted.items():
        assert len(chats_behind.list_reported(selection=Selection(what), **days).lines) == n, what
    for cause, n in total.missed_by.items():
        missed = Selection("missed", cause=cause)
        found = chats_behind.list_reported(selection=missed, **days)
        assert (found.total, len(found.lines)) == (n, n)
    for slot in read_report(**days, chapters={"half_hours"}).half_hours:
        half = Selection("base", weekday=slot.weekday, minute=slot.minute)
        assert chats_behind.list_reported(selection=half, **days).total == slot.base


def test_tiles_and_cells_of_all_companies_open_their_chats(browser, acme, zen):
    by_hand(acme)
    finish(zen, on(10, 15), answer=50)
    page = show(browser, from_=DAY, to=DAY)
    links = set(re.findall(r'href="(/manage/sla/chats/[^"]+)"', page))
    for what in ("offered", "answered", "within", "late", "missed", "abandoned", "short", "spam"):
        assert f"/manage/sla/chats/?from=2026-11-23&to=2026-11-23&what={what}" in links
    cell = next(one for one in links if one.endswith("&what=base&weekday=0&minute=600"))
    rows = show(browser, cell).split("<tbody>")[1].split("</tbody>")[0]
    # Of acme's four two left within the promise; one of zen's.
    assert (rows.count("<tr"), rows.count("Acme Schoenen"), rows.count("Zen Energie")) == (3, 2, 1)
    assert "Alle bedrijven ·" in show(browser, cell)
    assert "Acme Schoenen ·" in show(browser, f"{cell}&company={acme.pk}")
    record = ChatRecord.objects.get(company=zen)
    assert f'"/manage/companies/{zen.pk}/chats/{record.pk}/"' in rows
    # Values that can't be read narrow nothing, and the last page stands in for one beyond it.
    odd = browser.get("/manage/sla/chats/?what=x&cause=x&weekday=9&minute=7&page=-1&company=x")
    assert odd.status_code == 200
    beyond = show(browser, f"{cell}&page=900")
    assert "Pagina 900 bestaat niet" in beyond
    assert beyond.split("<tbody>")[1].count("<tr") == 3


def test_the_chats_of_a_number_are_for_managers(alice, carol):
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(alice)
    assert browser.get("/manage/sla/chats/").status_code == 404


def test_the_company_that_is_most_chats_short_stands_first(browser, acme, zen):
    for minute in range(3):
        finish(acme, on(10, minute), answer=5)
        finish(zen, on(10, minute), answer=90)

    def order(**asked: str) -> bool:
        page = show(browser, from_=DAY, to=DAY, **asked)
        table = page.split('id="companies"')[1].split("</section>")[0]
        return table.index(zen.name) < table.index(acme.name)

    assert order()
    assert not order(companies_sort="company")
    assert not order(companies_sort="-service_level")
    assert "Slechtste eerst" in show(browser, from_=DAY, to=DAY, companies_sort="company")
