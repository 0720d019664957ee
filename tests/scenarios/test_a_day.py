"""A day at two companies, told chat by chat. Every figure below is worked out by hand.

Tuesday 24 November 2026, Amsterdam (UTC+1). Acme pays 3.75 a chat, Zen 4.20; both were promised 20 s.
"""

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from agency.models import ChatRecord, User
from agency.services.reports.service_level import service_level
from agency.services.spam import flag_spam
from balie.steps import reconcile
from billing.models import Charge
from billing.services import ledger
from billing.services.charging import charge_settled
from billing.services.prices import set_price
from tenants.models import Company
from tests.scenarios.days import Visit, visit

pytestmark = pytest.mark.django_db

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
NOVEMBER = date(2026, 11, 1)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MARIEKE = uuid.UUID(int=1)


def at(hour: int, minute: int = 0, second: float = 0, day: date = TUESDAY) -> datetime:
    """That wall time in Amsterdam."""
    whole, part = divmod(second, 1)
    local = datetime(day.year, day.month, day.day, hour, minute, int(whole), round(part * 1e6), tzinfo=AMSTERDAM)
    return local.astimezone(UTC)


# Arrival, wait, length, and what it costs.
ACME: list[tuple[Visit, str]] = [
    (Visit(at(9), 8, 300, good=True, visitor=MARIEKE), "3.75"),
    # Exactly the promise is within the promise.
    (Visit(at(9, 10), 20, 240), "3.75"),
    # Half a second late; within 30 s. Not happy.
    (Visit(at(9, 30), 20.5, 400, outcome="lead", good=False), "3.75"),
    (Visit(at(10), 35, 200), "3.75"),
    # Gone after 4 s: a short abandon, in no denominator.
    (Visit(at(10, 30), None, 4, end="visitor"), "0.00"),
    # Gone after 25 s: lost at T = 20, not yet at T = 30.
    (Visit(at(11), None, 25, end="visitor"), "0.00"),
    # Closed by us without a word: missed, whatever T.
    (Visit(at(12), None, 60), "0.00"),
    # Marieke again, within 24 h of the end of hers.
    (Visit(at(13), 10, 120, good=True, visitor=MARIEKE), "0.00"),
    # Spam leaves bill, promise and satisfaction together.
    (Visit(at(14), 5, 30, outcome="spam"), "0.00"),
    # A test leaves the bill.
    (Visit(at(15), 6, 60, outcome="test"), "0.00"),
    # Of Tuesday by its arrival, though it ends on Wednesday.
    (Visit(at(23, 59, 59.5), 9, 300), "3.75"),
    # Of Wednesday.
    (Visit(at(0, 0, 0, WEDNESDAY), 9, 300), "3.75"),
]
ZEN: list[tuple[Visit, str]] = [
    (Visit(at(9, 5), 12, 600), "4.20"),
    (Visit(at(16), 15, 60, outcome="wrong_site"), "0.00"),
    # Charged, and called spam by the manager afterwards.
    (Visit(at(17), 18, 90), "4.20"),
]


@pytest.fixture
def told(acme: Company, zen: Company, maud: User) -> None:
    for company, amount in ((acme, "3.75"), (zen, "4.20")):
        set_price(company=company, amount=Decimal(amount), valid_from=NOVEMBER, by=maud, now=NOW)
    for company, story in ((acme, ACME), (zen, ZEN)):
        for played, _ in story:
            visit(company, played)
    charge_settled()
    flagged = ChatRecord.objects.get(company=zen, arrived_at=at(17))
    flag_spam(chat_id=flagged.pk, spam=True, by=maud, note="", now=NOW)
    charge_settled()


def test_the_ledger_to_the_cent(told: None, acme: Company, zen: Company) -> None:
    for company, story in ((acme, ACME), (zen, ZEN)):
        rows = Charge.objects.filter(company=company, component="chat")
        costs = [str(amount) for amount in rows.order_by("record__arrived_at").values_list("amount", flat=True)]
        assert costs == [cost for _, cost in story]
    # Six of acme's twelve; one of zen's three, for the other one came back.
    assert ledger.month_total(acme, NOVEMBER).amount == Decimal("22.50")
    total = ledger.month_total(zen, NOVEMBER)
    assert (total.amount, total.corrected) == (Decimal("4.20"), Decimal("-4.20"))
    reasons = Charge.objects.filter(company=acme).order_by("record__arrived_at")
    assert list(reasons.values_list("reason", flat=True)) == [
        *["billable"] * 4,
        *["no_human_text"] * 3,
        "repeat",
        "spam",
        "test",
        *["billable"] * 2,
    ]
    assert reconcile.compare() == reconcile.Books([], [])


def test_the_service_level_to_the_chat(told: None, acme: Company, zen: Company) -> None:
    day = service_level(company=acme, since=TUESDAY, until=TUESDAY).total
    # Eleven arrived on Tuesday, one of them spam.
    assert (day.offered, day.spam, day.answered) == (10, 1, 7)
    # 8, 20, 10, 6 and 9 s; with 20.5 s six within 30.
    assert (day.within_20, day.within_30) == (5, 6)
    assert (day.short_abandons, day.abandoned, day.closed_unanswered) == (1, 1, 1)
    # T = 20: 5 / (7 + the one gone after 25 s + the one closed in silence); T = 30: 6 / (7 + the latter).
    assert (day.service_level_20, day.service_level_30) == (5 / 9, 6 / 8)
    # Sorted: 6 8 9 10 20 20.5 35; nearest ranks 4 of 7 and 7 of 7.
    assert (day.response_p50, day.response_p90) == (10, 35)
    assert (day.good, day.rated, day.askable) == (2, 3, 10)

    wednesday = service_level(company=acme, since=WEDNESDAY, until=WEDNESDAY).total
    assert (wednesday.offered, wednesday.answered, wednesday.within_20) == (1, 1, 1)
    zens = service_level(company=zen, since=TUESDAY, until=TUESDAY).total
    assert (zens.offered, zens.spam, zens.within_20) == (2, 1, 2)
    agency = service_level(company=None, since=TUESDAY, until=TUESDAY).total
    assert (agency.offered, agency.answered, agency.spam) == (12, 9, 2)
    assert agency.service_level_20 == 7 / 11


def test_page_csv_and_ledger_say_the_same(told: None, acme: Company, carol: User) -> None:
    portal = Client(headers={"host": "acme.localhost", "accept-language": "nl"})
    portal.force_login(carol)
    page = portal.get("/charges/?month=2026-11").content.decode()
    assert "22,50" in page
    rows = read_csv(portal.get("/charges.csv?month=2026-11").content)
    amounts = [cell for row in rows for cell in row if cell in {"3,75", "0,00"}]
    assert amounts.count("3,75") == 6
    assert amounts.count("0,00") == 6


def test_the_report_page_and_its_csv_say_the_same(told: None, acme: Company, maud: User) -> None:
    manager = Client(headers={"host": "localhost", "accept-language": "nl"})
    manager.force_login(maud)
    query = f"?company={acme.pk}&from=2026-11-24&to=2026-11-24"
    page = manager.get(f"/manage/sla/{query}").content.decode()
    # 5 / 9 and 6 / 8.
    assert "55,6" in page
    assert "75,0" in page
    cells = [cell for row in read_csv(manager.get(f"/manage/sla.csv{query}").content) for cell in row]
    assert any(cell.startswith("55,6") for cell in cells)
    assert any(cell.startswith("75,0") for cell in cells)


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)],
    ids=["an hour is skipped", "an hour comes twice"],
)
def test_both_nights_of_the_clock(day: date, hours: int, acme: Company, maud: User) -> None:
    """One chat in each hour of the day, by real time: as many as it has hours, and those around it
    are of other days.
    """
    first = datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).astimezone(UTC)
    set_price(company=acme, amount=Decimal("3.75"), valid_from=day.replace(day=1), by=maud, now=first)
    hour = timedelta(hours=1)
    for number in range(-1, hours + 1):
        visit(acme, Visit(first + number * hour, 10, 60))
    # The last second of the day: hours * 3,600 - 1 after its first.
    visit(acme, Visit(first + hours * hour - timedelta(seconds=1), 10, 60))
    found = service_level(company=acme, since=day, until=day)
    assert (found.total.offered, found.total.within_20) == (hours + 1, hours + 1)
    assert charge_settled() == hours + 3
    total = ledger.month_total(acme, day.replace(day=1))
    assert total.amount == Decimal("3.75") * (hours + 3)
    assert reconcile.compare() == reconcile.Books([], [])
