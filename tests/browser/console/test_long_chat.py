"""A chat longer than a page of it: the newest is there at once, and reading back shows the rest in its place."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from agency.models import PoolEntry
from tests.browser.conftest import Desk
from tests.browser.console.test_departures import arrive, sites  # noqa: F401 -- a fixture
from tests.browser.looking import look_at
from tests.browser.websites import Websites, at_the_desk, window_of
from tests.cast import ACME_SITE
from tests.chat.realtime.long_chats import grow

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("dispatcher", "committed")]

# How far the text that stood at the top of the log may have moved when older ones come in above it, in pixels.
STILL = 3


def test_both_sides_read_back_to_the_beginning(
    chromium: Browser,
    desk: Desk,
    sites: Websites,  # noqa: F811
) -> None:
    with window_of(chromium) as at_desk, window_of(chromium, base_url=sites.acme) as at_home:
        alice = at_the_desk(at_desk, desk, "alice@balie.test")
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        marieke = at_home.new_page()
        arrive(marieke, alice, "Het begin.")
        grow(PoolEntry.objects.get().pk, 157, "lang verhaal")
        for page in (alice, marieke):
            page.reload()
            log = page.get_by_role("log")
            expect(log.get_by_text("160 lang verhaal")).to_be_visible()
            expect(log.get_by_text("80 lang verhaal", exact=True)).to_have_count(0)
            # The console draws the newest of what it holds; the panel holds less for so long.
            _read_back(page, log, ["81 lang verhaal"] if page is alice else [])
            assert log.get_by_text("lang verhaal").count() == 157
        look_at(alice)
        look_at(marieke)


def _read_back(page: Page, log: Locator, held: list[str]) -> None:
    """Press the button, then scroll: each page comes in above what is read, which stays where it is."""
    older = page.get_by_role("button", name="Eerdere berichten tonen")
    expect(older).to_be_visible()  # the end of the log is drawn first, and the button when the rest is
    log.evaluate("log => log.scrollTop = 200")
    first = "101 lang verhaal" if held else "81 lang verhaal"
    top = _place(log, first)
    for comes in (*held, "Het begin."):
        older.evaluate("button => button.click()")
        expect(log.get_by_text(comes, exact=True)).to_have_count(1)
        assert abs(_place(log, first) - top) <= STILL
    expect(older).to_have_count(0)
    log.evaluate("log => log.scrollTop = 0")
    expect(log.get_by_text("Het begin.")).to_be_in_viewport()


def _place(log: Locator, text: str) -> float:
    """Where a text is, from the top of the log: a banner above may come and go."""
    here: Any = log.get_by_text(text, exact=True).bounding_box()
    box: Any = log.bounding_box()
    return float(here["y"] - box["y"])
