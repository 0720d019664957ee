"""The server-made pages in a real browser: nothing that axe objects to, no sideways scroll, no policy broken."""

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from agency.models import User
from tests.browser.conftest import Desk, sign_in, sign_in_by_form
from tests.browser.looking import look_at

pytestmark = pytest.mark.browser

LOOKS = [(1280, 800, "light", "nl"), (320, 600, "dark", "en")]
ENTRANCE = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/",
            "/accounts/signup/", "/accounts/inactive/", "/nothing-here/"]  # fmt: skip
INSIDE = ["/preferences/", "/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/",
          "/accounts/reauthenticate/"]  # fmt: skip


@pytest.fixture
def page(request: pytest.FixtureRequest, chromium: Browser, desk: Desk, committed: None) -> Page:
    """A window of one size, theme and language. What the policy or a script complains of fails the test."""
    width, height, scheme, language = getattr(request, "param", LOOKS[0])
    window = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    hosts = ["localhost", "acme.localhost"]
    window.add_cookies([{"name": "language", "value": language, "url": desk.url(host=host)} for host in hosts])
    User.objects.update(language=language)
    page = window.new_page()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    window.close()
    User.objects.update(language="nl")
    assert complaints == []


@pytest.mark.parametrize("page", LOOKS, indirect=True)
def test_the_pages_before_signing_in(page: Page, desk: Desk):
    for host in ("localhost", "acme.localhost"):
        for path in ENTRANCE:
            look_at(page, desk.url(path, host=host))


@pytest.mark.parametrize("page", LOOKS, indirect=True)
def test_the_managers_pages(page: Page, desk: Desk):
    sign_in(page, desk.url("/accounts/login/"), "maud@balie.test")
    assert page.url == desk.url("/manage/")
    for path in ["/manage/", *INSIDE]:
        look_at(page, desk.url(path))


@pytest.mark.parametrize("page", LOOKS, indirect=True)
def test_the_portals_pages(page: Page, desk: Desk):
    host = "acme.localhost"
    sign_in(page, desk.url("/accounts/login/", host=host), "carol@acme.test")
    assert page.url == desk.url("/", host=host)
    for path in ["/", *INSIDE]:
        look_at(page, desk.url(path, host=host))


def test_a_wrong_password_is_said_and_the_keyboard_stands_in_the_form(page: Page, desk: Desk):
    page.goto(desk.url("/accounts/login/"))
    page.fill("#id_login", "maud@balie.test")
    page.fill("#id_password", "guess")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.evaluate("document.activeElement.id") == "id_login"
    assert page.input_value("#id_password") == ""
    assert page.input_value("#id_login") == "maud@balie.test"


def test_the_wrong_host_leads_to_the_right_one(page: Page, desk: Desk):
    sign_in_by_form(page, desk.url("/accounts/login/"), "carol@acme.test")
    page.click(".places a")
    page.wait_for_url(desk.url("/accounts/login/", host="acme.localhost"))


def test_the_code_for_a_site_is_copied_with_one_press(page: Page, desk: Desk):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, desk.url("/accounts/login/"), "maud@balie.test")
    page.get_by_role("link", name="Acme Schoenen").click()
    page.get_by_role("navigation").get_by_role("link", name="Sites").click()
    page.locator("[data-copy]").first.click()
    page.wait_for_selector("[data-copy][aria-live]")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".snippet code").first.inner_text()
