"""A manager makes a company with a short form, gives its site an address, and sees what is still missing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from agency.models import User
from tenants.models import Company
from tenants.provisioning import drop_company
from tests.browser.conftest import Desk, sign_in
from tests.browser.looking import look_at
from tests.browser.websites import window_of

pytestmark = [pytest.mark.browser]

SLUG = "fietsenhuis"


@pytest.fixture
def unmade(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Remove the company that was made. It is asked for before `committed`, so that records go first."""
    yield
    with django_db_blocker.unblock():
        for company in Company.objects.filter(slug=SLUG):
            drop_company(company)
        User.objects.filter(email__endswith="@fietsen.example").delete()


def test_a_company_is_made_and_its_first_steps_done(
    chromium: Browser, desk: Desk, unmade: None, committed: None
) -> None:
    with window_of(chromium) as office:
        maud = office.new_page()
        sign_in(maud, desk.url("/accounts/login/"), "maud@balie.test")
        maud.get_by_role("link", name="Nieuw bedrijf").click()
        look_at(maud)
        make_company(maud)
        expect(maud.get_by_text("Ontbreekt: het adres van een website")).to_be_visible()
        look_at(maud)
        give_address(maud)
        maud.get_by_role("link", name="Later verder").click()
        expect(maud.locator(".snippet code")).to_be_visible()
        look_at_every_page_of_it(maud)
    assert Company.objects.get(slug=SLUG).sites.get().origins == ["https://www.fietsen.example"]


def make_company(page: Page) -> None:
    """Fill the form in, with one mistake that is mended."""
    page.locator("#id_name").fill("Fietsenhuis Verhoeven")
    expect(page.locator("#id_slug")).to_have_value("fietsenhuis-verhoeven")
    page.locator("#id_slug").fill(SLUG)
    page.locator("#id_tone_1").check()
    page.locator("#id_price-amount").fill("4,505")
    page.locator("#id_owner-name").fill("Fien Verhoeven")
    page.locator("#id_owner-email").fill("fien@fietsen.example")
    page.get_by_role("button", name="Bedrijf maken").click()
    expect(page.get_by_role("alert")).to_contain_text("hoogstens twee decimalen")
    expect(page.get_by_role("alert")).to_be_focused()
    look_at(page)
    page.locator("#id_price-amount").fill("4,50")
    page.get_by_role("button", name="Bedrijf maken").click()


def give_address(page: Page) -> None:
    """Do the step of the site, with one mistake that is mended, and the hours by their button."""
    page.get_by_role("link", name="Website", exact=True).click()
    page.locator("#id_site-origins").fill("https://www.fietsen.example/winkel")
    page.get_by_role("button", name="Verder naar").click()
    expect(page.get_by_role("alert")).to_contain_text("zonder pad")
    look_at(page)
    page.locator("#id_site-origins").fill("https://www.fietsen.example/")
    page.get_by_role("button", name="Verder naar").click()
    expect(page.get_by_role("navigation").get_by_text("www.fietsen.example")).to_be_visible()


def look_at_every_page_of_it(maud: Page) -> None:
    """Each of the company's pages opens, and shows which it is."""
    pages = maud.get_by_role("navigation", name="Pagina's van Fietsenhuis Verhoeven")
    for name in ("Gegevens", "Sites", "Tijden", "Belofte", "Portaalmensen"):
        pages.get_by_role("link", name=name).click()
        expect(pages.locator("[aria-current]")).to_have_text(name)
        look_at(maud)
