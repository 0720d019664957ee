"""The managers' service report: page and CSV say the same, and bad addresses are answered in words."""

import csv
import io
import re
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from agency.domain.pool import reasons, trail_reasons
from agency.domain.promise.figures import Level
from agency.models import Assignment
from agency.services.reports.table import DAYS, cells, columns_of
from agency.services.spam import flag_spam
from tests.agency.services.records import finish
from tests.agency.services.reports.reports import DAY, by_hand, on
from tests.agency.views.reports.report_page import FILE, PAGE, show
from tests.pages import squeezed

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(manager: Client) -> Client:
    return manager


def table(page: str, label: str) -> list[list[str]]:
    """Return the cells of the table under that heading, as texts."""
    found = re.search(rf'aria-label="{label}"><table.*?</table>', squeezed(page))
    assert found
    rows = re.findall(r"<tr.*?</tr>", found.group())
    return [[re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def sheet(answer: Any, delimiter: str = ";") -> list[list[str]]:
    """Return the file's cells."""
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


WHO = {"nobody": 302, "alice": 404, "bob": 404, "carol": 404, "maud": 200}


@pytest.mark.parametrize("path", [PAGE, FILE])
@pytest.mark.parametrize("who", WHO)
@pytest.mark.usefixtures("alice", "bob", "carol", "maud")
def test_only_managers_get_the_report(request, who, path):
    browser = Client(HTTP_HOST="localhost")
    if who != "nobody":
        browser.force_login(request.getfixturevalue(who))
    assert browser.get(path).status_code == WHO[who]


def test_a_report_can_only_be_read(browser):
    assert browser.post(PAGE).status_code == 405


def test_the_page_shows_the_day_worked_out_by_hand_with_its_sums(browser, acme):
    by_hand(acme)
    for _ in range(36):
        finish(acme, on(14), answer=9)
    page = show(browser, company=acme.pk, from_=DAY, to=DAY)
    # 4 and 36 more of 8 and 36 more; see the table in tests/agency/services/reports/test_reporting.py.
    assert "40 / (42 + 2) = 90,9 %" in page
    assert "41 / (42 + 1) = 95,3 %" in page
    assert "40 / 46 = 87,0 %" in page
    assert "Belofte gehaald" in page
    assert "1 gesprek buiten openingstijden" in page
    assert "2 spam" in page


def test_page_and_file_hold_the_same_cells(browser, acme):
    by_hand(acme)
    query = {"company": acme.pk, "from": DAY, "to": date(2026, 11, 24)}
    rows = table(show(browser, **{**query, "from_": query["from"]}), "Per dag")
    lines = sheet(browser.get(FILE, query))
    assert len(rows) == 1 + len(lines)
    assert [row[0] for row in lines] == ["Dag", "2026-11-23", "2026-11-24", "Totaal"]
    for row, line in zip(rows[2:], lines[1:], strict=True):
        assert [_number(cell) for cell in row[1:]] == [_number(cell) for cell in line[1:]]


def _number(text: str) -> str:
    """Return a cell's number without its unit, with minutes as seconds and a dash as nothing."""
    if text in {"", "–"}:
        return ""
    minutes = re.fullmatch(r"(\d+) min (\d+) s", text)
    if minutes:
        return str(int(minutes[1]) * 60 + int(minutes[2]))
    return text.removesuffix(" s").removesuffix(" %").replace(".", "").removesuffix(",0")


def test_the_file_says_the_day_worked_out_by_hand(browser, acme):
    by_hand(acme)
    header, day, _total = sheet(browser.get(FILE, {"company": acme.pk, "from": DAY, "to": DAY}))
    said = dict(zip(header, day, strict=True))
    assert said == {
        "Dag": "2026-11-23",
        "Aangeboden": "10",
        "Beantwoord": "6",
        "Binnen de belofte": "4",
        "Binnen 20 s": "4",
        "Binnen 30 s": "5",
        "Gehaald (%)": "50,0",
        "Gehaald bij 20 s (%)": "50,0",
        "Gehaald bij 30 s (%)": "71,4",
        "Streng (%)": "40,0",
        "Gemist": "3",
        "Vertrokken": "2",
        "Gesloten zonder antwoord": "1",
        "Kort bezoek": "1",
        "Geen stoel": "1",
        "Allen vol": "0",
        "Doorgegeven": "0",
        "Traag aangenomen": "1",
        "Traag na aannemen": "0",
        "Stil gesloten": "1",
        "Eerste reactie p50 (s)": "10,0",
        "Eerste reactie p90 (s)": "31,0",
        "Eerste reactie p95 (s)": "31,0",
        "Gespreksduur p50 (s)": "300",
        "Gespreksduur p90 (s)": "600",
        "Behandeltijd (s)": "488",
        "Tegelijk": "1,5",
        "Tevreden (%)": "75,0",
        "Goed beoordeeld": "3",
        "Beoordeeld": "4",
        "Kon oordelen": "11",
        "Buiten openingstijden": "1",
        "Spam": "2",
        "Testen": "1",
    }


def test_the_file_speaks_the_readers_language(browser, acme, maud):
    by_hand(acme)
    maud.language = "en"
    maud.save()
    answer = browser.get(FILE, {"company": acme.pk, "from": DAY, "to": DAY})
    header, day, total = sheet(answer, ",")
    assert (header[0], header[1], total[0]) == ("Day", "Offered", "Total")
    assert dict(zip(header, day, strict=True))["Kept at 30 s (%)"] == "71.4"
    assert 'filename="sla-acme-2026-11-23-2026-11-23.csv"' in answer["Content-Disposition"]


def test_companies_have_a_table_and_a_file_of_the_same_cells(browser, acme, zen):
    by_hand(acme)
    rows = table(show(browser, from_=DAY, to=DAY), "Per bedrijf")
    lines = sheet(browser.get(FILE, {"from": DAY, "to": DAY, "table": "companies"}))
    assert [row[0] for row in lines] == ["Bedrijf", acme.name, zen.name]
    for row, line in zip(rows[2:], lines[1:], strict=True):
        assert [_number(cell) for cell in row] == [_number(cell) for cell in line]


def test_few_chats_give_an_interval_and_no_percentage(browser, acme):
    for _ in range(11):
        finish(acme, on(9), answer=5)
    finish(acme, on(9), answer=25)
    page = show(browser, company=acme.pk, from_=DAY, to=DAY)
    assert "Te weinig gesprekken voor een percentage (12)" in page
    assert "11 van 12 gehaald" in page
    assert "tussen 65 % en 99 %" in page
    assert "Belofte gehaald" not in page


def test_an_empty_period_says_so_and_shows_no_zero_percent(browser, acme):
    page = show(browser, company=acme.pk, from_=DAY, to=DAY)
    assert "Nog niets" in page
    assert "0,0 %" not in page


def test_the_worst_lead_to_their_chats_with_a_cause(browser, acme):
    record = finish(acme, on(9), end=94, by="left", seats=0, free_slots=0)
    page = show(browser, company=acme.pk, from_=DAY, to=DAY)
    assert f"/manage/companies/{acme.pk}/chats/{record.pk}/" in page
    assert "1 min 34 s" in page
    assert "Geen stoel" in page


def test_a_chat_flagged_as_spam_leaves_the_page(browser, acme, maud):
    record = finish(acme, on(9), answer=5)
    assert "1 gesprek" in show(browser, company=acme.pk, from_=DAY, to=DAY)
    flag_spam(chat_id=record.pk, spam=True, by=maud, note="", now=on(10))
    page = show(browser, company=acme.pk, from_=DAY, to=DAY)
    assert "Nog niets" in page


# Addresses

BAD = {
    "reversed": ({"from": "2026-11-24", "to": "2026-11-23"}, "De laatste dag ligt voor de eerste"),
    "401 days": ({"from": "2025-01-01", "to": "2026-02-05"}, "hooguit 400 dagen"),
    "no day": ({"from": "gisteren", "to": "2026-11-23"}, "Schrijf een dag als 2026-11-21"),
    "no such day": ({"from": "2026-02-30", "to": "2026-03-01"}, "Schrijf een dag als 2026-11-21"),
    "before time": ({"from": "0001-01-01", "to": "0001-01-02"}, "tussen 2000 en 2099"),
    "after time": ({"from": "9999-12-30", "to": "9999-12-31"}, "tussen 2000 en 2099"),
    "half": ({"from": "2026-11-23"}, "de eerste en de laatste dag"),
    "no month": ({"month": "2026-13"}, "Schrijf een maand als 2026-11"),
    "company": ({"company": "0f0607cb-25e9-4a9b-858d-ce643f8d5f22"}, "Dit bedrijf is er niet"),
    "no company": ({"company": "x' OR 1=1\x00"}, "Dit bedrijf is er niet"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_address_that_can_not_be_read_is_said_and_the_default_kept(browser, case):
    query, words = BAD[case]
    page = show(browser, **{name + "_": value for name, value in query.items()})
    assert words in page
    assert "hieronder staat deze maand" in page.lower()
    answer = browser.get(FILE, query)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_month_is_its_whole_calendar_and_leads_to_its_neighbours(browser, acme):
    page = show(browser, company=acme.pk, month="2026-02")
    assert "Februari 2026" in page
    assert 'value="2026-02-01"' in page
    assert 'value="2026-02-28"' in page
    assert f"?company={acme.pk}&month=2026-01" in page
    assert f"?company={acme.pk}&month=2026-03" in page


def test_a_page_costs_the_same_however_many_days_and_chats(browser, acme, django_assert_max_num_queries):
    by_hand(acme)
    with django_assert_max_num_queries(11):
        show(browser, from_="2026-01-01", to="2026-11-30")
    with django_assert_max_num_queries(11):
        show(browser, company=acme.pk, from_="2026-01-01", to="2026-11-30")


def test_every_column_has_its_words_and_figure_in_dutch():
    columns = columns_of(DAYS)
    assert len({column.key for column in columns}) == len(columns) == 33
    with translation.override("nl"):
        for column in columns:
            assert translation.gettext(column.name)
    assert len(cells(DAYS, Level(), 0.9)) == len(columns)


def test_offers_let_pass_stand_on_the_page_and_in_a_file(browser, acme, zen, alice):
    no_answer = trail_reasons.no_answer(seconds=10)
    for number, reason in enumerate([no_answer, no_answer, trail_reasons.declined(words="te druk")]):
        Assignment.objects.create(
            chat_id=uuid.uuid4(),
            company=acme,
            operator=alice.operator,
            kind="bounce",
            code=reason.code,
            facts=reasons.write(reason),
            fence=number,
            at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        )
    asked = {"company": str(acme.pk), "from": "2026-11-23", "to": "2026-11-23", "table": "bounces"}
    page = show(browser, company=acme.pk, from_="2026-11-23", to="2026-11-23")
    for words in ("Geen antwoord in 10 s", "Doorgegeven: te druk", "66,7", "het ging 10 s over"):
        assert words in page
    answer = browser.get(FILE, asked)
    assert "sla-bounces-acme" in answer["Content-Disposition"]
    assert answer.content.decode().splitlines()[1:] == [
        "Geen antwoord in 10 s;2;2",
        "Doorgegeven: te druk;1;1",
        "Totaal;3;3",
    ]
    assert "Niemand liet" in show(browser, company=zen.pk, from_="2026-11-23", to="2026-11-23")
