"""Where pictures are taken: a run of the demo, its people in a language, and a camera."""

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, expect

from balie.demo.content import PASSWORD
from balie.demo.sites import SITE_KEYS
from tests.balie.run.desk import eventually
from tests.browser.screens.palette import reduce
from tests.browser.screens.pictures import FOLDER, HEIGHTS, LARGEST, name_of

# A seat's lease and the seconds until sites know of it, on a busy machine.
KNOWN_WITHIN_S = 60


@dataclass(frozen=True)
class Stage:
    """A desk at `port`, with the demo's sites beside it, seen in one language."""

    browser: Browser
    port: int
    language: str
    blank: Page
    taken: set[str]

    def address(self, path: str, host: str = "localhost") -> str:
        """Return the address of a page of the agency, or of a company's portal."""
        return f"http://{host}:{self.port}{path}"

    def site(self, name: str, path: str = "/") -> str:
        """Return the address of a page of a demo company's own site."""
        return f"http://{name}.localhost:{self.port + 1}{path}"

    @contextmanager
    def window(self, width: int = 1280) -> Iterator[BrowserContext]:
        """Open a browser of somebody's own."""
        size = {"width": width, "height": HEIGHTS[width]}
        window = self.browser.new_context(viewport=size, locale=self.language, timezone_id="Europe/Amsterdam")
        yield window
        window.close()

    def sign_in(self, window: BrowserContext, email: str, host: str = "localhost") -> Page:
        """Sign in by the form, and read in this language from then on."""
        page = window.new_page()
        page.goto(self.address("/accounts/login/", host))
        page.fill("#id_login", email)
        page.fill("#id_password", PASSWORD)
        page.click("main button[type=submit]")
        page.goto(self.address("/preferences/", host))
        page.locator(f"form.lang button[value={self.language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", self.language)
        return page

    def at_a_console(self, window: BrowserContext, email: str) -> Page:
        """Sign in to a console, and say that the bell is heard."""
        page = self.sign_in(window, email)
        page.goto(self.address("/console/"))
        expect(page.locator(".bar__load")).to_be_visible()
        return page

    def wait_for(self, site: str, mode: str) -> None:
        """Wait until a site offers this."""
        address = self.address(f"/widget/{SITE_KEYS[site]}/config")
        asked = urllib.request.Request(address, headers={"Origin": self.site(site, "")})

        def offers_it() -> bool:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                return f'"mode":"{mode}"' in re.sub(r"\s", "", answer.read().decode())

        eventually(offers_it, within_s=KNOWN_WITHIN_S)

    def shoot(self, page: Page, picture: str, width: int = 1280) -> None:
        """Take a picture of what a window of this width shows."""
        before = page.viewport_size
        size = {"width": width, "height": HEIGHTS[width]}
        if before != size:
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        name = name_of(picture, self.language, width)
        small = reduce(page.screenshot(animations="disabled"), self.blank)
        assert len(small) <= LARGEST, f"{name}: {len(small)}"
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_bytes(small)
        self.taken.add(name)
        if before is not None and before != size:
            page.set_viewport_size(before)
