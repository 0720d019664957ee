"""A company comes aboard by itself: from the invitation's mail over each step to a live chat on its own page."""

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from agency.models import ChatRecord, Operator, Shift, User
from agency.services.certification.certify import certify
from balie.pages.onboarding.steps import STEPS
from balie.steps.onboard import Terms, start_company
from chat.models import Delivery
from tenants import clock
from tenants.context import in_company
from tenants.models import Company
from tenants.provisioning import drop_company
from tests.browser.conftest import Desk, sign_in
from tests.browser.looking import look_at
from tests.browser.websites import Websites, at_the_desk, window_of

pytestmark = [pytest.mark.browser]

SLUG = "fietsenhuis"
HOST = f"{SLUG}.localhost"
EMAIL = "fien@fietsen.example"
PASSWORD = "veertien paarse tafels"
PAGE = "<!doctype html><html lang=nl><title>Fietsen</title><h1>Stadsfietsen</h1>{code}</html>"
MOST_PRESSES = 60
# Counts presses of a person's finger or mouse: a click of a label is one press, and two clicks.
COUNT = "addEventListener('pointerdown', (event) => event.isTrusted && window.pressed(), true)"


@pytest.fixture
def unmade(committed: None) -> Iterator[None]:
    """Drop the schema of the company that was made, while its row is still there."""
    yield
    for company in Company.objects.filter(slug=SLUG):
        drop_company(company)


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


class Presses:
    """Counts what somebody presses in these windows."""

    def __init__(self) -> None:
        self.count = 0

    def watch(self, window: BrowserContext) -> BrowserContext:
        """Count in this window too."""
        window.expose_function("pressed", self._add)
        window.add_init_script(COUNT)
        return window

    def _add(self) -> None:
        self.count += 1


def invited(language: str) -> Company:
    """Make a company as a manager's form does, with its mail."""
    return start_company(
        slug=SLUG,
        name="Fietsenhuis Verhoeven",
        monogram="FV",
        language=language,
        tone="u",
        terms=Terms(
            by=User.objects.get(email="maud@balie.test"),
            owner=("Fien Verhoeven", EMAIL),
            promise=(20, Decimal("0.9")),
            price=Decimal("4.50"),
        ),
        now=clock.now(),
    )


def open_mail(page: Page, desk: Desk, company: Company) -> None:
    """Follow the link of the mail, and choose a password."""
    with in_company(company):
        text = Delivery.objects.get(kind="invitation").text
    link = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert link
    page.goto(desk.url(link[1], host=HOST))
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(desk.url("/start/", host=HOST))


def do_company(page: Page) -> None:
    """Fill in whom invoices are for, with one mistake that is mended."""
    for name, value in {
        "address": "Kade 1, 8011 AB Zwolle",
        "invoice-street": "Kade 1",
        "invoice-postcode": "8011 AB",
        "invoice-city": "Zwolle",
        "invoice-registration": "9000135",
        "invoice-vat_id": "NL123456789B13",
        "invoice-iban": "NL91 ABNA 0417 1643 00",
    }.items():
        page.locator(f"#id_{name}").fill(value)
    go_on(page)
    expect(page.get_by_role("alert")).to_be_focused()
    look_at(page)
    page.locator("#id_invoice-registration").fill("90001354")
    go_on(page)


def go_on(page: Page) -> None:
    page.locator("main .ob__foot button[type=submit]").click()


def at(page: Page, slug: str) -> None:
    """Wait for a step. A browser keeps the fragment of the page before it."""
    page.wait_for_url(re.compile(rf"/start/{slug}/(#.*)?$"))


def test_from_the_mail_to_a_live_chat(
    chromium: Browser, desk: Desk, dispatcher: None, committed: None, unmade: None
) -> None:
    code: list[str] = []
    presses = Presses()
    company = invited("nl")
    with own_website(code) as port:
        origin = f"http://fietsenhuis-site.localhost:{port}"
        with window_of(chromium) as first:
            fien = presses.watch(first).new_page()
            open_mail(fien, desk, company)
            look_at(fien)
            fien.get_by_role("link", name="Verder met bedrijf").click()
            look_at(fien)
            do_company(fien)
            expect(fien.get_by_text("Bewaard om")).to_be_visible()
        with window_of(chromium) as second:
            page = resume(presses.watch(second), desk)
            do_the_rest(page, origin)
            look_at(page)
            code.append(page.locator(".snippet code").first.inner_text())
            try_it(second, page, origin)
        go_live(chromium, presses, desk, company)
        talk(chromium, desk, company, port, origin)
    assert ChatRecord.objects.get().company == company
    print(f"{presses.count} presses from the mail to going live, over {len(STEPS)} steps")
    assert presses.count <= MOST_PRESSES


def resume(window: BrowserContext, desk: Desk) -> Page:
    """Sign in on another machine: the day begins where it was left."""
    page = window.new_page()
    page.goto(desk.url("/accounts/login/", host=HOST))
    page.locator("#id_login").fill(EMAIL)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.get_by_text("KvK 90001354, Zwolle")).to_be_visible()
    page.get_by_role("link", name="Verder met website").click()
    return page


def do_the_rest(page: Page, origin: str) -> None:
    """Do every step up to the last, and pass one by that asks nothing of this company."""
    for step in STEPS[1:-1]:
        at(page, step.slug)
        look_at(page)
        if step.slug == "site":
            page.locator("#id_site-origins").fill(origin)
        if step.slug == "hours":
            page.locator("#id_week-monday").fill("00:00-24:00")
            page.get_by_role("button", name="Elke dag als maandag").click()
        if step.slug == "agreement":
            accept(page)
        go_on(page)
    at(page, STEPS[-1].slug)


def accept(page: Page) -> None:
    """Put a name under each agreement."""
    buttons = page.get_by_role("button", name="Ik aanvaard deze overeenkomst")
    for left in range(buttons.count(), 0, -1):
        page.locator(".agreement form input[name=name]").first.fill("Fien Verhoeven")
        buttons.first.click()
        expect(buttons).to_have_count(left - 1)


def try_it(window: BrowserContext, page: Page, origin: str) -> None:
    """Paste the code, try the chat with the robot, and ask to go live."""
    shop = window.new_page()
    shop.goto(f"{origin}/stadsfiets")
    with window.expect_page() as found:
        page.get_by_role("link", name=f"Proefchat op {origin.removeprefix('http://')}").click()
    trial = found.value
    trial.get_by_role("button", name="Vraag het ons").click()
    trial.locator("textarea").fill("Hebt u deze in blauw?")
    trial.keyboard.press("Enter")
    expect(trial.get_by_text("de robot van Fietsenhuis Verhoeven")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Vraag om live te gaan").click()
    look_at(page)


def go_live(chromium: Browser, presses: Presses, desk: Desk, company: Company) -> None:
    """A manager has people certified and planned, and lets it go live."""
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    for email in ("alice@balie.test", "bob@balie.test"):
        operator = Operator.objects.get(user__email=email)
        certify(operator=operator, company=company)
        Shift.objects.filter(operator=operator).delete()
        Shift.objects.bulk_create(
            Shift(operator=operator, starts_at=now + n * timedelta(hours=6), ends_at=now + (n + 1) * timedelta(hours=6))
            for n in range(-1, 4 * 9)
        )
    with window_of(chromium) as office:
        maud = presses.watch(office).new_page()
        sign_in(maud, desk.url("/accounts/login/"), "maud@balie.test")
        maud.goto(desk.url(f"/manage/companies/{company.pk}/start/start/"))
        look_at(maud)
        maud.get_by_role("button", name="Zet live").click()
        expect(maud.get_by_text("Live sinds")).to_be_visible()


def talk(chromium: Browser, desk: Desk, company: Company, port: int, origin: str) -> None:
    """A visitor of the page with the code asks in the company's words, and Alice takes it and wraps up."""
    key = company.sites.get().key
    with window_of(chromium) as at_desk, window_of(chromium) as at_home:
        alice = at_the_desk(at_desk, desk, "alice@balie.test")
        Websites(port, desk).wait_for(key, origin, "chat")
        visitor = at_home.new_page()
        visitor.goto(f"{origin}/stadsfiets")
        visitor.get_by_role("button", name="Vraag het ons").click()
        expect(visitor.get_by_text("Goedendag, waarmee kan ik u helpen?")).to_be_visible()
        box = visitor.get_by_label("Uw bericht")
        box.fill("Hebt u deze in blauw?")
        box.press("Enter")
        expect(alice.get_by_role("region", name="Nieuw aanbod")).to_contain_text("Fietsenhuis Verhoeven")
        alice.keyboard.press("Alt+a")
        expect(alice.get_by_role("log")).to_contain_text("Hebt u deze in blauw?")
        expect(visitor.get_by_text("Alice helpt u namens Fietsenhuis Verhoeven")).to_be_visible()
        alice.keyboard.press("Alt+w")
        alice.keyboard.press("1")
        alice.keyboard.press("Enter")
        expect(alice.get_by_text("Geen chats.")).to_be_visible()


def test_on_a_phone_in_english(chromium: Browser, desk: Desk, committed: None, unmade: None) -> None:
    company = invited("en")
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "locale": "en-GB"}
    with window_of(chromium, **phone) as window:
        page = window.new_page()
        open_mail(page, desk, company)
        look_at(page)
        page.get_by_role("link", name="Go on with company").click()
        do_company(page)
        expect(page.get_by_text("Saved at")).to_be_visible()
        # The steps are folded; each is a touch away.
        page.get_by_text(f"Step 2 of {len(STEPS)}").click()
        look_at(page)
        page.get_by_role("link", name="Opening hours").click()
        look_at(page)
        go_on(page)
        page.get_by_role("link", name="Go on later").click()
        expect(page.get_by_text("Missing: the address of a site")).to_be_visible()
