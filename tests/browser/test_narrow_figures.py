"""At 1120 and 1280 px no figure of a page is cut and no cell lies over another, however large the figures are."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from agency.models import User
from tenants.models import Company
from tests.browser.conftest import Desk, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed")]
# A month of a large company stands in each tile; the cast's own are too small to be cut.
_ENLARGE = """() => {
  // The narrowest tiles there are: a portal has five beside each other.
  for (const one of document.querySelectorAll(".kpis")) one.classList.add("kpis--5");
  for (const one of document.querySelectorAll(".kpi__n:not(.kpi__n--none)")) one.replaceChildren("€\\u00a0134.567,89");
}"""
# Wider inside than outside: what is cut. Cells whose boxes share more than a pixel: what overlaps.
_FIND = """() => {
  const cut = [...document.querySelectorAll("td, th, .kpi, .kpi__row, figure")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && !one.querySelector(".vh"))
    .map((one) => `cut: ${one.className} ${one.textContent.trim().slice(0, 40)}`);
  const lies = [];
  for (const row of document.querySelectorAll("tr")) {
    const boxes = [...row.cells].map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getBoundingClientRect();
    }).filter((box) => box.width > 1);
    boxes.forEach((box, n) => {
      const next = boxes[n + 1];
      const isOver = next && box.right > next.left + 1 && box.bottom > next.top + 1;
      if (isOver) lies.push(`overlap: ${row.textContent.trim().slice(0, 60)}`);
    });
  }
  return [...cut, ...lies];
}"""


@pytest.fixture
def maud(chromium: Browser, desk: Desk, committed: None) -> Iterator[Page]:
    window = chromium.new_context(locale="nl-NL")
    page = window.new_page()
    sign_in(page, desk.url("/accounts/login/"), "maud@balie.test")
    yield page
    window.close()


def test_no_figure_is_cut_and_no_cell_overlaps(maud: Page, desk: Desk) -> None:
    acme = Company.objects.get(slug="acme")
    bob = User.objects.get(email="bob@balie.test")
    company = f"/manage/companies/{acme.pk}"
    found = {}
    for path in (
        "/manage/",
        "/manage/people/",
        f"/manage/people/{bob.pk}/",
        "/manage/people/certifications/",
        "/manage/shifts/",
        "/manage/shifts/gaps/",
        "/manage/pool/",
        "/manage/sla/",
        "/manage/mail/",
        "/manage/log/",
        f"{company}/",
        f"{company}/operators/",
        f"{company}/charges/",
        f"{company}/prices/",
        f"{company}/hours/",
    ):
        maud.goto(desk.url(path))
        maud.evaluate(_ENLARGE)
        for width in (1120, 1280):
            maud.set_viewport_size({"width": width, "height": 800})
            if objections := maud.evaluate(_FIND):
                found[f"{path} at {width}"] = objections
    assert found == {}
