"""The widget on pages that write themselves anew, listen to everything, or move their whole document."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Desk, wait_for_offer
from tests.browser.shop import STRANGE
from tests.cast import ACME_SITE, ZEN_SITE

pytestmark = pytest.mark.browser

# A modal's focus trap, a shop that forbids copying, a map that scrolls itself: each listens on the document.
LISTENERS = """
for (const type of ['paste', 'copy', 'beforeinput', 'wheel', 'touchmove'])
  document.addEventListener(type, (event) => event.preventDefault(), { passive: false });
document.addEventListener('focusin', (event) => trap.contains(event.target) || trap.focus());
"""
CORNER = """() => [...document.querySelectorAll('balie-chat')].map((host) => {
  const { left, top, right, bottom } = host.shadowRoot.querySelector('.launch').getBoundingClientRect();
  return { left, top, right, bottom };
})"""


@pytest.fixture
def page(desk: Desk, shop: str, visitor: BrowserContext, committed: None) -> Page:
    """A page of the shop that carries its snippet twice and another company's once, all in a document that is moved."""
    page = visitor.new_page()
    wait_for_offer(page, desk, shop, "form")

    def as_acme(route: Route) -> None:
        route.fulfill(response=route.fetch(url=desk.url(f"/widget/{ACME_SITE}/config")))

    visitor.route(f"**/widget/{ZEN_SITE}/config*", as_acme)
    page.goto(STRANGE)
    expect(page.get_by_role("button", name="Stel je vraag")).to_have_count(2)
    return page


def test_each_site_is_there_once_in_its_corner_and_comes_back(page: Page):
    """The snippet twice was two chats, one over the other. A page that wrote itself anew had none, a moved one had it
    below.
    """
    _look_at_corners(page)
    page.evaluate("document.documentElement.style.zoom = 1.5; dispatchEvent(new Event('resize'))")
    _look_at_corners(page)
    page.evaluate(
        "const fresh = document.documentElement.cloneNode(true);"
        "fresh.querySelectorAll('balie-chat').forEach((host) => host.remove());"
        "document.documentElement.replaceWith(fresh)"
    )
    expect(page.get_by_role("button", name="Stel je vraag")).to_have_count(2)
    page.evaluate("document.open(); document.write('<title>Nieuw</title><p>Nieuw</p>'); document.close()")
    expect(page.get_by_role("button", name="Stel je vraag")).to_have_count(2)
    _look_at_corners(page)
    page.get_by_role("button", name="Stel je vraag").first.click()
    expect(page.get_by_role("textbox", name="Je vraag")).to_be_visible()


def test_what_a_page_listens_for_stops_at_the_panel(page: Page):
    """A focus trap took the caret away at each letter, and a page without copying had no pasting in the chat either."""
    page.evaluate(LISTENERS)
    page.get_by_role("button", name="Stel je vraag").first.click()
    box = page.get_by_role("textbox", name="Je vraag")
    box.click()
    page.keyboard.type("Is maat 39 er?")
    expect(box).to_have_value("Is maat 39 er?")
    expect(box).to_be_focused()
    stopped = box.evaluate(
        """(box) => ['paste', 'copy', 'wheel', 'touchmove'].map((type) =>
             box.dispatchEvent(new Event(type, { bubbles: true, composed: true, cancelable: true })))"""
    )
    assert stopped == [True] * 4


def test_a_panel_that_does_not_come_is_said_and_can_be_tried_again(page: Page):
    page.route("**/panel.js*", lambda route: route.abort())
    page.get_by_role("button", name="Stel je vraag").first.click()
    expect(page.get_by_role("alert")).to_contain_text("De chat kon niet laden.")
    page.unroute("**/panel.js*")
    page.get_by_role("button", name="Opnieuw proberen").click()
    expect(page.get_by_role("textbox", name="Je vraag")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_back_puts_the_panel_of_a_phone_away_and_leaves_the_page(page: Page):
    """The panel closes by the browser's own close request. Nothing is written into the page's history."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("window.CloseWatcher = class { constructor() { window.watcher = this; } destroy() {} }; 0")
    before = page.evaluate("history.length")
    page.get_by_role("button", name="Stel je vraag").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate("watcher.onclose()")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("history.length") == before


def _look_at_corners(page: Page) -> None:
    """Both buttons are in the window's lower right corner, and neither lies over the other."""
    page.wait_for_function("document.querySelectorAll('balie-chat').length === 2")
    first, second = page.evaluate(CORNER)
    for box in (first, second):
        assert 300 < box["left"] < box["right"] <= 1280, (first, second)
        assert 700 < box["top"] < box["bottom"] <= 800, (first, second)
    assert second["right"] <= first["left"] or first["right"] <= second["left"], (first, second)
