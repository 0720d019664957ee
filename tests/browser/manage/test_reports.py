"""The service report in a real browser, with chats and without: nothing that axe objects to, at
1280 and at 320 pixels.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from tenants.models import Company
from tests.agency.services.records import finish
from tests.browser.conftest import Desk, sign_in
from tests.browser.looking import look_at
from tests.browser.manage.test_pages import LOOKS, page

pytestmark = pytest.mark.browser

__all__ = ["page"]


@pytest.mark.parametrize("page", LOOKS, indirect=True)
def test_the_report_with_chats_and_without(page: Page, desk: Desk):
    acme = Company.objects.get(slug="acme")
    now = timezone.now()
    for number in range(40):
        finish(acme, now - timedelta(minutes=20 + number), answer=number, rating=number % 2)
    finish(acme, now - timedelta(minutes=5), end=94, by="left", seats=0, free_slots=0)
    sign_in(page, desk.url("/accounts/login/"), "maud@balie.test")
    for query in ("", f"?company={acme.pk}", "?month=2026-02", "?from=2026-02-30"):
        look_at(page, desk.url(f"/manage/sla/{query}"))
