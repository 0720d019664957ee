"""A chat is tried before it is live: on the company's own page with its code, and on a page of ours without it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from chat.models import Chat
from tenants.context import in_company
from tenants.models import Company, Site
from tests.browser.conftest import Desk
from tests.browser.looking import look_at
from tests.browser.sessions import give_session
from tests.browser.websites import Websites, open_websites, window_of
from tests.cast import ACME_SITE

pytestmark = [pytest.mark.browser]


@pytest.fixture
def websites(desk: Desk, committed: None) -> Iterator[Websites]:
    Company.objects.filter(slug="acme").update(live_at=None)
    with open_websites(desk) as sites:
        sites.wait_for(ACME_SITE, sites.acme, "hidden")
        yield sites


def test_a_chat_is_tried_with_the_robot_before_it_is_live(chromium: Browser, desk: Desk, websites: Websites) -> None:
    with window_of(chromium) as window:
        shop = window.new_page()
        shop.goto(websites.acme)
        give_session(window, desk.url(host="acme.localhost"), "carol@acme.test")
        portal = window.new_page()
        portal.goto(desk.url("/start/start/", host="acme.localhost"))
        look_at(portal)
        expect(portal.get_by_text("Nog niemand heeft de chat geprobeerd")).to_be_visible()
        # A visitor's page has had its config by now, and shows nothing.
        expect(shop.get_by_role("button", name="Vraag het ons")).to_have_count(0)

        own = opened(window, portal, f"Proefchat op {websites.acme.removeprefix('http://')}")
        talk(own, "Vraag het ons", "Valt de Veluwe klein?", "Hoi, ik ben de robot van Acme Schoenen")
        expect(own.get_by_text("De eerste stap daarvan is: “Groet”")).to_be_visible()
        portal.reload()
        expect(portal.get_by_text("De robot antwoordde op")).to_be_visible()
        # Nothing is kept on the device either: on the next page there is no trace of it.
        own.goto(f"{websites.acme}/contact")
        assert own.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        expect(own.get_by_role("button", name="Vraag het ons")).to_have_count(0)

        Company.objects.filter(slug="acme").update(tone="u")
        Site.objects.filter(key=ACME_SITE).update(language="en")
        websites.wait_for(ACME_SITE, websites.acme, "hidden")
        ours = opened(window, portal, "Proefchat op een pagina van ons")
        try:
            talk(ours, "Ask us", "Is it small?", "Hello, I am the robot of Acme Schoenen")
        finally:
            Site.objects.filter(key=ACME_SITE).update(language="nl")
    with in_company(Company.objects.get(slug="acme")):
        assert not Chat.objects.exists()


def opened(window: BrowserContext, portal: Page, name: str) -> Page:
    """Press one of the links to a test chat. Returns the page that opens."""
    with window.expect_page() as found:
        portal.get_by_role("link", name=name).click()
    return found.value


def talk(page: Page, button: str, text: str, answer: str) -> None:
    """Say something in the widget, and read the robot's answer."""
    page.get_by_role("button", name=button).click()
    page.locator("textarea").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text(answer)).to_be_visible()
