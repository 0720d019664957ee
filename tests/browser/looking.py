"""Demands on every page: nothing that axe objects to, nothing that scrolls sideways."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from playwright.sync_api import Page

from balie.run.balie_home import ROOT

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
# Without `runOnly` axe leaves the rules of WCAG 2.2 out; with it, the best practices that are not named.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Playwright waits for a promise as long as it takes. A run of axe takes 0.5 s.
LIMIT_MS = 30_000
# Colours are judged once they have settled. What rings or types goes on for ever, and what is taken away rejects.
_JUDGE = """async ({ tags, limit }) => {
  const late = new Promise((_, no) => setTimeout(() => no(new Error(`not judged within ${limit} ms`)), limit));
  const settle = document.getAnimations()
    .filter((one) => one.playState === "running" && one.effect?.getComputedTiming().endTime < Infinity)
    .map((one) => one.finished);
  await Promise.race([Promise.allSettled(settle), late]);
  // What passes is counted only: naming each of 3,000 elements took 2 s of processor time in 34.
  const judged = axe.run(document, { runOnly: tags, resultTypes: ["violations"], selectors: false });
  const { violations } = await Promise.race([judged, late]);
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`);
}"""


class Look(NamedTuple):
    """How a window stands: its size in pixels and its colours."""

    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"


def each_look(page: Page, looks: Sequence[Look]) -> Iterator[Look]:
    """Show one page in each of these looks, one after the other. A page that is loaded once is judged in all."""
    for look in looks:
        page.set_viewport_size({"width": look.width, "height": look.height})
        page.emulate_media(color_scheme=look.scheme)
        yield look


def look_at(page: Page, address: str | None = None) -> None:
    """Judge the page that is open, or the one at `address`."""
    if address is not None:
        page.goto(address)
    found = find_objections(page)
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert not found, f"{page.url} at {seen} px: {found}"
    assert wide <= seen, f"{page.url}: {wide} px wide where {seen} are seen"


def find_objections(page: Page) -> list[str]:
    """Return what axe objects to: the rule, and the elements it means."""
    # The policy of a page lets no script of ours in; the browser's own door does.
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    found: list[str] = page.evaluate(_JUDGE, {"tags": TAGS, "limit": LIMIT_MS})
    return found
