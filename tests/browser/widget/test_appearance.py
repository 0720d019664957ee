"""The widget dark, in forced colours, for a company with a long name, and when something is missing: one whole chat."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from agency.services.companies.palette import make_palette
from tests.browser.conftest import open_on, say, visitor_of, write
from tests.browser.looking import look_at

pytestmark = pytest.mark.browser

NAME = "Koninklijke Vereenigde Schoen- en Laarzenfabrieken Oisterwijk"[:60]
# Yellow is the hardest: white on it can't be read.
LOOKS = make_palette("#ffcc00")
FACTS = {"name": NAME, "look": LOOKS["light"], "dark": LOOKS["dark"]}
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(25, 29, 27)"}
SIZES = {1280: 800, 390: 844}
# A text field's ring is around its form.
RING = """() => {
  let node = document.activeElement;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const ringed = node.localName === 'textarea' ? node.closest('.form') : node;
  const { outlineStyle, outlineWidth } = getComputedStyle(ringed);
  const width = parseFloat(outlineWidth) >= 2 ? 'wide' : outlineWidth;
  return `${node.className || node.localName}: ${outlineStyle} ${width}`;
}"""
EDGE = (
    "node => { const { borderBlockEndStyle: s, borderBlockEndWidth: w } = getComputedStyle(node); return `${s} ${w}`; }"
)


def test_dark_forced_colours_a_long_name_and_what_is_missing(alice: Page, chromium: Browser, shop: str):
    with visitor_of(chromium, shop, FACTS, color_scheme="dark") as window:
        _look_at_whole_chat(alice, window.new_page())


def _look_at_whole_chat(alice: Page, page: Page) -> None:
    # A page that can't be dark has a light chat on it.
    open_on(page, "/")
    assert _paper(page) == PAPER["light"]
    page.keyboard.press("Escape")
    open_on(page, "/strict")
    assert _paper(page) == PAPER["dark"]
    # A dark edge on a dark page is none.
    edge = page.locator(".w").evaluate("node => getComputedStyle(node).boxShadow")
    assert "rgba(255, 255, 255, 0.2) 0px 0px 0px 1px" in edge
    write(page, "Valt de Veluwe klein?")
    say(alice, "\n".join(f"Regel {number}" for number in range(40)))
    expect(page.get_by_text("Regel 39")).to_be_visible()
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        look_at(page)
        _look_at_head(page)
    _look_at_counts(alice, page)
    _look_at_offline(page)
    _look_at_ending(alice, page)


def _paper(page: Page) -> str:
    return str(page.locator(".w").evaluate("node => getComputedStyle(node).backgroundColor"))


def _look_at_head(page: Page) -> None:
    """The name of who helps stands whole above the company's, which is cut at its second line."""
    name, company = page.locator(".head h2"), page.locator(".head p")
    expect(name).to_have_text("Alice")
    expect(name).to_be_in_viewport(ratio=1)
    assert name.evaluate("node => node.scrollWidth <= node.clientWidth")
    # 13 px of letters, 16.25 px a line.
    assert company.evaluate("node => node.clientHeight") <= 33
    expect(company).to_be_in_viewport(ratio=1)


def _force_colours(page: Page, *, on: bool) -> None:
    page.emulate_media(color_scheme="dark", forced_colors="active" if on else "none")


def _look_at_counts(alice: Page, page: Page) -> None:
    """New texts are counted, below in the log and behind the button. In forced colours every stop has its ring."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(".log").evaluate("node => node.scrollTop = 0")
    for text in ("Nog een.", "En nog een."):
        say(alice, text)
    jump = page.get_by_role("button", name="2 nieuwe berichten")
    expect(jump).to_be_visible()
    look_at(page)
    _force_colours(page, on=True)
    assert _edge(jump) == "solid 1px"
    assert _edge(page.locator(".head")) == "solid 2px"
    box = page.get_by_label("Je bericht")
    box.focus()
    rings = [page.evaluate(RING)]
    # Up to the log, the head's two and the button; down to Send and the foot.
    for key in ["Shift+Tab"] * 5 + ["Tab"] * 7:
        page.keyboard.press(key)
        rings.append(page.evaluate(RING))
    assert {ring.split(": ")[1] for ring in rings} == {"solid wide"}, rings
    assert len(set(rings)) >= 6, rings
    box.focus()
    page.keyboard.press("Escape")
    button = page.get_by_role("button", name="Vraag het ons")
    expect(button).to_be_focused()
    assert page.evaluate(RING) == "launch: solid wide"
    for text in ("Ben je er nog?", "Laat maar weten."):
        say(alice, text)
    expect(button.get_by_role("img", name="Nieuw bericht: 2")).to_have_text("2")
    expect(page.get_by_role("button", name="Alice schrijft: Laat maar weten.")).to_be_visible()
    _force_colours(page, on=False)
    look_at(page)
    button.click()
    expect(button).to_have_count(0)


def _look_at_offline(page: Page) -> None:
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.get_by_text("Geen verbinding.")).to_be_visible()
    look_at(page)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Geen verbinding.")).to_be_hidden()


def _look_at_ending(alice: Page, page: Page) -> None:
    """A file that doesn't come is reported and asked for again. A tap brings up what more can be said. Each button has
    an edge.
    """
    page.route("**/ending.js*", lambda route: route.abort())
    alice.evaluate("act('chat.close')")
    expect(page.get_by_text("Dit onderdeel kon niet laden.")).to_be_visible()
    look_at(page)
    page.unroute("**/ending.js*")
    page.get_by_role("button", name="Nu proberen").click()
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_role("button", name="Verstuur oordeel")).to_be_in_viewport(ratio=1)
    look_at(page)
    _force_colours(page, on=True)
    for name in ("Verstuur oordeel", "Nieuw gesprek"):
        assert _edge(page.get_by_role("button", name=name)) == "solid 1px"


def _edge(locator: Locator) -> str:
    return str(locator.evaluate(EDGE))
