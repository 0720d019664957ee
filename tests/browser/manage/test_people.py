"""People and texts in a real browser: a manager certifies and writes, and an open console follows."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from agency.models import Operator, Seat, User
from agency.services.certification import certify
from tenants import clock
from tenants.models import Company
from tests.browser.conftest import Desk, sign_in
from tests.browser.looking import Look, each_look, look_at
from tests.browser.websites import Websites, at_the_desk, window_of
from tests.cast import ACME_SITE
from tests.chat.services.stage import open_chat, sit

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("dispatcher", "committed")]


@pytest.fixture
def maud(chromium: Browser, desk: Desk, committed: None) -> Iterator[Page]:
    """Maud on the manager's pages. A form that comes back is a 422, no complaint."""
    window = chromium.new_context(locale="nl-NL")
    page = window.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, desk.url("/accounts/login/"), "maud@balie.test")
    yield page
    window.close()
    assert errors == []


def test_a_script_published_by_a_manager_is_in_an_open_console(
    maud: Page, chromium: Browser, desk: Desk, sites: Websites
) -> None:
    acme = Company.objects.get(slug="acme")
    with window_of(chromium) as work, window_of(chromium, base_url=sites.acme) as home:
        alice = at_the_desk(work, desk, "alice@balie.test", known=True)
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        visitor = home.new_page()
        visitor.goto("/")
        visitor.get_by_role("button", name="Vraag het ons").click()
        visitor.get_by_label("Je bericht").fill("Hallo")
        visitor.get_by_label("Je bericht").press("Enter")
        expect(alice.get_by_role("region", name="Nieuw aanbod")).to_be_visible()
        alice.keyboard.press("Alt+a")
        expect(alice.get_by_text("Groet", exact=True)).to_be_visible()
        maud.goto(desk.url(f"/manage/companies/{acme.pk}/texts/"))
        look_at(maud)
        maud.get_by_role("link", name="Script", exact=True).click()
        look_at(maud)
        maud.get_by_role("link", name="Nieuwe versie").click()
        look_at(maud)
        maud.get_by_label("Stappen").fill("Groet\nVraag naar de maat")
        maud.get_by_role("button", name="Publiceren").click()
        expect(maud.locator("ins")).to_have_count(2)
        look_at(maud)
        expect(alice.get_by_text("Vraag naar de maat")).to_be_visible()


def test_axe_finds_nothing_on_the_pages_about_people(maud: Page, desk: Desk) -> None:
    looks = [Look(320, 800), Look(1280, 800)]
    acme = Company.objects.get(slug="acme")
    bob = User.objects.get(email="bob@balie.test")
    company = f"/manage/companies/{acme.pk}"
    for path in (
        "/manage/people/",
        "/manage/people/new/",
        f"/manage/people/{bob.pk}/",
        f"{company}/operators/",
        f"{company}/operators/{bob.pk}/revoke/",
        f"{company}/texts/?url=/schoenen",
        f"{company}/texts/new/?kind=greeting",
        f"{company}/texts/new/?kind=canned",
    ):
        maud.goto(desk.url(path))
        for _ in each_look(maud, looks):
            look_at(maud)
    maud.goto(desk.url("/manage/people/new/"))
    maud.get_by_role("button", name="Toevoegen en link mailen").click()
    expect(maud.locator("[aria-invalid=true]").first).to_be_visible()
    for _ in each_look(maud, looks):
        look_at(maud)


def test_revoking_asks_what_becomes_of_the_chats_in_hand(maud: Page, desk: Desk) -> None:
    looks = [Look(390, 800), Look(1280, 800)]
    now = clock.now()
    alice = sit("alice@balie.test", now=now)
    Seat.objects.filter(pk=alice.operator_id).update(lease_until=now + timedelta(minutes=10))
    entry = open_chat(alice, now=now)
    acme = Company.objects.get(slug="acme")
    address = desk.url(f"/manage/companies/{acme.pk}/operators/{alice.operator_id}/revoke/")
    try:
        maud.goto(address)
        for _ in each_look(maud, looks):
            look_at(maud)
        maud.get_by_role("button", name="Intrekken").click()
        expect(maud.get_by_text("Kies wat er met de chats onder handen gebeurt.")).to_be_visible()
        for _ in each_look(maud, looks):
            look_at(maud)
        maud.get_by_label("Nu aan collega’s overdragen").check()
        maud.get_by_role("button", name="Intrekken").click()
        expect(maud.get_by_text("krijgt geen chats van Acme Schoenen meer")).to_be_visible()
        entry.refresh_from_db()
        assert (entry.state, entry.operator_id, entry.at_head) == ("waiting", None, True)
    finally:
        operator = Operator.objects.get(pk=alice.operator_id)
        certify.certify(operator=operator, company=acme)
