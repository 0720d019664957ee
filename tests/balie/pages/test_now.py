"""The numbers of now on a manager's first page, and where they lead."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from agency.models import User
from tenants import resolve
from tenants.models import Company
from tests.cast import ZEN_SITE
from tests.chat.services.stage import open_chat, sit, write_first

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(maud: User, acme: Company) -> Client:
    resolve._sites.clear()
    browser = Client(headers={"host": "localhost"})
    browser.force_login(maud)
    return browser


def test_each_number_of_the_first_page_opens_the_list_it_counts(browser: Client) -> None:
    now = timezone.now()
    alice = sit("alice@balie.test", now=now)
    open_chat(alice, now=now)
    open_chat(alice, now=now)
    browser.post(f"/manage/pool/chats/{open_chat(alice, now=now).pk}/close/", {"reason": "ziek"})
    for _ in range(3):
        write_first(ZEN_SITE, now=now)
    page = browser.get("/manage/").content.decode()
    found = re.findall(r'<a class="kpi__n" href="(/manage/pool/[^"]*)#(\w+)">(\d+)</a>', page)
    assert [int(n) for *_, n in found] == [1, 3, 2, 1]
    rows = {"desks": '<tr id="seat-', "queue": 'class="wait"', "held": '<tr id="chat-'}
    for address, part, n in found:
        shown = browser.get(address).content.decode().split(f'id="pool-{part}"')[1].split("</section>")[0]
        assert shown.count(rows[part]) == int(n), part
