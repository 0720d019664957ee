"""A company chooses its look beside its own widget, and its site shows it: colour, corner and logo."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Desk, sign_in, visitor_of
from tests.browser.looking import look_at
from tests.chat.services.files.pictures import as_bytes, logo

pytestmark = pytest.mark.browser

HOST = "acme.localhost"
RED = "rgb(220, 30, 60)"


def test_a_look_is_tried_saved_and_seen_by_visitors(
    chromium: Browser, desk: Desk, shop: str, committed: None, tmp_path: Path
) -> None:
    picture = tmp_path / "acme.png"
    picture.write_bytes(as_bytes(logo()))
    with chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce") as window:
        page = window.new_page()
        sign_in(page, desk.url("/accounts/login/", host=HOST), "carol@acme.test")
        page.goto(desk.url("/look/", host=HOST))
        widget = page.frame_locator(".trial iframe:not(.is-coming)")
        expect(widget.locator(".who")).to_have_text("AC")
        page.get_by_label("Logo").set_input_files(picture)
        expect(widget.locator(".who img")).to_be_visible()
        page.get_by_role("button", name="Neem deze kleur: #dc1e3c").click()
        expect(widget.locator(".head")).to_have_css("background-color", RED)
        page.get_by_label("Naam").fill("Acme & Zonen")
        page.get_by_label("Linksonder").check()
        expect(widget.get_by_role("heading", name="Acme & Zonen")).to_be_visible()
        # Whoever types goes on typing.
        expect(page.get_by_label("Linksonder")).to_be_focused()
        look_at(page)
        page.get_by_role("button", name="Niemand er").click()
        expect(widget.get_by_label("E-mail")).to_be_visible()
        page.get_by_role("button", name="Bewaren").click()
        expect(page.get_by_text("Bewaard.")).to_be_visible()
        expect(page.locator(".side__co img")).to_be_visible()
    _look_at_sites(chromium, shop)


def _look_at_sites(chromium: Browser, shop: str) -> None:
    """At the left, with the logo, and with letters where a page allows no pictures of ours."""
    with visitor_of(chromium, shop) as window:
        for path in ("/", "/strict"):
            page = window.new_page()
            page.goto(path)
            launcher = page.locator(".launch")
            expect(launcher).to_have_css("background-color", RED, timeout=20_000)
            _is_left(launcher.bounding_box())
            launcher.click()
            _is_left(page.locator(".frame").bounding_box())
            who = page.locator(".who")
            if path == "/strict":
                expect(who).to_have_text("AC")
            else:
                expect(who.locator("img")).to_have_js_property("naturalWidth", 192)
        _is_whole_on_a_phone(page)


def _is_left(box: dict[str, float] | None) -> None:
    assert box is not None
    assert box["x"] == 24


def _is_whole_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".frame.is-full")).to_be_visible()
    box = page.locator(".frame").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
