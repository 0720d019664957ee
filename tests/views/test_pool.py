"""The manager's list of live chats, and closing one."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agency.models import ChatRecord, LogEntry, PoolEntry, Seat, User
from agency.services import livelist
from tenants.models import Company
from tests.cast import ZEN_SITE
from tests.services.stage import open_chat, sit, write_first

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(maud: User, acme: Company) -> Client:
    from tenants import resolve

    resolve._sites.clear()
    browser = Client(headers={"host": "localhost"})
    browser.force_login(maud)
    return browser


def test_the_list_shows_every_company_and_not_a_word_of_a_chat(browser: Client) -> None:
    now = timezone.now()
    alice = sit("alice@balie.test", now=now)
    open_chat(alice, now=now)
    write_first(ZEN_SITE, body="Mijn geheime vraag", now=now)
    page = browser.get("/manage/pool/", headers={"accept-language": "nl"}).content.decode()
    for word in ("Acme Schoenen", "Zen Energie", "nog geen antwoord", "Alice is vrij", "1 van 6"):
        assert word in page
    assert "geheime" not in page


def test_it_takes_as_many_queries_for_five_chats_as_for_one(browser: Client) -> None:
    now = timezone.now()
    alice = sit("alice@balie.test", now=now)
    counts = []
    for _ in range(2):
        open_chat(alice, now=now)
        with CaptureQueriesContext(connection) as queries:
            browser.get("/manage/pool/?part=live")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 18


@pytest.mark.parametrize(
    ("seat", "why"),
    [
        ({}, "soon"),
        ({"used": 6, "capacity": 6}, "full"),
        ({"paused": True}, "away"),
        ({"lease_until": timezone.now()}, "nobody"),
    ],
)
def test_it_says_why_a_chat_waits(seat: dict[str, object], why: str, acme: Company) -> None:
    now = timezone.now()
    sit("alice@balie.test", now=now)
    write_first(now=now)
    Seat.objects.update(**{"capacity": 6, **seat})
    [line] = livelist.list_queue(timezone.now()).lines
    assert line.why is not None
    assert (line.state, line.why.code) == ("waiting", why)


def test_a_manager_closes_an_open_chat_with_a_reason_that_is_kept(
    browser: Client, maud: User, acme: Company
) -> None:
    now = timezone.now()
    entry = open_chat(sit("alice@balie.test", now=now), now=now)
    address = f"/manage/pool/chats/{entry.pk}/close/"
    assert b"Acme Schoenen" in browser.get(address).content
    assert PoolEntry.objects.get(pk=entry.pk).state == "open"
    refused = browser.post(address, {"reason": " "})
    assert refused.status_code == 400
    assert b'aria-invalid="true"' in refused.content

    answer = browser.post(address, {"reason": "Medewerker is ziek naar huis"})
    assert answer.url == "/manage/pool/"
    entry.refresh_from_db()
    assert entry.state == "wrap_up"
    assert ChatRecord.objects.get(pk=entry.pk).close_reason == "manager"
    logged = LogEntry.objects.get(action="chat.closed")
    assert (logged.actor, logged.company) == (maud, acme)
    assert logged.changes["reason"] == ["", "Medewerker is ziek naar huis"]

    # The second press, from another tab.
    browser.post(address, {"reason": "Nog eens"})
    assert LogEntry.objects.filter(action="chat.closed").count() == 1


def test_a_waiting_chat_closed_by_a_manager_is_settled_at_once(browser: Client) -> None:
    now = timezone.now()
    sit("alice@balie.test", now=now)
    begun, _ = write_first(now=now)
    browser.post(f"/manage/pool/chats/{begun.chat_id}/close/", {"reason": "Proefchat"})
    record = ChatRecord.objects.get(pk=begun.chat_id)
    assert (record.close_reason, record.outcome) == ("manager", "unset")
    assert record.settled_at is not None
    assert not PoolEntry.objects.exists()


def test_a_chat_that_is_not_there_is_not_found(browser: Client) -> None:
    assert browser.get(f"/manage/pool/chats/{uuid.uuid4()}/close/").status_code == 404


def test_only_managers_see_it(alice: User, acme: Company) -> None:
    browser = Client(headers={"host": "localhost"})
    browser.force_login(alice)
    now = timezone.now()
    entry = open_chat(sit("alice@balie.test", now=now), now=now)
    assert browser.get("/manage/pool/").status_code == 404
    closed = browser.post(f"/manage/pool/chats/{entry.pk}/close/", {"reason": "x"})
    assert closed.status_code == 404
    assert PoolEntry.objects.get(pk=entry.pk).state == "open"
