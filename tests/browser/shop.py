"""A shop that carries the widget, on a real server, as browsers keep pages from elsewhere off loopback."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from balie.run.balie_home import ROOT
from tests.cast import ACME_SITE, ZEN_SITE

# A page as unkind as pages get: its rules hit every element, its scripts changed the basics.
HOSTILE_STYLE = (
    "* { color: red !important; font-size: 40px !important } section, button, div { display: none !important }"
)
HOSTILE_SCRIPT = (ROOT / "tests" / "data" / "old_framework.js").read_text()
STRANGE = "/vreemd"


@contextmanager
def serve_shop(desk: str) -> Iterator[str]:
    """Serve the shop's pages while the block runs.

    Args:
        desk: the address from which they get the widget.

    Returns:
        The shop's origin.
    """

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == STRANGE:
                body, policy = _strange_page(desk), ""
            else:
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


def _page(desk: str, *, strict: bool) -> tuple[str, str]:
    """A page of the shop and its policy: unkind to the widget in one way or the other. The strict one can be dark."""
    dark = "<meta name=color-scheme content='light dark'>"
    own = dark if strict else f"<style>{HOSTILE_STYLE}</style><script>{HOSTILE_SCRIPT}</script>"
    policy = (
        f"default-src 'none'; img-src data:; script-src {desk}; connect-src {desk} {desk.replace('http', 'ws')};"
        " require-trusted-types-for 'script'"
    )
    body = (
        "<!doctype html><html lang=nl><title>Veluwe 4</title>"
        f"<meta name=viewport content='width=device-width'><link rel=icon href=data:,>{own}"
        "<body><main><h1>Veluwe 4</h1></main>"
        f"<script src='{desk}/widget/{ACME_SITE}.js' async></script></body></html>"
    )
    return body, policy if strict else ""


def _strange_page(desk: str) -> str:
    """Return a page that carries its snippet twice and another company's once, in a document that is moved."""
    tags = "".join(f"<script src='{desk}/widget/{key}.js' async></script>" for key in (ACME_SITE, ACME_SITE, ZEN_SITE))
    return (
        "<!doctype html><html lang=nl style='transform: translateZ(0)'><title>Schoenen</title><link "
        "rel=icon href=data:,>"
        f"<body style='height: 3000px'><button id=trap>Sluiten</button>{tags}</body></html>"
    )
