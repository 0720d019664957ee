"""Prices: set as people type them, kept once a day is charged."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from agency.models import LogEntry
from billing.models import Price
from billing.services.charging import charge_settled
from tenants.models import Company
from tests.billing.services.settled import add_record, give_price, utc
from tests.billing.views.money import ask, fixture_mauds, text  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db


def prices_url(company: Company) -> str:
    return f"/manage/companies/{company.pk}/prices/"


@pytest.mark.parametrize("typed", ["4,50", "4.50", "€ 4,5", " 4.5 "])
def test_a_price_is_set_as_people_type_it(mauds: Client, acme: Company, typed: str) -> None:
    give = {"amount": typed, "valid_from": "2026-12-01"}
    answer = mauds.post(prices_url(acme), give, follow=True)
    assert "Een chat kost € 4,50 vanaf 1 december 2026." in text(answer)
    price = Price.objects.get(company=acme)
    assert (price.amount, price.valid_from) == (Decimal("4.50"), date(2026, 12, 1))
    entry = LogEntry.objects.get(action="price.set")
    assert (entry.company, entry.actor_name, entry.changes) == (
        acme,
        "Maud Bakker",
        {"amount": [None, "4.50"]},
    )


@pytest.mark.parametrize("typed", ["-1", "1000", "4,505", "1e2000", "NaN", "Infinity", "veel", "4,5,0", "9" * 400])
def test_an_amount_that_is_none_says_what_is_allowed(mauds: Client, acme: Company, typed: str) -> None:
    give = {"amount": typed, "valid_from": "2026-12-01"}
    answer = mauds.post(prices_url(acme), give)
    page = text(answer)
    assert "Een bedrag van € 0,00 tot € 999,99, in hele centen" in page
    # The text as typed is still there.
    assert 'value="2026-12-01"' in answer.content.decode()
    assert not Price.objects.exists()


@pytest.mark.parametrize("typed", ["", "gisteren", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_says_what_is_allowed(mauds: Client, acme: Company, typed: str) -> None:
    answer = mauds.post(prices_url(acme), {"amount": "4,50", "valid_from": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert not Price.objects.exists()


def test_a_charged_day_keeps_its_price(mauds: Client, acme: Company) -> None:
    give_price(acme, "4.00", date(2026, 11, 1))
    add_record(acme, utc("2026-11-10T10:00:00"))
    charge_settled()
    refused = mauds.post(
        prices_url(acme),
        {"amount": "5", "valid_from": "2026-11-10"},
    )
    assert "Chats van deze dagen staan al op de rekening. Vrij vanaf 11 november 2026." in text(refused)
    mauds.post(prices_url(acme), {"amount": "5", "valid_from": "2026-11-11"})
    # Days before it that nothing was charged on are free as well.
    mauds.post(prices_url(acme), {"amount": "3", "valid_from": "2026-10-01"})
    assert list(Price.objects.order_by("valid_from").values_list("amount", flat=True)) == [3, 4, 5]


def test_a_planned_price_can_be_changed_and_taken_back_and_a_used_one_cant(mauds: Client, acme: Company) -> None:
    used = give_price(acme, "4.00", date(2026, 11, 1))
    add_record(acme, utc("2026-11-10T10:00:00"))
    charge_settled()
    for amount in ("5", "6"):
        mauds.post(prices_url(acme), {"amount": amount, "valid_from": "2027-01-01"})
    planned = Price.objects.get(valid_from=date(2027, 1, 1))
    assert planned.amount == 6
    page = ask(mauds, prices_url(acme))
    assert page.count("Intrekken") == 1
    for price_id in (used.pk, planned.pk, uuid.uuid4(), "geen"):
        assert mauds.post(prices_url(acme), {"remove": price_id}).status_code == 302
    assert list(Price.objects.values_list("pk", flat=True)) == [used.pk]
    assert LogEntry.objects.filter(action="price.removed").count() == 1


def test_another_companys_price_cant_be_taken_back_here(mauds: Client, acme: Company, zen: Company) -> None:
    price = give_price(zen)
    mauds.post(prices_url(acme), {"remove": price.pk})
    assert Price.objects.filter(pk=price.pk).exists()


def test_the_list_says_which_price_holds_and_what_waits(mauds: Client, acme: Company) -> None:
    add_record(acme, utc("2025-11-02T10:00:00"))
    give_price(acme, "4.00", date(2026, 1, 1))
    give_price(acme, "5.00", date(2027, 6, 1))
    page = ask(mauds, prices_url(acme))
    assert "1 afgelopen chat wacht op een prijs" in page
    assert "1 jan 2026 nu 31 mei 2027 € 4,00" in page
    assert "1 jun 2027 later geen einde € 5,00" in page
