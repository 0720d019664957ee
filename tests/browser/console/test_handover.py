"""A chat goes from hand to hand: asked for, refused, passed on with a note, picked up by the lead who is called."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from agency.models import Assignment, Operator, PoolEntry
from tests.balie.run.desk import eventually
from tests.browser.conftest import Desk
from tests.browser.console.test_desk import send
from tests.browser.looking import look_at
from tests.browser.websites import at_the_desk, open_websites, window_of
from tests.cast import ACME_SITE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("dispatcher", "committed")]


def write_to_acme(site: Page, text: str) -> None:
    """A visitor's first text on the shop's site."""
    site.goto("/")
    site.get_by_role("button", name="Vraag het ons").click()
    send(site.get_by_label("Je bericht"), text)


def offer_of(console: Page) -> Locator:
    """Return what rings at a console."""
    return console.get_by_role("region", name="Nieuw aanbod")


def test_a_chat_goes_from_hand_to_hand(desk: Desk, chromium: Browser, committed: None):
    Operator.objects.filter(user__email="bob@balie.test").update(is_lead=True)
    with (
        open_websites(desk) as sites,
        window_of(chromium) as hers,
        window_of(chromium) as his,
        window_of(chromium, base_url=sites.acme) as home,
        window_of(chromium, base_url=sites.acme) as elsewhere,
    ):
        alice = at_the_desk(hers, desk, "alice@balie.test")
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        marieke = home.new_page()
        take_the_first_chat(alice, marieke)
        bob = at_the_desk(his, desk, "bob@balie.test")
        look_at_the_floor(bob)
        refuse_what_is_asked(alice, bob, marieke)
        take_over_with_a_note(alice, bob, marieke)
        be_called_in_a_break(alice, bob, elsewhere.new_page())
    kinds = Assignment.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds)[-1] == "pick"


def take_the_first_chat(alice: Page, marieke: Page) -> None:
    """A visitor writes, and it is Alice who takes it."""
    write_to_acme(marieke, "Valt de Veluwe klein?")
    expect(offer_of(alice)).to_be_visible()
    alice.keyboard.press("Alt+a")
    expect(alice.get_by_role("log")).to_be_visible()


def look_at_the_floor(bob: Page) -> None:
    """A lead sees who has which chat, and how colleagues are."""
    bob.keyboard.press("Alt+g")
    floor = bob.get_by_role("main")
    expect(floor).to_contain_text("Bij Alice")
    expect(floor.get_by_role("region", name="Collega's", exact=True)).to_contain_text("Alice")
    look_at(bob)
    bob.keyboard.press("Alt+g")


def refuse_what_is_asked(alice: Page, bob: Page, marieke: Page) -> None:
    """Bob is asked by name and refuses: the chat is still hers."""
    # The question stands 10 s, too short to look around.
    alice.keyboard.press("Alt+o")
    expect(alice.get_by_role("option", name="Bob")).to_be_visible()
    look_at(alice)
    alice.keyboard.press("Escape")
    ask(alice, "bo")
    expect(offer_of(bob)).to_contain_text("Alice vraagt of jij het overneemt")
    expect(alice.get_by_text("Gevraagd aan Bob")).to_be_visible()
    bob.keyboard.press("Alt+Shift+A")
    expect(alice.get_by_text(re.compile("Bob neemt .* nu niet over"))).to_be_visible()
    # Text typed meanwhile goes out, whatever the transfer did to the chat's fence.
    send(alice.get_by_role("textbox", name="Bericht aan"), "Een halve maat.")
    expect(marieke.get_by_text("Een halve maat.")).to_be_visible()


def take_over_with_a_note(alice: Page, bob: Page, marieke: Page) -> None:
    """A chat is asked again, with a note for who takes over. The ticks in the script go with it."""
    alice.get_by_role("button", name="Vraag de maat").click()
    ask(alice, "bo", note="Wil maat 39")
    expect(offer_of(bob)).to_be_visible()
    bob.keyboard.press("Alt+a")
    expect(bob.get_by_role("log")).to_contain_text("Wil maat 39")
    expect(bob.get_by_role("log")).to_contain_text("Bob heeft de chat overgenomen")
    expect(bob.get_by_role("button", name="Vraag de maat", pressed=True)).to_be_visible()
    expect(alice.get_by_text(re.compile("Bob heeft .* overgenomen"))).to_be_visible()
    send(bob.get_by_role("textbox", name="Bericht aan"), "Ik help je verder.")
    expect(marieke.get_by_text("Ik help je verder.")).to_be_visible()


def be_called_in_a_break(alice: Page, bob: Page, joost: Page) -> None:
    """The lead has a break. Alice lets a chat pass twice, so he is called, and takes it from where it rings."""
    bob.keyboard.press("Alt+q")
    bob.keyboard.press("ArrowDown")
    bob.keyboard.press("Enter")
    expect(bob.get_by_text(re.compile("Lunch sinds"))).to_be_visible()
    write_to_acme(joost, "Hebben jullie sokken?")
    for times in (1, 2):
        expect(offer_of(alice)).to_be_visible()
        alice.keyboard.press("Alt+Shift+A")
        # Nobody else can have it: it rings at her again at once.
        passed = PoolEntry.objects.filter(bounces__gte=times)
        eventually(passed.exists, within_s=20)
    call = bob.get_by_role("region", name="Leiding gevraagd")
    expect(call).to_contain_text(re.compile(r"[2-9] keer niet aangenomen"))
    bob.keyboard.press("Alt+u")
    expect(bob.get_by_role("log")).to_contain_text("Hebben jullie sokken?")
    expect(call).to_have_count(0)


def ask(console: Page, letters: str, *, note: str = "") -> None:
    """Look for somebody by the first letters of their name, and ask them to take the chat over."""
    console.keyboard.press("Alt+o")
    whom = console.get_by_role("combobox", name="Naam van een collega of een taal")
    expect(console.get_by_role("option", name="Bob")).to_be_visible()
    whom.fill(letters)
    if note:
        whom.press("Tab")
        console.keyboard.type(note)
    console.keyboard.press("Enter")
