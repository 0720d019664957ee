"""A manager makes a company, certifies an operator and pastes the code, and a visitor of that page chats."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from agency.models import ChatRecord, User
from tenants.models import Company
from tenants.provisioning import drop_company
from tests.browser.conftest import Desk, sign_in
from tests.browser.looking import look_at
from tests.browser.websites import Websites, at_the_desk, window_of

pytestmark = [pytest.mark.browser]

SLUG = "fietsenhuis"
PAGE = "<!doctype html><html lang=nl><title>Fietsen</title><h1>Stadsfietsen</h1>{code}</html>"


@pytest.fixture
def unmade(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Remove the company that was made. It is asked for before `committed`, so that records go first."""
    yield
    with django_db_blocker.unblock():
        for company in Company.objects.filter(slug=SLUG):
            drop_company(company)
        User.objects.filter(email__endswith="@fietsen.example").delete()


@contextmanager
def own_website(code: list[str]) -> Iterator[int]:
    """A page with the code that was pasted, once it was."""

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.format(code="".join(code)).encode())

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def test_from_nothing_to_a_chat(chromium: Browser, desk: Desk, unmade: None, dispatcher: None, committed: None) -> None:
    code: list[str] = []
    with own_website(code) as port, window_of(chromium) as office:
        origin = f"http://fietsenhuis-site.localhost:{port}"
        maud = office.new_page()
        sign_in(maud, desk.url("/accounts/login/"), "maud@balie.test")
        maud.get_by_role("link", name="Nieuw bedrijf").click()
        look_at(maud)
        make_company(maud, origin)
        expect(maud.get_by_text("Plaats de code in elke pagina")).to_be_visible()
        look_at(maud)
        code.append(maud.locator(".snippet code").inner_text())

        certify_alice(maud)
        look_at_every_page_of_it(maud)

        key = Company.objects.get(slug=SLUG).sites.get().key
        with window_of(chromium) as at_desk, window_of(chromium) as at_home:
            alice = at_the_desk(at_desk, desk, "alice@balie.test")
            Websites(port, desk).wait_for(key, origin, "chat")
            visitor = at_home.new_page()
            visitor.goto(f"{origin}/stadsfiets")
            talk(visitor, alice)
    assert ChatRecord.objects.get().company.slug == SLUG


def certify_alice(maud: Page) -> None:
    """One operator may answer for the company."""
    maud.get_by_role("listitem").get_by_role("link", name="Medewerkers").click()
    maud.locator(".pick").filter(has_text="Alice").locator("input").check()
    maud.locator("form:has(.picks) button[type=submit]").click()


def look_at_every_page_of_it(maud: Page) -> None:
    """Each of the company's pages opens, and shows which it is."""
    pages = maud.get_by_role("navigation", name="Pagina's van Fietsenhuis Verhoeven")
    for name in ("Gegevens", "Sites", "Tijden", "Belofte", "Portaalmensen"):
        pages.get_by_role("link", name=name).click()
        expect(pages.locator("[aria-current]")).to_have_text(name)
        look_at(maud)


def talk(visitor: Page, alice: Page) -> None:
    """A visitor of the page with the code asks in the company's words, and Alice takes it and wraps up."""
    visitor.get_by_role("button", name="Vraag het ons").click()
    expect(visitor.get_by_text("Goedendag, waarmee kan ik u helpen?")).to_be_visible()
    box = visitor.get_by_label("Uw bericht")
    box.fill("Hebt u deze in blauw?")
    box.press("Enter")
    offer = alice.get_by_role("region", name="Nieuw aanbod")
    expect(offer).to_contain_text("Fietsenhuis Verhoeven")
    alice.keyboard.press("Alt+a")
    expect(alice.get_by_role("log")).to_contain_text("Hebt u deze in blauw?")
    expect(visitor.get_by_text("Alice helpt u namens Fietsenhuis Verhoeven")).to_be_visible()
    alice.keyboard.press("Alt+w")
    alice.keyboard.press("1")
    alice.keyboard.press("Enter")
    expect(alice.get_by_text("Geen chats.")).to_be_visible()


def make_company(page: Page, origin: str) -> None:
    """Fill the form in, with one mistake that is mended."""
    page.locator("#id_name").fill("Fietsenhuis Verhoeven")
    expect(page.locator("#id_slug")).to_have_value("fietsenhuis-verhoeven")
    expect(page.locator("#id_monogram")).to_have_value("FV")
    page.locator("#id_slug").fill(SLUG)
    page.locator("#id_brand").fill("#ffc400")
    expect(page.get_by_text("Op deze kleur zetten we donkere tekst")).to_be_visible()
    page.locator("#id_tone_1").check()
    expect(page.locator("#id_texts-greeting")).to_have_value("Goedendag, waarmee kan ik u helpen?")
    page.locator("#id_question_email").fill("vragen@fietsen.example")
    page.locator("#id_site-name").fill("Webwinkel")
    page.locator("#id_site-origins").fill(f"{origin}/winkel")
    page.locator("#id_week-monday").fill("00:00-24:00")
    page.get_by_role("button", name="Elke dag als maandag").click()
    page.locator("#id_price-amount").fill("4,50")
    page.locator("#id_owner-name").fill("Fien Verhoeven")
    page.locator("#id_owner-email").fill("fien@fietsen.example")
    page.get_by_role("button", name="Bedrijf maken").click()
    expect(page.get_by_role("alert")).to_contain_text("zonder pad")
    expect(page.get_by_role("alert")).to_be_focused()
    look_at(page)
    page.locator("#id_site-origins").fill(f"{origin}/")
    page.get_by_role("button", name="Bedrijf maken").click()
