"""Chats that leave under a hand that types, and who finds what in a tab after somebody else."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from agency.models import Operator, PoolEntry, Seat
from chat.models import Message
from tenants.context import Schema, in_company
from tests.balie.run.desk import eventually
from tests.browser.conftest import Desk
from tests.browser.console.test_desk import send
from tests.browser.console.test_handover import ask, offer_of
from tests.browser.looking import look_at
from tests.browser.websites import Websites, at_the_desk, open_websites, window_of
from tests.cast import ACME_SITE, PASSWORD, ZEN_SITE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("dispatcher", "committed")]


@pytest.fixture
def sites(desk: Desk, chromium: Browser, committed: None) -> Iterator[Websites]:
    """Both companies' web sites."""
    with open_websites(desk) as sites:
        yield sites


def arrive(site: Page, alice: Page, text: str) -> None:
    """A visitor writes, and Alice takes the chat: it is open at her press."""
    site.goto("/")
    site.get_by_role("button", name="Vraag het ons").click()
    send(site.get_by_label("Je bericht"), text)
    expect(offer_of(alice)).to_be_visible()
    alice.keyboard.press("Alt+a")
    expect(alice.get_by_role("log")).to_contain_text(text)
    expect(box_of(alice)).to_be_focused()


def box_of(console: Page):
    """Where an answer is written."""
    return console.get_by_role("textbox", name="Bericht aan")


def written(schema: str) -> list[tuple[str, str]]:
    """Return what operators wrote to a company's visitors and colleagues."""
    with in_company(Schema(schema)):
        own = Message.objects.filter(side="operator", kind__in=["text", "note"])
        return list(own.order_by("chat_id", "seq").values_list("kind", "body"))


def stays(alice: Page, words: str | re.Pattern[str], draft: str) -> None:
    """The chat stands where it stood with what happened, and takes no more words."""
    main = alice.get_by_role("main")
    expect(main.get_by_role("alert").filter(has_text=words)).to_be_visible()
    alice.keyboard.type("1234 en meer")
    alice.keyboard.press("Enter")
    expect(box_of(alice)).to_have_value(draft)
    assert box_of(alice).evaluate("box => box.readOnly")
    look_at(alice)


def test_the_rest_of_a_sentence_reaches_nobody_else(desk: Desk, chromium: Browser, sites: Websites):
    Operator.objects.filter(user__email="bob@balie.test").update(is_lead=True)
    with (
        window_of(chromium) as hers,
        window_of(chromium) as his,
        window_of(chromium, base_url=sites.acme) as shop,
        window_of(chromium, base_url=sites.zen) as power,
    ):
        alice = at_the_desk(hers, desk, "alice@balie.test", known=True)
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        sites.wait_for(ZEN_SITE, sites.zen, "chat")
        joost = power.new_page()
        arrive(joost, alice, "Wat kost stroom?")
        marieke = shop.new_page()
        arrive(marieke, alice, "Valt de Veluwe klein?")

        bob = at_the_desk(his, desk, "bob@balie.test", known=True)
        type_on_in_a_chat_passed_on(alice, bob)
        find_the_draft_set_aside(alice)
        lose_the_lease_in_a_sentence(alice)
        see_the_visitor_go(alice, joost)
        leave_a_note_when_asked(alice)


def test_who_signs_in_next_finds_nothing_of_who_was_signed_out(desk: Desk, chromium: Browser, sites: Websites):
    with window_of(chromium) as tab, window_of(chromium, base_url=sites.acme) as shop:
        page = at_the_desk(tab, desk, "alice@balie.test", known=True)
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        marieke = shop.new_page()
        arrive(marieke, page, "Valt de Veluwe klein?")
        box_of(page).fill("Alleen tussen Alice en Acme")
        Session.objects.all().delete()
        expect(page.get_by_role("heading", name="Je bent uitgelogd")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_role("textbox")).to_have_count(0)
        expect(page.get_by_role("alert")).to_contain_text("Alleen jij ziet het")
        look_at(page)

        end_lease("alice@balie.test")
        page.get_by_role("link", name="Opnieuw inloggen").click()
        enter(page, "bob@balie.test")
        expect(page.get_by_role("banner")).to_contain_text("Bob")
        expect(page.get_by_text("Alleen tussen Alice en Acme")).to_have_count(0)
        sign_out(page)
        assert page.evaluate("sessionStorage.length") == 2
        enter(page, "alice@balie.test")
        expect(page.get_by_text(re.compile("Niet verstuurd aan .*, Acme Schoenen:"))).to_be_visible()
        expect(page.get_by_text("Alleen tussen Alice en Acme")).to_be_visible()
        sign_out(page)
        kept = page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('balie.console'))")
        assert kept == []
    assert written("t_acme") == []


def type_on_in_a_chat_passed_on(alice: Page, bob: Page) -> None:
    """Passed on, and typed on while the other thinks."""
    ask(alice, "bo")
    expect(offer_of(bob)).to_be_visible()
    box_of(alice).fill("Uw pincode is ")
    bob.keyboard.press("Alt+a")
    stays(alice, re.compile("Bob heeft .* van Acme Schoenen overgenomen"), "Uw pincode is ")
    assert (written("t_acme"), written("t_zen")) == ([], [])


def find_the_draft_set_aside(alice: Page) -> None:
    """Only her own key leaves it, and the draft stays to be copied, by name. So it does over a reload."""
    alice.keyboard.press("Alt+n")
    expect(alice.get_by_role("log")).to_contain_text("Wat kost stroom?")
    expect(box_of(alice)).to_have_value("")
    unsent = alice.get_by_text(re.compile("Niet verstuurd aan .*, Acme Schoenen: Uw pincode is"))
    expect(unsent).to_be_visible()
    alice.reload()
    expect(unsent).to_be_visible()
    alice.get_by_role("button", name="Weggooien").click()
    expect(unsent).to_have_count(0)


def lose_the_lease_in_a_sentence(alice: Page) -> None:
    """The lease runs out over a sentence. The chat comes back to be offered, and she writes on."""
    expect(alice.get_by_role("log")).to_contain_text("Wat kost stroom?")
    box_of(alice).fill("Dat hangt af van ")
    end_lease("alice@balie.test")
    stays(alice, re.compile("Zen Energie"), "Dat hangt af van ")
    expect(offer_of(alice)).to_be_visible()
    alice.keyboard.press("Alt+a")
    expect(box_of(alice)).to_be_editable()
    box_of(alice).fill("Dat hangt af van ")


def see_the_visitor_go(alice: Page, joost: Page) -> None:
    """The visitor ends the chat over that sentence, and it goes to nobody."""
    joost.get_by_role("button", name="Meer").click()
    joost.get_by_role("button", name="Gesprek beëindigen").click()
    joost.get_by_role("button", name="Beëindigen", exact=True).click()
    stays(alice, "De bezoeker heeft het gesprek gesloten", "Dat hangt af van ")
    assert (written("t_acme"), written("t_zen")) == ([], [])


def leave_a_note_when_asked(alice: Page) -> None:
    """Digits choose no outcome before she asks for the bar. A note is one only when she asks for it."""
    alice.keyboard.press("Escape")
    alice.keyboard.type("1")
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("radio", checked=True)).to_have_count(0)
    alice.keyboard.press("Alt+i")
    expect(alice.get_by_role("textbox", name="Notitie")).to_be_focused()
    alice.keyboard.type("belt terug")
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("log")).to_contain_text("belt terug")
    eventually(lambda: written("t_zen") == [("note", "belt terug")], within_s=20)
    assert written("t_acme") == []


def end_lease(email: str) -> None:
    """As after 15 s without a word of their console, until a sweep has seen it: a console that lives renews each 5 s.

    A dispatcher that has just begun sweeps for the first time after 15 s.
    """

    def is_swept() -> bool:
        if not PoolEntry.objects.filter(operator__user__email=email, state="open").exists():
            return True
        Seat.objects.filter(operator__user__email=email).update(lease_until="2026-01-01T00:00:00Z")
        return False

    eventually(is_swept, within_s=40)


def enter(page: Page, email: str) -> None:
    """Sign in on the page that asks for it."""
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/console/")


def sign_out(page: Page) -> None:
    """Leave by one's own hand."""
    page.get_by_role("banner").locator("summary").last.click()
    page.get_by_role("link", name="Uitloggen").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.locator("#id_login")).to_be_visible()
