"""The demo companies' own web sites, on PORT + 1, so that the widget really is a guest there.

Plain files from demo/sites/<name>/, chosen by the Host header; in each page `<!--WIDGET-->`
becomes the one line that a company pastes into its site.
"""

import http.server
import mimetypes
import os
import signal
import sys
import urllib.parse
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from balie.run.balie_home import ROOT, Home

FOLDER = ROOT / "demo" / "sites"
SITE_KEYS = {
    "acme-shop": "ac3e0000000000000000000000000001",
    "zen-energie": "2e400000000000000000000000000001",
}
MARK = "<!--WIDGET-->"


@dataclass(frozen=True)
class SiteAnswer:
    """The answer to a request."""

    status: HTTPStatus
    kind: str
    body: bytes


def snippet(*, base_url: str, site_key: str) -> str:
    """The line that a company pastes into its pages."""
    return f'<script src="{base_url}/widget/{site_key}.js" async></script>'


def find_page(site: Path, path: str) -> Path | None:
    """Return the file of a URL path inside the folder of a site, or None. Never a file outside it."""
    asked = urllib.parse.unquote(urllib.parse.urlsplit(path).path)
    if "\0" in asked:
        return None
    place = (site / asked.lstrip("/")).resolve()
    if not place.is_relative_to(site.resolve()):
        return None
    for candidate in (place, place / "index.html", place.with_name(f"{place.name}.html")):
        if candidate.is_file():
            return candidate
    return None


def answer(*, folder: Path, host: str, path: str, base_url: str) -> SiteAnswer:
    """Answer for `path` of the site named by the Host header."""
    name = host.partition(":")[0].removesuffix(".localhost")
    if name not in SITE_KEYS:
        known = "\n".join(f"{site}.localhost" for site in SITE_KEYS)
        return SiteAnswer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", known.encode())
    page = find_page(folder / name, path)
    if page is None:
        text = f"Niet gevonden: {path}"
        return SiteAnswer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", text.encode())
    if page.suffix != ".html":
        kind = mimetypes.guess_type(page.name)[0] or "application/octet-stream"
        return SiteAnswer(HTTPStatus.OK, kind, page.read_bytes())
    line = snippet(base_url=base_url, site_key=SITE_KEYS[name])
    body = page.read_text(encoding="utf-8").replace(MARK, line)
    return SiteAnswer(HTTPStatus.OK, "text/html; charset=utf-8", body.encode())


class Handler(http.server.BaseHTTPRequestHandler):
    """One request. The class is given the folder and the widget's address."""

    protocol_version = "HTTP/1.1"
    # A visitor's browser opens connections ahead; each holds a thread for so long at most.
    timeout = 30
    folder = FOLDER
    base_url = ""

    def do_GET(self) -> None:
        """Answer with a page or a file of the site."""
        found = answer(
            folder=self.folder,
            host=self.headers.get("Host", ""),
            path=self.path,
            base_url=self.base_url,
        )
        self.send_response(found.status)
        self.send_header("Content-Type", found.kind)
        self.send_header("Content-Length", str(len(found.body)))
        # The next start may be on another port.
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(found.body)

    def do_HEAD(self) -> None:
        """Answer like GET, without the body."""
        self.do_GET()

    def log_message(self, *_args: object) -> None:
        """Say nothing of requests that went well."""


def serve(*, port: int, base_url: str, folder: Path = FOLDER) -> None:
    """Serve the sites on 127.0.0.1:`port` until the process is ended."""
    handler = type("SitesHandler", (Handler,), {"folder": folder, "base_url": base_url})
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.serve_forever()


def main() -> None:
    """Serve at the port that services.json names."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    facts = Home(os.environ.get("BALIE_HOME") or ROOT / "var").facts()
    serve(port=int(facts["sites_port"]), base_url=facts["base_url"])


if __name__ == "__main__":
    main()
