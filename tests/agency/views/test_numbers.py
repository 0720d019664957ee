"""Every number that is a link opens the list of what it counts: as many, and never the list of its neighbour."""

import html
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client

from agency.models import ChatRecord, User
from agency.services.spam import flag_spam
from tenants.models import Company
from tests.agency.services.pool.history import add_chat

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
# Where a list is. A link to one chat, a day's date or a month's name is no number.
_LISTS = re.compile(r"^(/chats/|/manage/sla/chats/|/manage/companies/[^/]+/chats/|/satisfaction/)\?|^\?(show=|$)")
_NUMBER = re.compile(r"^(\d[\d.]*)(?= |$)|(\d+)$")
# A share stands for the chats of its numerator.
_SHARES = {
    "verdict=answered_within": "within_promise",
    "what=within": "within_promise",
    "rating=good": "good",
    "what=rated_good": "good",
    "rating=any": "rated",
}


@pytest.fixture
def months(acme: Company, zen: Company, maud: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chats of every kind, as many of one kind as of no other: today, yesterday and in the month before."""
    monkeypatch.setattr("tenants.clock.now", lambda: NOON)
    kinds: list[tuple[int, dict[str, Any]]] = [
        (7, {"waited": 8}),
        (3, {"waited": 8, "good": True}),
        (2, {"waited": 33, "good": False}),
        (4, {"waited": None, "close_reason": "left", "lasted": 40}),
        (1, {"waited": None, "close_reason": "left", "lasted": 9}),
        (2, {"waited": None, "close_reason": "visitor", "lasted": 3}),
        (1, {"waited": None, "close_reason": "end_of_hours", "lasted": 90}),
        (5, {"waited": 8, "outcome": "spam", "good": True}),
        (6, {"waited": 70, "good": True, "operator": "Bob"}),  # out of hours, below
    ]
    number = 0
    for back in (timedelta(hours=3), timedelta(days=1), timedelta(days=30)):
        for count, kind in kinds:
            for _one in range(count if back.days < 30 else count + 1):
                number += 1
                add_chat(acme, number, NOON - back + timedelta(seconds=number), **kind)
    ChatRecord.objects.filter(operator__public_name="Bob").update(in_hours=False)
    late = ChatRecord.objects.filter(promise_seconds=20, number=1).get()
    flag_spam(chat_id=late.pk, spam=True, by=maud, note="", now=NOON)
    add_chat(zen, 1, NOON - timedelta(hours=1))


@pytest.mark.usefixtures("months")
def test_a_number_opens_the_list_of_what_it_counts(acme: Company, maud: User, carol: User) -> None:
    pages = {
        (maud, "localhost"): {
            "/manage/": 6,
            "/manage/sla/": 10,
            f"/manage/sla/?company={acme.pk}": 12,
            f"/manage/sla/?company={acme.pk}&month=2026-10": 10,
            f"/manage/companies/{acme.pk}/operators/": 3,
            "/manage/people/certifications/": 3,
        },
        (carol, "acme.localhost"): {
            "/": 10,
            "/?month=2026-10": 6,
            "/satisfaction/": 2,
            "/satisfaction/?month=2026-10": 2,
        },
    }
    for (user, host), paths in pages.items():
        browser = Client(HTTP_HOST=host)
        browser.force_login(user)
        for path, least in paths.items():
            found = _follow(browser, path)
            assert len(found) >= least, (path, found)


def _follow(browser: Client, path: str) -> set[str]:
    """Follow each number of this page to its list, and compare. Returns the addresses that were followed."""
    page = browser.get(path)
    said = defaultdict(set)
    for href, inside in _LINK.findall(page.content.decode()):
        address = html.unescape(href)
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inside)).split())
        expected = _read_number(page, address, text)
        if _LISTS.match(address) and expected is not None:
            said[address].add(expected)
    for address, expected in said.items():
        total = _total_of(browser.get(urljoin(path, address)))
        assert expected == {total}, f"{path}: {address} opens {total}, the page says {expected}"
    return set(said)


def _read_number(page: Any, address: str, text: str) -> int | str | None:
    if "%" in text:
        if address.startswith("/satisfaction/"):
            return text
        name = next((one for query, one in _SHARES.items() if query in address), None)
        level = page.context.get("total") or page.context["level"]
        return getattr(getattr(level, "total", level), name) if name else None
    found = _NUMBER.search(text)
    return int((found[1] or found[2]).replace(".", "")) if found else None


def _total_of(answer: Any) -> int | str:
    context = answer.context
    if "said" in context:  # the page of satisfaction has its share on top
        found = re.search(r'kpi__n"[^>]*>\s*(\d+[^<]*%)\s*<', answer.content.decode())
        assert found
        return " ".join(found[1].split())
    page = context.get("page")
    if page is not None:
        return int(page.count if hasattr(page, "count") else page.total)
    return int(context["table"].total)
