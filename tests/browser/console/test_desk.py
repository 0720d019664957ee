"""The things around a conversation: hostile text, a second console, nobody at the desk."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from agency.models import Seat, Shift, User
from tenants.models import Company, Site
from tests.agency.services.records import finish
from tests.browser.conftest import Desk
from tests.browser.looking import Look, each_look, look_at
from tests.browser.sessions import give_session
from tests.browser.websites import Websites, at_the_desk, window_of
from tests.cast import ACME_SITE, ZEN_SITE
from tests.concurrency.threads import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("dispatcher", "committed")]

# The kinds that break pages: markup, handlers, templates, directions, combining marks, the very wide.
NAUGHTY = [
    '<script>alert("xss")</script>',
    "<img src=x onerror=alert(1)> <svg/onload=alert(2)>",
    '"><iframe src="javascript:alert(3)">',
    "javascript:alert(4) data:text/html,<script>alert(5)</script>",
    "${alert(6)} {{7*7}} {% debug %} %s %n",
    "' OR 1=1; DROP TABLE chat_chat; --",
    "\u202eגשם rechts\u202c Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮ 👩‍👩‍👧‍👦 ﷽",
    "W" * 400,
    "&lt;b&gt;&amp;nbsp;&#x3C;",
    "https://acme.example/?a=<b>&c='d' mailto:x@y.z",
]


@pytest.fixture
def home(chromium: Browser, sites: Websites) -> Iterator[BrowserContext]:
    """A visitor's browser, on the shop's site."""
    with window_of(chromium, base_url=sites.acme) as window:
        yield window


@pytest.fixture
def alice(chromium: Browser, desk: Desk, sites: Websites) -> Iterator[Page]:
    """Seat Alice at her console, so that the shop's site offers a chat."""
    with window_of(chromium) as window:
        page = at_the_desk(window, desk, "alice@balie.test", known=True)
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        yield page


def begin(home: BrowserContext, alice: Page, text: str) -> Page:
    """Let a visitor write a first text and Alice take the chat. Returns the visitor's page."""
    page = home.new_page()
    page.goto("/")
    page.get_by_role("button", name="Vraag het ons").click()
    send(page.get_by_label("Je bericht"), text)
    expect(alice.get_by_role("region", name="Nieuw aanbod")).to_be_visible()
    alice.keyboard.press("Alt+a")
    expect(alice.get_by_role("log")).to_be_visible()
    return page


def send(box: Any, text: str) -> None:
    """Write and send."""
    box.fill(text)
    box.press("Enter")


def test_naughty_text_is_text_on_both_sides(home: BrowserContext, alice: Page):
    marieke = begin(home, alice, NAUGHTY[0])
    for text in NAUGHTY[1:]:
        send(marieke.get_by_label("Je bericht"), text)
    for text in NAUGHTY:
        send(alice.get_by_role("textbox", name="Bericht aan"), text)
    expect(marieke.locator(".m:not(.m--me) .b")).to_have_count(1 + len(NAUGHTY))
    expect(alice.locator(".bub")).to_have_count(1 + 2 * len(NAUGHTY))
    theirs = alice.locator(".msg:not(.msg--me):not(.msg--auto) .bub p").all_text_contents()
    ours = marieke.locator(".m:not(.m--me) .b").all_text_contents()[1:]
    assert theirs == NAUGHTY
    assert ours == NAUGHTY
    for page, log in ((alice, "[role=log]"), (marieke, "balie-chat .log")):
        planted = page.locator(f"{log} :is(script, img, iframe, b, svg[onload])")
        assert planted.count() == 0
        links = page.locator(f"{log} a").evaluate_all("all => all.map((a) => a.protocol)")
        assert set(links) <= {"https:", "mailto:"}
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_second_console_takes_the_seat_and_the_first_can_only_read(
    chromium: Browser, desk: Desk, home: BrowserContext, alice: Page
):
    marieke = begin(home, alice, "Valt de Veluwe klein?")
    with window_of(chromium) as other:
        second = at_the_desk(other, desk, "alice@balie.test", known=True)
        expect(alice.get_by_text("Hier kun je alleen lezen.").first).to_be_visible()
        expect(alice.get_by_role("textbox", name="Bericht aan")).not_to_be_editable()
        second.get_by_role("link", name="Acme Schoenen").click()
        send(second.get_by_role("textbox", name="Bericht aan"), "Van het tweede scherm")
        expect(marieke.get_by_text("Van het tweede scherm")).to_be_visible()
        expect(alice.get_by_role("log")).to_contain_text("Van het tweede scherm")
        alice.get_by_role("button", name="Hier verder werken").click()
        expect(second.get_by_text("Hier kun je alleen lezen.").first).to_be_visible()
        send(alice.get_by_role("textbox", name="Bericht aan"), "En weer van het eerste")
        expect(marieke.get_by_text("En weer van het eerste")).to_be_visible()
    assert Seat.objects.get(operator__user__email="alice@balie.test").used == 1


def test_a_console_without_a_chat_shows_its_own_day(chromium: Browser, desk: Desk) -> None:
    person = User.objects.select_related("operator").get(email="alice@balie.test")
    now = timezone.now()
    acme = Company.objects.get(slug="acme")
    made = [finish(acme, now, answer=seconds, operator=person.operator) for seconds in (4, 30)]
    begins, eight = now + timedelta(days=1), timedelta(hours=8)
    made.append(Shift.objects.create(operator=person.operator, starts_at=begins, ends_at=begins + eight))
    for width in (1280, 390):
        with window_of(chromium, viewport={"width": width, "height": 800}) as window:
            give_session(window, desk.url(), person.email)
            page = window.new_page()
            page.goto(desk.url("/console/"))
            day = page.get_by_role("region", name="Jouw dag")
            expect(day).to_contain_text("1 van 2")
            expect(day).to_contain_text("Volgende dienst")
            look_at(page)
    for row in made:
        row.delete()


def test_a_page_that_closes_ends_its_lease_soon_and_one_that_reloads_keeps_the_seat(
    chromium: Browser, desk: Desk
) -> None:
    def seat() -> Seat:
        return Seat.objects.get(operator__user__email="alice@balie.test")

    with window_of(chromium) as window:
        page = at_the_desk(window, desk, "alice@balie.test", known=True)
        before = seat()
        page.reload()
        expect(page.get_by_role("region", name="Jouw dag")).to_be_visible()
        assert seat().epoch == before.epoch + 1
        assert seat().lease_until > before.lease_until
        before = seat()
        page.close()
        # A lease only ever falls by leaving: renewals raise it.
        wait_until(lambda: seat().lease_until < before.lease_until)


def test_an_open_page_follows_the_last_operator_out(home: BrowserContext, alice: Page, sites: Websites):
    page = home.new_page()
    page.goto("/")
    launcher = page.locator("balie-chat .launch")
    expect(launcher).to_have_text("Vraag het ons")
    alice.goto("about:blank")
    Seat.objects.update(lease_until="2026-01-01T00:00:00Z")
    expect(launcher).to_have_text("Stel je vraag")


@pytest.mark.parametrize("mode", ["form", "phone", "hidden"])
def test_with_nobody_there_each_site_does_as_it_chose(home: BrowserContext, sites: Websites, mode: str):
    unstaffed = Site.objects.get(key=ACME_SITE).unstaffed
    Site.objects.filter(key=ACME_SITE).update(unstaffed=mode)
    try:
        sites.wait_for(ACME_SITE, sites.acme, mode)
        page = home.new_page()
        page.goto("/")
        # The host element comes with the site's answer.
        expect(page.locator("balie-chat")).to_have_count(1)
        launcher = page.locator("balie-chat .launch")
        if mode == "hidden":
            expect(launcher).to_be_hidden()
        elif mode == "phone":
            expect(launcher).to_have_attribute("href", "tel:0850001234")
        else:
            expect(launcher).to_have_text("Stel je vraag")
    finally:
        Site.objects.filter(key=ACME_SITE).update(unstaffed=unstaffed)


def test_each_company_greets_on_its_own_site(alice: Page, chromium: Browser, sites: Websites):
    sites.wait_for(ZEN_SITE, sites.zen, "chat")
    with window_of(chromium, base_url=sites.zen) as window:
        page = window.new_page()
        page.goto("/")
        page.get_by_role("button", name="Vraag het ons").click()
        send(page.get_by_label("Je bericht"), "Wat kost stroom?")
        offer = alice.get_by_role("region", name="Nieuw aanbod")
        expect(offer).to_contain_text("Zen Energie")
        assert "stroom" not in offer.inner_text()


def test_axe_finds_nothing_on_the_console(home: BrowserContext, alice: Page):
    looks = [Look(1280, 844), Look(1280, 844, "dark"), Look(390, 844, "dark")]
    begin(home, alice, "Valt de Veluwe klein?")
    send(alice.get_by_role("textbox", name="Bericht aan"), "Een halve maat.")
    for _ in each_look(alice, looks):
        look_at(alice)
    alice.keyboard.press("Alt+w")
    for _ in each_look(alice, looks):
        look_at(alice)
