"""The list of companies with what each needs, and the log."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agency.models import (
    Certification,
    LogEntry,
    User,
)
from agency.services.companies.sightings import note_sightings
from balie.pages.company_list import PAGE
from billing.models import Price
from tenants.models import Company
from tests.agency.views.companies.company_form import facts_of, fixture_browser  # noqa: F401 -- fixtures
from tests.cast import ACME_ORIGIN

pytestmark = pytest.mark.django_db


def test_the_list_says_what_each_company_needs(browser: Client, acme: Company, zen: Company) -> None:
    Price.objects.create(company=acme, valid_from=timezone.localdate(), amount="4.00")
    note_sightings([(acme.sites.get().pk, ACME_ORIGIN)], timezone.now())
    page = browser.get("/manage/", {"show": "needs"}).content.decode()
    assert acme.name not in page
    assert zen.name in page
    assert "geen prijs" in page
    Certification.objects.filter(company=acme).delete()
    page = browser.get("/manage/", {"show": "needs", "q": "acme"}).content.decode()
    assert "niemand gecertificeerd" in page


def test_the_list_finds_a_company_by_part_of_its_name(browser: Client, acme: Company, zen: Company) -> None:
    page = browser.get("/manage/", {"q": "energ"}).content.decode()
    assert zen.name in page
    assert acme.name not in page
    assert "Geen bedrijf met" in browser.get("/manage/", {"q": "\0<b>"}).content.decode()


def test_the_list_costs_the_same_for_many_companies_and_is_paged(
    browser: Client, django_assert_max_num_queries: Any
) -> None:
    Company.objects.bulk_create(
        Company(
            slug=f"bedrijf-{n}",
            schema_name=f"t_bedrijf_{n}",
            name=f"Bedrijf {n:03d}",
            monogram=f"{n // 26:c}"[:0] + chr(0x100 + n) + "x",
            ready=True,
        )
        for n in range(250)
    )
    with django_assert_max_num_queries(18):
        page = browser.get("/manage/").content.decode()
    assert page.count("companies__name") == PAGE
    assert "1 t/m 50 van 252" in page
    last = browser.get("/manage/", {"page": "6"}).content.decode()
    assert last.count("companies__name") == 2


def test_the_log_reads_before_and_after_by_company_and_person(
    browser: Client, acme: Company, zen: Company, maud: User
) -> None:
    browser.post(f"/manage/companies/{acme.pk}/", facts_of(acme, name="Acme <i>Voeten</i>"))
    page = browser.get("/manage/log/", {"company": acme.pk, "person": maud.pk}).content.decode()
    assert "Bedrijf gewijzigd" in page
    assert "<del>Acme Schoenen</del>" in page
    assert "Acme &lt;i&gt;Voeten" in page
    assert "<del>" not in browser.get("/manage/log/", {"company": zen.pk}).content.decode()


def test_the_log_is_paged_without_losing_a_line(
    browser: Client, acme: Company, maud: User, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    LogEntry.objects.bulk_create(
        LogEntry(at=now, actor=maud, actor_name="Maud", company=acme, action="x", object_name=f"n{n}.")
        for n in range(120)
    )
    seen: set[str] = set()
    address = "/manage/log/"
    for _page in range(3):
        with django_assert_max_num_queries(13):
            page = browser.get(address).content.decode()
        seen |= set(re.findall(r"n\d+\.", page))
        older = re.search(r'href="(\?[^"]+)" rel="next"', page)
        address = "/manage/log/" + older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == 120
    assert not address
