"""A whole conversation in two browsers: on the shop's page of another origin, and at the desk."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from agency.models import ChatRecord
from chat.models import Text
from tenants.context import in_company
from tenants.models import Company
from tests import kept
from tests.browser.conftest import Desk
from tests.browser.websites import Websites, at_the_desk, window_of
from tests.cast import ACME_SITE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("dispatcher", "committed")]

GREETING = "Hoi! Zoek je een loopschoen?"


@pytest.fixture(scope="module", autouse=True)
def greeting_of_shoes(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A greeting for the shoes' pages, there before the web process first reads them."""
    with django_db_blocker.unblock():
        with in_company(Company.objects.get(slug="acme")):
            Text.objects.create(
                id=uuid.uuid4(),
                kind="greeting",
                key="schoenen",
                body=GREETING,
                data={"patterns": ["/schoenen/*"], "starts": []},
                published_at=timezone.now(),
            )
        yield
        kept.restore()


@pytest.mark.parametrize("desk", ["uvicorn", "daphne"], indirect=True)
def test_a_conversation_is_cut_left_resumed_and_wrapped_up(chromium: Browser, desk: Desk, sites: Websites):
    with window_of(chromium) as at_desk, window_of(chromium, base_url=sites.acme) as at_home:
        alice = at_the_desk(at_desk, desk, "alice@balie.test")
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        lines: list[WebSocketRoute] = []
        at_home.route_web_socket("**/ws/widget/**", lambda line: (line.connect_to_server(), lines.append(line)))
        marieke = at_home.new_page()
        ask_on_the_page_of_a_shoe(marieke, alice)
        type_and_answer(marieke, alice)
        cut_both_lines(at_desk, lines[-1])
        write_without_a_line(marieke, alice)
        at_desk.set_offline(False)
        find_each_text_once(marieke, alice)
        go_on_on_the_next_page(marieke, alice)
        wrap_up(marieke, alice)

    record = ChatRecord.objects.get()
    assert (record.visitor_texts, record.operator_texts, record.outcome) == (3, 2, "resolved")


def ask_on_the_page_of_a_shoe(marieke: Page, alice: Page) -> None:
    """The page's greeting, the bell, and the chat on both screens."""
    marieke.goto("/schoenen/veluwe-4")
    marieke.get_by_role("button", name="Vraag het ons").click()
    expect(marieke.get_by_text(GREETING)).to_be_visible()
    tones = alice.evaluate("tones")
    write(marieke, "Valt de Veluwe klein?")

    expect(alice.get_by_role("region", name="Nieuw aanbod")).to_contain_text("Acme Schoenen")
    alice.wait_for_function("before => tones > before", arg=tones)
    alice.keyboard.press("Alt+a")
    expect(log_of(alice)).to_contain_text("Valt de Veluwe klein?")
    expect(log_of(alice)).to_contain_text(GREETING)
    expect(marieke.get_by_text("Alice helpt je namens Acme Schoenen")).to_be_visible()


def type_and_answer(marieke: Page, alice: Page) -> None:
    """Each sees that the other types, and the answer comes."""
    box_of(alice).press_sequentially("Ja, ")
    expect(marieke.get_by_text("Alice is aan het typen")).to_be_visible()
    marieke.get_by_label("Je bericht").press_sequentially("Ook in ")
    expect(log_of(alice)).to_contain_text("is aan het typen")
    answer(alice, "Ja, neem een halve maat groter.")
    expect(marieke.get_by_text("Ja, neem een halve maat groter.")).to_be_visible()


def cut_both_lines(at_desk: BrowserContext, line: WebSocketRoute) -> None:
    """Neither has a line."""
    at_desk.set_offline(True)
    line.close(code=1011)


def write_without_a_line(marieke: Page, alice: Page) -> None:
    """Both write all the same."""
    expect(alice.get_by_role("status").filter(has_text="Geen verbinding")).to_be_visible()
    write(marieke, "Ook in blauw?")
    answer(alice, "Wij hebben hem ook in blauw.")


def find_each_text_once(marieke: Page, alice: Page) -> None:
    """With the line back each has what the other wrote."""
    expect(log_of(alice)).to_contain_text("Ook in blauw?")
    expect(marieke.get_by_text("Wij hebben hem ook in blauw.")).to_have_count(1)


def go_on_on_the_next_page(marieke: Page, alice: Page) -> None:
    """The conversation goes along to another page, whole on both screens."""
    marieke.goto("/maattabel")
    expect(marieke.get_by_text("Wij hebben hem ook in blauw.")).to_be_visible()
    expect(log_of(alice)).to_contain_text("Bezoeker ging naar Maattabel")
    write(marieke, "Gevonden, dank je!")
    expect(log_of(alice)).to_contain_text("Gevonden, dank je!")
    theirs = ["Valt de Veluwe klein?", "Ook in blauw?", "Gevonden, dank je!"]
    ours = ["Ja, neem een halve maat groter.", "Wij hebben hem ook in blauw."]
    for page, bubbles in ((alice, ".bub"), (marieke, ".b")):
        shown = page.locator(bubbles).all_inner_texts()
        assert sorted(shown) == sorted([GREETING, *theirs, *ours])


def wrap_up(marieke: Page, alice: Page) -> None:
    """The operator closes it and says how it ended."""
    alice.keyboard.press("Alt+w")
    alice.keyboard.press("1")
    alice.keyboard.press("Enter")
    expect(alice.get_by_text("Geen chats.")).to_be_visible()
    expect(marieke.get_by_role("button", name="Nieuw gesprek")).to_be_visible()


def write(page: Page, text: str) -> None:
    """The visitor sends a text."""
    page.get_by_label("Je bericht").fill(text)
    page.keyboard.press("Enter")


def answer(page: Page, text: str) -> None:
    """The operator sends a text in the chat that is shown."""
    box_of(page).fill(text)
    page.keyboard.press("Enter")


def box_of(page: Page) -> Any:
    """Where the operator writes."""
    return page.get_by_role("textbox", name="Bericht aan")


def log_of(page: Page) -> Any:
    """Return the conversation on the console."""
    return page.get_by_role("log")
