"""From a wish to be called, in the widget, to the company that takes it up by the link in its mail and wins it."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from chat.models import Delivery, Lead
from tenants.context import in_company
from tenants.models import Company
from tests.browser.conftest import Desk, wait_for_offer
from tests.browser.looking import look_at

pytestmark = pytest.mark.browser


def test_a_wish_to_be_called_is_taken_up_by_the_mail_s_link_and_won(
    desk: Desk, shop: str, visitor: BrowserContext, chromium: Browser, committed: None
):
    page = visitor.new_page()
    wait_for_offer(page, desk, shop, "form")
    page.goto("/")
    page.get_by_role("button", name="Stel je vraag").click()
    page.get_by_role("button", name="Liever bellen?").click()
    page.get_by_label("Telefoon").fill("06 12345678")
    expect(page.get_by_label("Welk deel van de dag?")).to_be_hidden()
    page.get_by_label("Wanneer bellen we je?").select_option(label="Morgen")
    page.get_by_label("Welk deel van de dag?").select_option("evening")
    page.get_by_role("button", name="Bel mij terug").click()
    expect(page.get_by_role("heading", name="Ontvangen")).to_be_visible()
    acme = Company.objects.get(slug="acme")
    with in_company(acme):
        lead = Lead.objects.get()
        mail = Delivery.objects.get(kind="lead")
    assert (lead.best_part, lead.consent) == ("evening", "Acme Schoenen gebruikt dit alleen om je te antwoorden.")
    assert "DTSTART" in mail.calendar
    (link,) = re.findall(r"/lead/\S+/", mail.text)
    with chromium.new_context(viewport={"width": 390, "height": 844}, locale="nl") as window:
        page = window.new_page()
        look_at(page, desk.url(link, host="acme.localhost"))
        page.get_by_role("button", name="Ik pak dit op").click()
        page.get_by_role("button", name="Gewonnen").click()
        expect(page.get_by_text("Gewonnen, via de link in de mail")).to_be_visible()
        look_at(page)
    with in_company(acme):
        assert Lead.objects.get().state == "won"
