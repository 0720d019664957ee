"""The party on a company's invoices: changed by its owners and by managers, with every field checked."""

from typing import Any

import pytest
from django.test import Client

from agency.models import LogEntry, PortalMember, User
from billing.models import InvoiceDetails
from tenants.models import Company
from tests.pages import browser_of, words_of

pytestmark = pytest.mark.django_db

PAGE = "/invoice-details/"
ACME: dict[str, Any] = {
    "version": 0,
    "legal_name": "Acme Schoenen B.V.",
    "country": "NL",
    "street": "Kade 1",
    "postcode": "8011ab",
    "city": "Zwolle",
    "registration": "1234 5678",
    "vat_id": "123456782b90",
    "iban": "nl19 snsb 0929 5836 99",
    "contact": "Crediteuren",
    "email": "facturen@acme.test",
    "reference": "PO-7",
}


@pytest.fixture
def owner(carol: User) -> Client:
    return browser_of(carol)


def test_what_is_saved_is_in_one_form_and_logged(owner: Client, acme: Company, carol: User) -> None:
    assert owner.post(PAGE, ACME).status_code == 302
    details = InvoiceDetails.objects.get(company=acme)
    assert (details.postcode, details.registration, details.vat_id, details.iban, details.version) == (
        "8011 AB",
        "12345678",
        "NL123456782B90",
        "NL19SNSB0929583699",
        1,
    )
    entry = LogEntry.objects.get(action="invoice_details.changed")
    assert (entry.actor_id, entry.changes["city"]) == (carol.pk, ["", "Zwolle"])
    page = words_of(owner.get(PAGE))
    assert 'value="NL19 SNSB 0929 5836 99"' in page
    assert owner.post(PAGE, {**ACME, "version": 1}).status_code == 302
    assert LogEntry.objects.filter(action="invoice_details.changed").count() == 1


def test_a_manager_sees_and_changes_the_same(maud: User, owner: Client, acme: Company) -> None:
    owner.post(PAGE, ACME)
    browser = browser_of(maud, "localhost")
    page = f"/manage/companies/{acme.pk}{PAGE}"
    assert "Acme Schoenen B.V." in words_of(browser.get(page))
    assert browser.post(page, {**ACME, "version": 1, "city": "Kampen"}).status_code == 302
    assert InvoiceDetails.objects.get(company=acme).city == "Kampen"
    assert page in browser.get(f"/manage/companies/{acme.pk}/charges/").content.decode()


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_others_read_it_and_are_refused_in_words(role: str, carol: User, owner: Client, acme: Company) -> None:
    owner.post(PAGE, ACME)
    PortalMember.objects.filter(user=carol).update(role=role)
    page = words_of(owner.get(PAGE))
    assert "Acme Schoenen B.V." in page
    assert "Bewaren" not in page
    assert owner.post(PAGE, {**ACME, "version": 1, "city": "Kampen"}).status_code == 403
    assert InvoiceDetails.objects.get(company=acme).city == "Zwolle"


def test_who_saves_second_is_told_what_changed_and_loses_nothing(owner: Client, maud: User, acme: Company) -> None:
    owner.post(PAGE, ACME)
    browser_of(maud, "localhost").post(f"/manage/companies/{acme.pk}{PAGE}", {**ACME, "version": 1, "city": "Kampen"})
    answer = owner.post(PAGE, {**ACME, "version": 1, "street": "Kade 2"})
    assert answer.status_code == 422
    said = words_of(answer)
    assert "Iemand anders heeft hier zojuist bewaard: “Kampen”" in said
    assert "“Kade 1”" in said
    assert 'value="Kade 2"' in said
    assert InvoiceDetails.objects.get(company=acme).street == "Kade 1"
    version = answer.context["form"]["version"].value()
    assert owner.post(PAGE, {**ACME, "version": version, "street": "Kade 2"}).status_code == 302
    details = InvoiceDetails.objects.get(company=acme)
    assert (details.street, details.city, details.version) == ("Kade 2", "Zwolle", 3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("legal_name", ""),
        ("legal_name", "x" * 201),
        ("legal_name", "Acme\u202eB.V."),
        ("country", "XX"),
        ("street", ""),
        ("street", "Kade\x001"),
        ("postcode", "8011"),
        ("city", ""),
        ("registration", "1234567"),
        ("vat_id", "NL123456783B90"),
        ("vat_id", "BE0428759497"),
        ("iban", "NL72RABO0687507988"),
        ("contact", "x" * 101),
        ("email", "facturen"),
        ("reference", "x" * 51),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_written(owner: Client, field: str, value: str) -> None:
    answer = owner.post(PAGE, {**ACME, field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not InvoiceDetails.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_version_that_is_none_saves_nothing(owner: Client, version: str) -> None:
    assert owner.post(PAGE, {**ACME, "version": 0}).status_code == 302
    assert owner.post(PAGE, {**ACME, "version": version, "city": "Kampen"}).status_code == 422
    assert InvoiceDetails.objects.get().city == "Zwolle"


def test_markup_in_a_name_is_text(owner: Client) -> None:
    owner.post(PAGE, {**ACME, "legal_name": "<b>Acme</b>"})
    assert "&lt;b&gt;Acme&lt;/b&gt;" in owner.get(PAGE).content.decode()
