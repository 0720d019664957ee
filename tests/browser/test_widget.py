"""The widget in a real browser, as a guest on a page of another origin."""

import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tenants.models import Site
from tests.browser.conftest import ROOT, Desk, sign_in
from tests.cast import ACME_ORIGIN, ACME_SITE

pytestmark = pytest.mark.browser

AXE = Path(ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
HOSTILE_TEXT = (
    '<img src=x onerror="window.hacked=1"> <script>window.hacked=1</script> javascript:alert(1)'
)
# A page as unkind as pages get: its rules hit every element, its scripts changed the basics.
HOSTILE_STYLE = "* { color: red !important; font-size: 40px !important } section, button, div { display: none !important }"
HOSTILE_SCRIPT = "Array.prototype.extra = 1; Array.prototype.toJSON = () => 'x'; Array.from = null"

# Lets a test cut the widget's line.
KEEP_LINES = """window.lines = [];
window.WebSocket = class extends WebSocket { constructor(...at) { super(...at); lines.push(this); } };"""

# What a proxy that knows no WebSocket makes of one.
NO_SOCKETS = """window.WebSocket = class {
  constructor() { setTimeout(() => this.onclose?.({ code: 1006 })); }
  close() {}
};"""

# An operator in one expression: takes the seat, accepts every offer, says what it is told to.
ROBOT = """async () => {
  const ws = new WebSocket(`ws://${location.host}/ws/console/`, "balie.v1");
  const send = (frame) => ws.send(JSON.stringify(frame));
  window.desk = { chat: null };
  const command = (type, entry, more = {}) =>
    send({ type, chat_id: entry.chat_id, fence: entry.fence, client_id: crypto.randomUUID(), ...more });
  const waiting = [];
  const look = () => waiting.filter((one) => one.state === desk.chat?.state).forEach((one) => one.done());
  window.until = (state) => new Promise((done) => (waiting.push({ state, done }), look()));
  window.act = (type, more) => command(type, desk.chat, more);
  await new Promise((done) => {
    ws.onopen = () => send({ type: "hello", take_seat: true });
    ws.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.type === "snapshot") {
        setInterval(() => send({ type: "seat.renew", epoch: event.seat.epoch }), 5000);
        done();
      }
      if (event.type === "offer.made") command("offer.accept", event.offer);
      if (event.type === "chat.added") desk.chat = event.chat.entry;
      if (event.type === "chat.changed") desk.chat = event.entry;
      look();
    };
  });
}"""


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Iterator[str]:
    """The origin of a shop that carries the widget; a real server, for browsers keep pages from elsewhere off loopback."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, policy = _page(desk, strict="strict" in self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://shop.localhost:{server.server_port}"
        server.shutdown()


def _page(desk: Desk, *, strict: bool) -> tuple[str, str]:
    """A page of the shop and its policy: unkind to the widget in one way or the other."""
    origin = desk.url("")
    own = "" if strict else f"<style>{HOSTILE_STYLE}</style><script>{HOSTILE_SCRIPT}</script>"
    policy = (
        f"default-src 'none'; img-src data:; script-src {origin}; connect-src {origin} {origin.replace('http', 'ws')};"
        " require-trusted-types-for 'script'"
    )
    body = (
        "<!doctype html><html lang=nl><title>Veluwe 4</title>"
        f"<meta name=viewport content='width=device-width'><link rel=icon href=data:,>{own}"
        "<body><main><h1>Veluwe 4</h1></main>"
        f"<script src='{origin}/widget/{ACME_SITE}.js' async></script></body></html>"
    )
    return body, policy if strict else ""


@pytest.fixture
def alice(chromium: Browser, desk: Desk, shop: str, committed: None) -> Iterator[Page]:
    """Alice with a seat, answering through the console's socket."""
    Site.objects.filter(key=ACME_SITE).update(origins=[ACME_ORIGIN, shop])
    window = chromium.new_context()
    page = window.new_page()
    sign_in(page, desk.url("/accounts/login/"), "alice@balie.test")
    page.goto(desk.url("/preferences/"))
    page.evaluate(ROBOT)
    _wait_for_offer(page, desk, shop, "chat")
    yield page
    window.close()
    Site.objects.filter(key=ACME_SITE).update(origins=[ACME_ORIGIN])


def _wait_for_offer(page: Page, desk: Desk, shop: str, mode: str) -> None:
    """Until the web process has seen the site's new origin, and what the site can offer now."""
    address = desk.url(f"/widget/{ACME_SITE}/config")
    deadline = time.monotonic() + 25
    while time.monotonic() < deadline:
        answer = page.request.get(address, headers={"Origin": shop})
        known = answer.headers.get("access-control-allow-origin") == shop
        if known and answer.json()["availability"]["mode"] == mode:
            return
        time.sleep(0.2)
    raise AssertionError(f"the site never offered {mode}")


@pytest.fixture
def visitor(chromium: Browser, shop: str) -> Iterator[BrowserContext]:
    """A visitor's browser, at the shop."""
    window = chromium.new_context(base_url=shop, viewport={"width": 1280, "height": 800})
    yield window
    window.close()


def _open(window: BrowserContext, path: str = "/schoenen/veluwe") -> Page:
    page = window.new_page()
    page.goto(path)
    page.get_by_role("button", name="Vraag het ons").click()
    expect(page.get_by_label("Je bericht")).to_be_focused()
    return page


def _write(page: Page, text: str) -> None:
    page.get_by_label("Je bericht").fill(text)
    page.keyboard.press("Enter")


def _say(alice: Page, text: str) -> None:
    alice.evaluate("until('open')")
    alice.evaluate("(body) => act('message.post', { body, note: false })", text)


def test_nothing_is_stored_and_no_socket_opened_before_the_click(
    alice: Page, visitor: BrowserContext
):
    page = visitor.new_page()
    asked: list[str] = []
    sockets: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto("/")
    expect(page.get_by_role("button", name="Vraag het ons")).to_be_visible()
    assert [url.rpartition("/")[2] for url in asked] == ["", f"{ACME_SITE}.js", "config"]
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]
    assert sockets == []


def test_a_conversation_survives_cuts_page_loads_and_a_second_tab(
    alice: Page, visitor: BrowserContext
):
    visitor.add_init_script(KEEP_LINES)
    page = _open(visitor)
    _write(page, "Valt de Veluwe klein?")
    _say(alice, "Ja, neem een halve maat groter: https://acme.example/maat")
    link = page.get_by_role("link", name="https://acme.example/maat")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    page.evaluate("lines.at(-1).close()")
    _write(page, "Ik was even weg")
    _say(alice, "Geen punt")
    expect(page.get_by_text("Geen punt")).to_be_visible()
    expect(page.get_by_text("Ik was even weg")).to_have_count(1)
    page.goto("/maattabel")
    expect(page.get_by_text("Ik was even weg")).to_be_visible()
    second = _open(visitor, "/tweede")
    _write(second, "Uit een andere tab")
    expect(page.get_by_text("Uit een andere tab")).to_be_visible()
    texts = page.locator(".b").all_inner_texts()
    assert len(texts) == len(set(texts)) == 6
    alice.evaluate("act('chat.close')")
    expect(page.get_by_role("button", name="Nieuw gesprek")).to_be_visible()


def test_where_websocket_is_blocked_the_chat_goes_by_long_poll(
    alice: Page, visitor: BrowserContext
):
    visitor.add_init_script(NO_SOCKETS)
    page = _open(visitor)
    _write(page, "Hoort iemand mij?")
    expect(page.get_by_text("Ontvangen")).to_be_visible(timeout=15_000)
    _say(alice, "Jazeker")
    expect(page.get_by_text("Jazeker")).to_be_visible()
    _write(page, "Mooi")
    expect(page.get_by_text("Ontvangen")).to_be_visible()
    texts = page.locator(".b").all_inner_texts()
    assert len(texts) == len(set(texts)) == 4


def test_hostile_text_is_text_on_a_hostile_page(alice: Page, visitor: BrowserContext):
    page = _open(visitor)
    _write(page, HOSTILE_TEXT)
    _say(alice, HOSTILE_TEXT)
    expect(page.locator(".m:not(.m--me) .b").filter(has_text="onerror")).to_have_text(HOSTILE_TEXT)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".log img, .log script, .log a").count() == 0
    assert page.locator(".b").first.evaluate("node => getComputedStyle(node).fontSize") == "15px"


def test_it_works_under_a_strict_policy_with_trusted_types_and_without_storage(
    alice: Page, visitor: BrowserContext
):
    visitor.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })"
    )
    complaints: list[str] = []
    page = visitor.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    page.goto("/strict")
    page.get_by_role("button", name="Vraag het ons").click()
    _write(page, "Zonder opslag")
    _say(alice, "Gaat ook")
    expect(page.get_by_text("Gaat ook")).to_be_visible()
    assert complaints == []


def test_the_visitor_ends_the_chat_after_being_asked(alice: Page, visitor: BrowserContext):
    page = _open(visitor)
    _write(page, "Laat maar")
    alice.evaluate("until('open')")
    page.get_by_role("button", name="Meer").click()
    page.get_by_role("button", name="Gesprek beëindigen").click()
    expect(page.get_by_role("button", name="Doorpraten")).to_be_focused()
    page.get_by_role("button", name="Beëindigen", exact=True).click()
    expect(page.get_by_text("Je hebt het gesprek beëindigd.")).to_be_visible()
    alice.evaluate("until('wrap_up')")


def test_escape_puts_the_panel_away_and_the_focus_back(alice: Page, visitor: BrowserContext):
    page = _open(visitor)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Vraag het ons")).to_be_focused()


def test_without_a_seat_the_question_form_takes_the_question(
    desk: Desk, shop: str, visitor: BrowserContext, committed: None
):
    Site.objects.filter(key=ACME_SITE).update(origins=[ACME_ORIGIN, shop])
    page = visitor.new_page()
    _wait_for_offer(page, desk, shop, "form")
    page.goto("/")
    page.get_by_role("button", name="Stel je vraag").click()
    page.get_by_role("textbox", name="Je vraag").fill("Is maat 39 er?")
    page.get_by_label("E-mail").fill("marieke@voorbeeld")
    page.get_by_role("button", name="Verstuur vraag").click()
    expect(page.get_by_text("Dit adres mist een einde")).to_be_visible()
    page.get_by_label("E-mail").fill("marieke@voorbeeld.nl")
    page.get_by_role("button", name="Verstuur vraag").click()
    expect(page.get_by_role("heading", name="Ontvangen")).to_be_visible()
    Site.objects.filter(key=ACME_SITE).update(origins=[ACME_ORIGIN])


def test_a_page_that_is_not_on_the_list_shows_nothing(
    alice: Page, shop: str, visitor: BrowserContext
):
    page = visitor.new_page()
    with page.expect_event("requestfailed"):
        page.goto(shop.replace("shop.", "elsewhere."))
    assert page.locator("balie-chat").count() == 0


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (320, 480)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    alice: Page, visitor: BrowserContext, width: int, height: int
):
    page = visitor.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/strict")
    page.get_by_role("button", name="Vraag het ons").click()
    _write(page, "Valt de Veluwe klein?")
    _say(alice, "Een halve maat.")
    expect(page.get_by_text("Een halve maat.")).to_be_visible()
    page.evaluate(AXE)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
