"""A manager watches two operators; one closes the lid, and the queue heals without a reload."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, expect

from agency.models import PoolEntry, Seat
from tests.browser.conftest import Desk, sign_in
from tests.browser.console.test_desk import send
from tests.browser.looking import look_at
from tests.browser.robot import ROBOT
from tests.browser.websites import Websites, open_websites, window_of
from tests.cast import ACME_SITE
from tests.chat.services.stage import write_first

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("dispatcher", "committed")]


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
        sign_in(maud, desk.url("/accounts/login/"), "maud@balie.test")
        maud.goto(desk.url("/manage/pool/"))
        expect(maud.get_by_text("Niemand wacht.")).to_be_visible()
        maud.evaluate("window.sameDocument = true")
        maud.get_by_text("Zo tellen we dit").click()

        robots = {}
        for name, window in (("Alice", at_alice), ("Bob", at_bob)):
            page = robots[name] = window.new_page()
            sign_in(page, desk.url("/accounts/login/"), f"{name.lower()}@balie.test")
            page.goto(desk.url("/preferences/"))
            page.evaluate(ROBOT)
            expect(maud.get_by_role("row", name=re.compile(name))).to_contain_text("vrij")
        sites.wait_for(ACME_SITE, sites.acme, "chat")

        marieke = at_home.new_page()
        marieke.goto("/")
        marieke.get_by_role("button", name="Vraag het ons").click()
        send(marieke.get_by_label("Je bericht"), "Valt de Veluwe klein?")
        held = maud.get_by_role("group", name="Chats die iemand heeft").get_by_role("row")
        expect(held.nth(1)).to_contain_text("Acme Schoenen")
        first = PoolEntry.objects.select_related("operator").get(state="open").operator
        assert first is not None
        other = {"Alice": "Bob", "Bob": "Alice"}[first.public_name]
        expect(held.nth(1)).to_contain_text(first.public_name)
        look_at(maud)

        # What the manager has in hand stays in hand while the page is laid anew.
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

        # Nobody is left: the next visitor waits, and the page says why and what the router would do.
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
        # The line goes: what stands there is dimmed and says since when.
        office.set_offline(True)
        expect(maud.get_by_text("Geen nieuws sinds")).to_be_visible()
        expect(maud.locator("#pool.is-old")).to_have_count(1)
        office.set_offline(False)
        expect(maud.get_by_text("Geen nieuws sinds")).to_be_hidden()
