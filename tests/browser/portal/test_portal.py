"""A company's pages in a real browser: every look, axe, hostile words as text, and the way through list and chat."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from agency.models import User
from tenants.models import Company
from tests.agency.services.pool.history import add_chat
from tests.browser.conftest import Desk, sign_in
from tests.browser.looking import look_at

pytestmark = pytest.mark.browser

LOOKS = [(1280, 800, "light", "nl"), (320, 600, "dark", "en")]
HOST = "acme.localhost"
# Texts that run, or break out, where text is taken for markup.
HOSTILE = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "</p></div><svg onload=window.pwned=1>",
    "\"><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "' autofocus onfocus=window.pwned=1 x='",
    "javascript:window.pwned=1",
    "{{ request.user.password }}{% debug %}",
    "\u202egnikcatta\u202c \u200b\ufeff",
    "<style>body{display:none}</style>",
    "&lt;b&gt; &amp;amp; %00 \\x3cscript\\x3e",
    "een woord van " + "w" * 900,
]


@pytest.fixture
def page(request: pytest.FixtureRequest, chromium: Browser, desk: Desk, committed: None) -> Any:
    """A window of one size, theme and language, with three chats on record."""
    width, height, scheme, language = getattr(request, "param", LOOKS[0])
    User.objects.update(language=language)
    acme, now = Company.objects.get(slug="acme"), timezone.now()
    add_chat(acme, 1, now - timedelta(minutes=50), name="Marieke", good=True, words="Lekker snel")
    add_chat(acme, 2, now - timedelta(minutes=40), waited=None, lasted=60, close_reason="left")
    add_chat(
        acme,
        3,
        now - timedelta(minutes=30),
        said=tuple(HOSTILE),
        answer=HOSTILE[1],
        name=HOSTILE[0][:100],
        good=False,
        words=HOSTILE[2],
        waited=26,
    )
    # No page fades into the next: what is judged is what stands there.
    window = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = window.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    yield page
    window.close()
    User.objects.update(language="nl")
    assert complaints == []


@pytest.mark.parametrize("page", LOOKS, indirect=True)
def test_the_company_s_pages(page: Page, desk: Desk) -> None:
    sign_in(page, desk.url("/accounts/login/", host=HOST), "carol@acme.test")
    for path in ("/", "/satisfaction/", "/chats/", "/chats/?q=nergens", "/chats/?from=x&q=woord"):
        page.goto(desk.url(path, host=HOST))
        look_at(page)
    page.goto(desk.url("/chats/", host=HOST))
    page.get_by_role("link", name="Marieke").click()
    expect(page.get_by_role("heading", name="Marieke")).to_be_visible()
    look_at(page)


@pytest.mark.parametrize("page", LOOKS, indirect=True)
def test_hostile_words_are_text(page: Page, desk: Desk) -> None:
    sign_in(page, desk.url("/accounts/login/", host=HOST), "carol@acme.test")
    page.goto(desk.url("/chats/?q=woord", host=HOST))
    page.locator("#c3 a").click()
    log = page.locator(".tr__log")
    for text in HOSTILE:
        expect(log).to_contain_text(text)
    look_at(page)
    page.goto(desk.url("/satisfaction/", host=HOST))
    expect(page.locator(".words")).to_contain_text(HOSTILE[2])
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize("page", LOOKS, indirect=True)
def test_the_manager_s_view_of_a_chat_and_the_flag(page: Page, desk: Desk) -> None:
    sign_in(page, desk.url("/accounts/login/"), "maud@balie.test")
    acme = Company.objects.get(slug="acme")
    page.goto(desk.url(f"/manage/companies/{acme.pk}/chats/"))
    look_at(page)
    page.get_by_role("link", name="Marieke").click()
    act = page.locator(".inside__act")
    act.locator("summary").click()
    look_at(page)
    act.get_by_role("button").click()
    expect(page.locator(".tr__chips")).to_have_text("Spam")
    look_at(page)
