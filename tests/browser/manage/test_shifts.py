"""The plan in a real browser: a shift from the week's cell to the log, and every page of it at 1280
and at 320 pixels.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from agency.models import Operator, Shift
from tenants.models import Company
from tests.agency.services.shifts.test_forecast import come
from tests.browser.conftest import Desk, sign_in
from tests.browser.looking import look_at
from tests.browser.manage.test_pages import LOOKS, page

pytestmark = pytest.mark.browser

__all__ = ["page"]


@pytest.mark.parametrize("page", LOOKS, indirect=True)
def test_a_week_is_planned_and_nothing_is_objected_to(page: Page, desk: Desk) -> None:
    acme = Company.objects.get(slug="acme")
    alice = Operator.objects.get(user__email="alice@balie.test")
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    hours = timedelta(hours=4)
    shift = Shift.objects.create(operator=alice, starts_at=now - hours, ends_at=now + hours)
    # Three weeks of chats, so that the week is held against a forecast and lacks somebody.
    come(acme, (now - n * hours for n in range(1, 6 * 22)))
    sign_in(page, desk.url("/accounts/login/"), "maud@balie.test")

    later = (now + timedelta(days=28)).date().isocalendar()
    week = f"{later.year}-W{later.week:02d}"
    page.goto(desk.url(f"/manage/shifts/?week={week}"))
    page.locator(".roster__add").first.click()
    page.fill("#id_times", "22:00-06:00")
    page.press("#id_times", "Enter")
    page.wait_for_selector("a.shift")
    assert page.locator("a.shift").inner_text() == "22:00-06:00"

    page.goto(desk.url(f"/manage/shifts/?week={week}"))
    page.locator(".openings a").first.click()
    assert page.input_value("#id_times") == "00:00-12:00"

    for path in (
        "/manage/shifts/",
        "/manage/shifts/new/",
        "/manage/shifts/gaps/",
        f"/manage/shifts/{alice.pk}/",
        f"/manage/shifts/{alice.pk}/{shift.pk}/",
        "/manage/hours/",
        f"/manage/companies/{acme.pk}/hours/",
    ):
        look_at(page, desk.url(path))
    page.goto(desk.url(f"/manage/shifts/?week={week}"))
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    look_at(page)
