"""The widget in a real browser, as a guest on a page of another origin."""

import json
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from agency.models import Reservation
from tests.browser.conftest import Desk, open_on, open_panel, say, visitor_of, wait_for_offer, write
from tests.browser.looking import Look, each_look, find_objections, look_at
from tests.cast import ACME_SITE

pytestmark = pytest.mark.browser

HOSTILE_TEXT = '<img src=x onerror="window.hacked=1"> <script>window.hacked=1</script> javascript:alert(1)'
# Lets a test cut the widget's line.
KEEP_LINES = """window.lines = [];
window.WebSocket = class extends WebSocket { constructor(...at) { super(...at); lines.push(this); } };"""

# A WebSocket as a proxy that knows none leaves it.
NO_SOCKETS = """window.WebSocket = class {
  constructor() { setTimeout(() => this.onclose?.({ code: 1006 })); }
  close() {}
};"""


def test_nothing_is_stored_and_no_socket_opened_before_the_click(alice: Page, visitor: BrowserContext):
    page = visitor.new_page()
    asked: list[str] = []
    sockets: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto("/")
    expect(page.get_by_role("button", name="Vraag het ons")).to_be_visible()
    assert [url.rpartition("/")[2] for url in asked] == ["", f"{ACME_SITE}.js", "config?new"]
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]
    assert sockets == []


def test_a_conversation_survives_cuts_page_loads_and_a_second_tab(alice: Page, visitor: BrowserContext):
    visitor.add_init_script(KEEP_LINES)
    page = open_panel(visitor)
    write(page, "Valt de Veluwe klein?")
    say(alice, "Ja, neem een halve maat groter: https://acme.example/maat")
    link = page.get_by_role("link", name="https://acme.example/maat")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    page.evaluate("lines.at(-1).close()")
    write(page, "Ik was even weg")
    say(alice, "Geen punt")
    expect(page.get_by_text("Geen punt")).to_be_visible()
    expect(page.get_by_text("Ik was even weg")).to_have_count(1)
    page.goto("/maattabel")
    expect(page.get_by_text("Ik was even weg")).to_be_visible()
    second = open_panel(visitor, "/tweede")
    write(second, "Uit een andere tab")
    expect(page.get_by_text("Uit een andere tab")).to_be_visible()
    texts = page.locator(".b").all_inner_texts()
    assert len(texts) == len(set(texts)) == 6
    alice.evaluate("act('chat.close')")
    expect(page.get_by_role("button", name="Nieuw gesprek")).to_be_visible()


def test_where_websocket_is_blocked_the_chat_goes_by_long_poll(alice: Page, visitor: BrowserContext):
    visitor.add_init_script(NO_SOCKETS)
    page = open_panel(visitor)
    write(page, "Hoort iemand mij?")
    expect(page.get_by_text("Ontvangen", exact=True)).to_be_visible(timeout=15_000)
    say(alice, "Jazeker")
    expect(page.get_by_text("Jazeker")).to_be_visible()
    write(page, "Mooi")
    # Each text of the visitor says so.
    expect(page.get_by_text("Ontvangen", exact=True)).to_have_count(2)
    texts = page.locator(".b").all_inner_texts()
    assert len(texts) == len(set(texts)) == 4


def test_hostile_text_is_text_on_a_hostile_page(alice: Page, visitor: BrowserContext):
    page = open_panel(visitor)
    write(page, HOSTILE_TEXT)
    say(alice, HOSTILE_TEXT)
    expect(page.locator(".m:not(.m--me) .b").filter(has_text="onerror")).to_have_text(HOSTILE_TEXT)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".log img, .log script, .log a").count() == 0
    assert page.locator(".b").first.evaluate("node => getComputedStyle(node).fontSize") == "15px"


def test_it_works_on_a_page_and_a_storage_that_say_anything(alice: Page, visitor: BrowserContext):
    """The text that stood there made the first frame unreadable, and the chat was dead without a word."""
    odd = {"token": {"a": 1}, "chat": 5, "live": 0, "ended": "x"}
    bent = {"draft": 7, "outbox": {"0": {"clientId": "x", "body": 5}, "1": "y", "2": None}}
    visitor.add_init_script(
        f"localStorage.setItem('balie.{ACME_SITE}', {json.dumps(json.dumps(odd))});"
        f"sessionStorage.setItem('balie.{ACME_SITE}', {json.dumps(json.dumps(bent))});"
    )
    page = visitor.new_page()
    page.goto("/")
    # A page may name an image "referrer", and cut its title in the middle of an emoji.
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img name=referrer>')")
    page.evaluate("document.title = 'Schoenen \\ud83d'")
    assert page.evaluate("typeof document.referrer") == "object"
    page.get_by_role("button", name="Vraag het ons").click()
    write(page, "Werkt dit?")
    expect(page.get_by_text("Ontvangen", exact=True)).to_be_visible()
    say(alice, "Jazeker")
    expect(page.get_by_text("Jazeker")).to_be_visible()


def test_it_works_under_a_strict_policy_with_trusted_types_and_without_storage(alice: Page, visitor: BrowserContext):
    visitor.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })"
    )
    complaints: list[str] = []
    page = visitor.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    open_on(page, "/strict")
    write(page, "Zonder opslag")
    say(alice, "Gaat ook")
    expect(page.get_by_text("Gaat ook")).to_be_visible()
    assert complaints == []


def test_the_visitor_ends_the_chat_after_being_asked(alice: Page, visitor: BrowserContext):
    page = open_panel(visitor)
    write(page, "Laat maar")
    alice.evaluate("until('open')")
    page.get_by_role("button", name="Meer").click()
    page.get_by_role("button", name="Gesprek beëindigen").click()
    expect(page.get_by_role("button", name="Doorpraten")).to_be_focused()
    page.get_by_role("button", name="Beëindigen", exact=True).click()
    expect(page.get_by_text("Je hebt het gesprek beëindigd.")).to_be_visible()
    alice.evaluate("until('wrap_up')")


def test_escape_puts_the_panel_away_and_the_focus_back(alice: Page, visitor: BrowserContext):
    page = open_panel(visitor)
    write(page, "Valt de Veluwe klein?")
    alice.evaluate("until('open')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Vraag het ons")).to_be_focused()
    say(alice, "Een halve maat.")
    # The page says who wrote, and what, not only that there is something.
    page.get_by_role("button", name="Alice schrijft: Een halve maat.").click()
    expect(page.get_by_label("Je bericht")).to_be_visible()
    expect(page.get_by_text("Alice schrijft")).to_be_hidden()


def test_without_a_seat_the_question_form_takes_the_question(
    desk: Desk, shop: str, visitor: BrowserContext, committed: None
):
    page = visitor.new_page()
    wait_for_offer(page, desk, shop, "form")
    page.goto("/")
    page.get_by_role("button", name="Stel je vraag").click()
    page.get_by_role("textbox", name="Je vraag").fill("Is maat 39 er?")
    page.get_by_label("E-mail").fill("marieke@voorbeeld")
    page.get_by_role("button", name="Verstuur vraag").click()
    expect(page.get_by_text("Dit adres mist een einde")).to_be_visible()
    page.get_by_label("E-mail").fill("marieke@voorbeeld.nl")
    page.get_by_role("button", name="Verstuur vraag").click()
    expect(page.get_by_role("heading", name="Ontvangen")).to_be_visible()


def test_visitors_are_invited_while_there_is_room_and_poor_pages_give_up_first(
    alice: Page, chromium: Browser, shop: str
):
    with visitor_of(chromium, shop, {"level": "open", "invite_after": 1}) as window:
        page = window.new_page()
        # Without an old framework: axe itself can't work beside one.
        page.goto("/strict")
        bubble = page.get_by_role("region", name="Acme Schoenen")
        expect(bubble.get_by_role("status")).to_have_text("Hoi van Acme Schoenen!")
        assert page.evaluate("[document.activeElement.tagName, localStorage.length]") == ["BODY", 0]
        assert find_objections(page) == []
        with page.expect_request(re.compile(r"/config\?no=[0-9a-f-]{36}$")):
            bubble.get_by_role("button", name="Nee, bedankt").click()
        expect(bubble).to_have_count(0)
        kept = json.loads(page.evaluate("JSON.stringify({ ...localStorage })"))
        assert [*kept] == [f"balie.{ACME_SITE}"]
        assert [*json.loads(kept[f"balie.{ACME_SITE}"])] == ["muted"]
    with visitor_of(chromium, shop, {"level": "open", "invite_after": 1}) as window:
        page = window.new_page()
        page.goto("/schoenen/veluwe")
        with page.expect_request(re.compile(r"/config\?opened=[0-9a-f-]{36}$")):
            page.get_by_role("region", name="Acme Schoenen").get_by_text("Stel je vraag").click()
        expect(page.get_by_label("Je bericht")).to_be_focused()
        reserved = Reservation.objects.count()
        write(page, "Graag")
        alice.evaluate("until('open')")
        assert Reservation.objects.count() == reserved - 1
    with visitor_of(chromium, shop, {"level": "narrow", "low_value": ["/vacatures/*"]}) as window:
        page = window.new_page()
        with page.expect_response("**/invite.js"):
            page.goto("/vacatures/verkoper")
        launcher = page.get_by_role("button", name="Vraag het ons")
        expect(launcher).to_have_count(0)
        page.goto("/schoenen/veluwe")
        expect(launcher).to_be_visible()


def test_a_page_that_is_not_on_the_list_shows_nothing(alice: Page, shop: str, visitor: BrowserContext):
    page = visitor.new_page()
    with page.expect_event("requestfailed"):
        page.goto(shop.replace("shop.", "elsewhere."))
    assert page.locator("balie-chat").count() == 0


def test_axe_finds_nothing_and_nothing_scrolls_sideways(alice: Page, visitor: BrowserContext):
    page = visitor.new_page()
    page.set_viewport_size({"width": 320, "height": 480})
    open_on(page, "/strict")
    write(page, "Valt de Veluwe klein?")
    say(alice, "Een halve maat.")
    expect(page.get_by_text("Een halve maat.")).to_be_visible()
    for _ in each_look(page, [Look(320, 480), Look(390, 844), Look(1280, 800)]):
        look_at(page)
