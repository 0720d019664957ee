"""A real desk over this worker's database, and a real Chromium to walk through it."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tenants import clock, memory
from tenants.models import Site
from tests.balie.run.tied import run_tied
from tests.browser.robot import ROBOT
from tests.browser.sessions import give_session
from tests.browser.shop import serve_shop
from tests.cast import ACME_ORIGIN, ACME_SITE, PASSWORD

if TYPE_CHECKING:
    from tests.browser.websites import Websites

# A start takes 3 s on two busy cores, and took 20 on two with eight others at work. A stop waits for a sweep.
START_LIMIT_S = 100
STOP_LIMIT_S = 60
# The most time for something of 0.1 s when the machine has other work.
PATIENCE_MS = 20_000
APPLICATION = "balie.asgi:application"
SERVERS = {
    "uvicorn": ["--host", "127.0.0.1", "--lifespan", "off", "--ws", "websockets-sansio", "--port"],
    "daphne": ["-b", "127.0.0.1", "-v", "0", "--websocket_timeout", "-1", "-p"],
}
BROWSER = os.environ.get("BALIE_CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
# Nothing beyond this machine, and none of what Chromium does by itself.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , EXCLUDE *.localhost",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """The addresses of the agency's pages and of a company's portal. `environment` is what its processes see."""

    port: int
    environment: dict[str, str] = field(repr=False)

    def url(self, path: str = "/", *, host: str = "localhost") -> str:
        """Return the address of a page on the agency's host, or on `host`."""
        return f"http://{host}:{self.port}{path}"


@pytest.fixture(scope="package")
def desk(
    request: pytest.FixtureRequest, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """One web process on a free port for all journeys of this worker, uvicorn unless a test asks for daphne."""
    server = getattr(request, "param", "uvicorn")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    databases, _name = os.environ["DATABASE_URL"].rsplit("/", 1)
    environment = {
        **os.environ,
        "DATABASE_URL": f"{databases}/{connection.settings_dict['NAME']}",
        "PORT": str(port),
        "BALIE_HOME": str(tmp_path_factory.mktemp("desk")),
        "BALIE_ENV": "development",
    }
    with running(["-m", server, APPLICATION, *SERVERS[server], str(port)], environment) as web:
        _wait_until_alive(web, port)
        yield Desk(port, environment)


@pytest.fixture(scope="package")
def dispatcher(desk: Desk) -> Iterator[None]:
    """The process that sweeps, as long as its desk is there. Its events reach the web process over Valkey."""
    with running(["manage.py", "dispatcher"], desk.environment):
        yield


@contextmanager
def running(line: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process of this repository while the block runs."""
    process = run_tied(line, environment)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_LIMIT_S)
            raise


@pytest.fixture(autouse=True)
def new_process(django_db_setup: None, django_db_blocker: Any) -> None:
    """Begin as a process that knows the time: Playwright's loop runs in this thread, where nobody may ask first."""
    memory.clear()
    with django_db_blocker.unblock():
        clock.ask()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium. A missing one fails: a journey that isn't walked proves nothing."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        # Playwright's own loop runs in this thread while the browser lives; the ORM would refuse to work beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = play.chromium.launch(executable_path=BROWSER, args=FLAGS)
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


def sign_in(page: Any, address: str, email: str) -> None:
    """Arrive as one of the cast, who signed in before. `address` is that of the form."""
    origin = address.removesuffix("/accounts/login/")
    give_session(page.context, origin, email)
    page.goto(origin + "/")


def sign_in_by_form(page: Any, address: str, email: str) -> None:
    """Fill in the form at `address` as one of the cast: a second of hashing and two pages more."""
    page.goto(address)
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def _wait_until_alive(web: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        if web.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the desk did not start: exit code {web.poll()}")
        time.sleep(0.1)


@pytest.fixture(scope="module")
def shop(desk: Desk, django_db_blocker: Any) -> Iterator[str]:
    """The origin of a shop that carries the widget. A real server, as browsers keep pages from elsewhere off loopback.

    On the site's list while the module lasts: a web process takes 2 s to see that a list has changed.
    """

    with serve_shop(desk.url("")) as origin:
        with django_db_blocker.unblock():
            Site.objects.filter(key=ACME_SITE).update(origins=[ACME_ORIGIN, origin])
        yield origin
        with django_db_blocker.unblock():
            Site.objects.filter(key=ACME_SITE).update(origins=[ACME_ORIGIN])


@pytest.fixture(scope="module")
def sites(desk: Desk, django_db_blocker: Any) -> Iterator["Websites"]:
    """Both companies' web sites, on the sites' lists while the module lasts."""
    from tests.browser.websites import open_websites

    with ExitStack() as stack:
        with django_db_blocker.unblock():
            sites = stack.enter_context(open_websites(desk))
        yield sites
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture
def alice(chromium: Browser, desk: Desk, dispatcher: None, shop: str, committed: None) -> Iterator[Page]:
    """Alice with a seat, answering through the console's socket.

    With a dispatcher: a chat that arrives in the moment in which a seat is renewed is offered by the next sweep.
    """
    window = chromium.new_context()
    page = window.new_page()
    give_session(window, desk.url(), "alice@balie.test")
    page.goto(desk.url("/preferences/"))
    page.evaluate(ROBOT)
    wait_for_offer(page, desk, shop, "chat")
    yield page
    window.close()


def wait_for_offer(page: Page, desk: Desk, shop: str, mode: str) -> None:
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
    with visitor_of(chromium, shop) as window:
        yield window


@contextmanager
def visitor_of(
    chromium: Browser, shop: str, facts: dict[str, Any] | None = None, **options: Any
) -> Iterator[BrowserContext]:
    """Open a visitor's browser at the shop.

    Args:
        facts: What the config says to it. Everything else is the server's own.
        options: Of the browser's context.
    """

    def answer(route: Route) -> None:
        found = route.fetch()
        route.fulfill(response=found, json=found.json() | facts)

    window = chromium.new_context(base_url=shop, **{"viewport": {"width": 1280, "height": 800}} | options)
    if facts:
        window.route("**/config*", answer)
    yield window
    # A page asks on while it is closed, and a question that is half answered then fails whatever runs next.
    window.unroute_all(behavior="ignoreErrors")
    window.close()


def open_panel(window: BrowserContext, path: str = "/schoenen/veluwe") -> Page:
    """Return a page of the shop with the panel open."""
    page = window.new_page()
    open_on(page, path)
    return page


def open_on(page: Page, path: str) -> None:
    """Go there and open the panel. Keys reach its text field then."""
    page.goto(path)
    page.get_by_role("button", name="Vraag het ons").click()
    expect(page.get_by_label("Je bericht")).to_be_focused()


def write(page: Page, text: str) -> None:
    """Type a text in the panel and send it."""
    page.get_by_label("Je bericht").fill(text)
    page.keyboard.press("Enter")


def say(alice: Page, text: str) -> None:
    """Let the operator answer, once the chat is theirs."""
    alice.evaluate("until('open')")
    alice.evaluate("(body) => act('message.post', { body, note: false })", text)
