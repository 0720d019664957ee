"""The demo companies' web sites, on origins of their own, with the widget of the cast's companies on every page."""

import http.server
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from balie.demo import sites as demo_sites
from tenants.models import Site
from tests.browser.conftest import Desk, sign_in
from tests.browser.sessions import give_session
from tests.cast import ACME_SITE, ZEN_SITE

# A web process reads sites and seats each 2 s; a busy machine is slower.
KNOWN_WITHIN_S = 25
_KEYS = {
    demo_sites.SITE_KEYS["acme-shop"]: ACME_SITE,
    demo_sites.SITE_KEYS["zen-energie"]: ZEN_SITE,
}
# Counts the tones that really sound.
_EARS = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  if (this.context.state === "running") window.tones += 1;
  return start.apply(this, when);
};
"""


@dataclass(frozen=True, slots=True)
class Websites:
    """Where the sites answer."""

    port: int
    desk: Desk

    @property
    def acme(self) -> str:
        """The shop's origin."""
        return f"http://acme-shop.localhost:{self.port}"

    @property
    def zen(self) -> str:
        """The energy company's origin."""
        return f"http://zen-energie.localhost:{self.port}"

    def wait_for(self, site: str, origin: str, mode: str) -> None:
        """Until the web process knows the origin and offers this mode there."""
        url = self.desk.url(f"/widget/{site}/config")
        request = urllib.request.Request(url, headers={"Origin": origin})
        deadline = time.monotonic() + KNOWN_WITHIN_S
        seen: Any = None
        while time.monotonic() < deadline:
            with urllib.request.urlopen(request, timeout=5) as answer:
                known = answer.headers.get("Access-Control-Allow-Origin") == origin
                seen = json.load(answer)["availability"]["mode"]
            if known and seen == mode:
                return
            time.sleep(0.1)
        raise AssertionError(f"{origin} offers {seen}, never {mode}")


@contextmanager
def open_websites(desk: Desk) -> Iterator[Websites]:
    """Serve both sites, and put their origins on the sites' lists."""

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = demo_sites.answer(
                folder=demo_sites.FOLDER,
                host=self.headers["Host"],
                path=self.path,
                base_url=desk.url(""),
            )
            body = found.body
            for demo, ours in _KEYS.items():
                body = body.replace(demo.encode(), ours.encode())
            self.send_response(found.status)
            self.send_header("Content-Type", found.kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sites = Websites(server.server_port, desk)
        before = dict(Site.objects.values_list("key", "origins"))
        for key, origin in ((ACME_SITE, sites.acme), (ZEN_SITE, sites.zen)):
            Site.objects.filter(key=key).update(origins=[*before[key], origin])
        try:
            yield sites
        finally:
            for key in (ACME_SITE, ZEN_SITE):
                Site.objects.filter(key=key).update(origins=before[key])
            server.shutdown()


def at_the_desk(window: BrowserContext, desk: Desk, email: str, *, known: bool = False) -> Page:
    """Open an operator's console, who says to hear the bell. They sign in through the login page, unless `known` from
    before.
    """
    window.add_init_script(_EARS)
    page = window.new_page()
    if known:
        give_session(window, desk.url(), email)
        page.goto(desk.url("/console/"))
    else:
        sign_in(page, desk.url("/accounts/login/"), email)
        page.wait_for_url(desk.url("/console/"))
    page.get_by_role("button", name="Proefbel").click()
    page.get_by_role("button", name="Ik hoor het").click()
    return page


@contextmanager
def window_of(chromium: Browser, **how: Any) -> Iterator[BrowserContext]:
    """Open a browser of somebody's own. Whatever its pages complain of fails the test."""
    how.setdefault("viewport", {"width": 1280, "height": 800})
    window = chromium.new_context(**how)
    complaints: list[str] = []
    window.on("weberror", lambda error: complaints.append(str(error.error)))
    window.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    window.on(
        "console",
        lambda said: said.type == "error" and complaints.append(f"{said.text} {said.location.get('url')}"),
    )
    yield window
    window.close()
    # A socket that is cut on purpose, or a form that comes back, is reported by the browser itself.
    heard = [text for text in complaints if not _of_the_net(text)]
    assert not heard, heard


def _of_the_net(text: str) -> bool:
    cut = "ERR_INTERNET_DISCONNECTED" in text or text.startswith("WebSocket connection to")
    return cut or "the server responded with a status of 422" in text
