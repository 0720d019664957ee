"""A manager watches two operators: one closes the lid, and the queue heals without a reload."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from agency.models import Operator, PoolEntry, Seat
from tests.browser.conftest import Desk, sign_in
from tests.browser.console.test_handover import write_to_acme
from tests.browser.looking import look_at
from tests.browser.robot import ROBOT
from tests.browser.websites import Websites, open_websites, window_of
from tests.cast import ACME_SITE
from tests.chat.services.stage import write_first

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("dispatcher", "committed")]

OTHER = {"Alice": "Bob", "Bob": "Alice"}


@pytest.fixture
def sites(desk: Desk, chromium: Browser, committed: None) -> Iterator[Websites]:
    """Both companies' web sites."""
    with open_websites(desk) as sites:
        yield sites


def test_one_closes_the_lid_and_the_queue_heals(chromium: Browser, desk: Desk, sites: Websites):
    with (
        window_of(chromium) as office,
        window_of(chromium) as at_alice,
        window_of(chromium) as at_bob,
        window_of(chromium, base_url=sites.acme) as at_home,
    ):
        maud = office.new_page()
        watch_an_empty_pool(maud, desk)
        robots = {
            "Alice": sit_down(at_alice.new_page(), desk, "Alice", maud),
            "Bob": sit_down(at_bob.new_page(), desk, "Bob", maud),
        }
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        write_to_acme(at_home.new_page(), "Valt de Veluwe klein?")
        first = see_who_has_it(maud)
        close_the_lid(maud, robots, first)
        leave_nobody(maud, OTHER[first.public_name])
        lose_the_line(office, maud)


def watch_an_empty_pool(maud: Page, desk: Desk) -> None:
    """The manager opens the pool, and leaves the page as it is from here on."""
    sign_in(maud, desk.url("/accounts/login/"), "maud@balie.test")
    maud.goto(desk.url("/manage/pool/"))
    expect(maud.get_by_text("Niemand wacht.")).to_be_visible()
    maud.evaluate("window.sameDocument = true")
    maud.get_by_text("Zo tellen we dit").click()


def sit_down(page: Page, desk: Desk, name: str, maud: Page) -> Page:
    """Return an operator who answers by themselves, once the manager sees them free."""
    sign_in(page, desk.url("/accounts/login/"), f"{name.lower()}@balie.test")
    page.goto(desk.url("/preferences/"))
    page.evaluate(ROBOT)
    expect(maud.get_by_role("row", name=re.compile(name))).to_contain_text("vrij")
    return page


def held_chats(maud: Page) -> Locator:
    """Return the rows of the chats that somebody has."""
    return maud.get_by_role("group", name="Chats die iemand heeft").get_by_role("row")


def see_who_has_it(maud: Page) -> Operator:
    """Check that the chat stands with the one who took it. Returns that one."""
    held = held_chats(maud)
    expect(held.nth(1)).to_contain_text("Acme Schoenen")
    first = PoolEntry.objects.select_related("operator").get(state="open").operator
    assert first is not None
    expect(held.nth(1)).to_contain_text(first.public_name)
    look_at(maud)
    return first


def close_the_lid(maud: Page, robots: dict[str, Page], first: Operator) -> None:
    """Its operator is gone without a word, and the chat goes to the other one."""
    other, held = OTHER[first.public_name], held_chats(maud)
    # Anything the manager has in hand stays in hand while the page is laid anew.
    maud.get_by_role("row", name=re.compile(other)).get_by_role("link", name="Afmelden").focus()
    # The lid: the page is gone without a word, and its lease with it.
    robots[first.public_name].close()
    Seat.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    # A dispatcher that has just begun takes nobody for gone within one lease of 15 s.
    expect(held.nth(1)).to_contain_text(other, timeout=45_000)
    assert PoolEntry.objects.get().operator_id != first.pk
    expect(maud.get_by_role("row", name=re.compile(f"^{first.public_name}"))).to_have_count(0)
    assert maud.evaluate("window.sameDocument")
    assert "Afmelden" in maud.evaluate("document.activeElement.textContent")
    assert maud.locator("details[open]").count() == 1


def leave_nobody(maud: Page, other: str) -> None:
    """The next visitor waits, and the page says why and what the router would do."""
    # Written first: with nobody who can answer the site takes no chat. The round that would offer it comes each second.
    with transaction.atomic():
        write_first(now=timezone.now())
        Seat.objects.filter(operator__public_name=other).update(paused=True)
    expect(maud.get_by_text("De enige bevoegde die er is, heeft pauze.")).to_be_visible()
    maud.get_by_role("link", name="Keuze Acme Schoenen").click()
    expect(maud.get_by_text("Niemand zou hem krijgen")).to_be_visible()
    for width in (1280, 390):
        maud.set_viewport_size({"width": width, "height": 844})
        look_at(maud)


def lose_the_line(office: BrowserContext, maud: Page) -> None:
    """Cut the line: what stands there is dimmed and says since when."""
    office.set_offline(True)
    expect(maud.get_by_text("Geen nieuws sinds")).to_be_visible()
    expect(maud.locator("#pool.is-old")).to_have_count(1)
    office.set_offline(False)
    expect(maud.get_by_text("Geen nieuws sinds")).to_be_hidden()
