"""Pictures of widget and console for docs/screens, made anew by `make prove`."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from agency.models import User
from balie.run.balie_home import ROOT
from chat.models import Text
from tenants.context import in_company
from tenants.models import Company, Site
from tests import kept
from tests.browser.conftest import Desk, sign_in
from tests.browser.websites import Websites, window_of
from tests.cast import ACME_SITE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("dispatcher", "committed"),
    pytest.mark.prove,
]

FOLDER = ROOT / "docs" / "screens"
LARGEST = 200 * 1024
SIZES = {1280: 800, 390: 844}
WORDS: dict[str, dict[str, Any]] = {
    "nl": {
        "launch": "Vraag het ons",
        "box": "Je bericht",
        "offer": "Nieuw aanbod",
        "to": "Bericht aan",
        "said": [
            "Hoi, valt de Veluwe 4 klein? Ik heb meestal 39.",
            "Hoi, ik ben Alice. De Veluwe valt iets smal: neem een halve maat groter, dus 39,5.",
            "Fijn. En als hij toch knelt?",
        ],
    },
    "en": {
        "launch": "Ask us",
        "box": "Your message",
        "offer": "New offer",
        "to": "Message to",
        "said": [
            "Hi, does the Veluwe 4 run small? I usually take a 39.",
            "Hi, I'm Alice. It is a little narrow: take half a size up, so 39.5.",
            "Great. And if it still pinches?",
        ],
    },
}


@pytest.fixture(scope="module", autouse=True)
def english_greeting(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A greeting in English, there before the web process first reads them."""
    with django_db_blocker.unblock():
        with in_company(Company.objects.get(slug="acme")):
            Text.objects.create(
                id=uuid.uuid4(),
                kind="greeting",
                key="general",
                language="en",
                body="Hi! Can we help you find your shoes?",
                data={"patterns": ["*"], "starts": []},
                published_at=timezone.now(),
                told_at=timezone.now(),
            )
        yield
        kept.restore()


# A process of its own for each language: it remembers a site's greetings for half a minute.
@pytest.mark.parametrize(("desk", "language"), [("uvicorn", "nl"), ("daphne", "en")], indirect=["desk"])
def test_pictures(chromium: Browser, desk: Desk, sites: Websites, language: str):
    words = WORDS[language]
    Site.objects.filter(key=ACME_SITE).update(language=language)
    User.objects.update(language=language)
    try:
        with window_of(chromium) as at_desk, window_of(chromium, base_url=sites.acme) as at_home:
            at_desk.add_cookies([{"name": "language", "value": language, "url": desk.url()}])
            alice = at_desk.new_page()
            sign_in(alice, desk.url("/accounts/login/"), "alice@balie.test")
            alice.evaluate("sessionStorage.setItem(`balie.heard.${document.documentElement.dataset.operator}`, '1')")
            alice.reload()
            sites.wait_for(ACME_SITE, sites.acme, "chat")
            marieke = at_home.new_page()
            marieke.goto("/schoenen/veluwe-4.html")
            marieke.get_by_role("button", name=words["launch"]).click()
            _send(marieke.get_by_label(words["box"]), words["said"][0])
            expect(alice.get_by_role("region", name=words["offer"])).to_be_visible()
            alice.keyboard.press("Alt+a")
            _send(alice.get_by_role("textbox", name=words["to"]), words["said"][1])
            expect(marieke.get_by_text(words["said"][1])).to_be_visible()
            _send(marieke.get_by_label(words["box"]), words["said"][2])
            expect(alice.get_by_role("log")).to_contain_text(words["said"][2])
            for page, name in ((marieke, "widget"), (alice, "console")):
                for width in SIZES:
                    _shoot(page, f"{name}-{language}-{width}", width)
    finally:
        Site.objects.filter(key=ACME_SITE).update(language="nl")
        User.objects.update(language="nl")


def _send(box: Any, text: str) -> None:
    box.fill(text)
    box.press("Enter")


def _shoot(page: Page, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    FOLDER.mkdir(exist_ok=True)
    picture = Path(FOLDER / f"{name}.png")
    page.screenshot(path=picture, animations="disabled")
    assert picture.stat().st_size <= LARGEST, picture.name
