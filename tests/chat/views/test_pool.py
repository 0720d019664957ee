"""The manager's list of live chats, and closing one."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agency.models import ChatRecord, LogEntry, PoolEntry, Seat, User
from agency.services.pool.live import chats, version
from agency.services.pool.live.chats import SHOWN_HELD
from chat.domain import lifecycle
from chat.services import assignment
from tenants.models import Company
from tests.cast import ZEN_SITE
from tests.chat.services.stage import open_chat, sit, write_first
from tests.pages import squeezed

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(maud: User, acme: Company) -> Client:
    browser = Client(headers={"host": "localhost"})
    browser.force_login(maud)
    return browser


def test_the_list_shows_every_company_and_not_a_word_of_a_chat(browser: Client) -> None:
    now = timezone.now()
    alice = sit("alice@balie.test", now=now)
    open_chat(alice, now=now)
    write_first(ZEN_SITE, body="Mijn geheime vraag", now=now)
    page = browser.get("/manage/pool/", headers={"accept-language": "nl"}).content.decode()
    for word in (
        "Acme Schoenen",
        "Zen Energie",
        "nog geen antwoord",
        "1 bevoegde is vrij",
        "1 van 6",
    ):
        assert word in page
    assert "geheime" not in page


def test_it_takes_as_many_queries_for_five_chats_as_for_one(browser: Client) -> None:
    now = timezone.now()
    alice = sit("alice@balie.test", now=now)
    open_chat(alice, now=now)
    write_first(now=now)
    browser.get("/manage/pool/?part=live")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.get("/manage/pool/?part=live")
        counts.append(len(queries))
        for entry in PoolEntry.objects.all():
            entry.pk = uuid.uuid4()
            entry.save(force_insert=True)
    assert counts[0] == counts[1] <= 16


def test_a_look_brings_only_the_parts_that_are_new(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "KEPT_S", 10**12)
    now = timezone.now()
    alice = sit("alice@balie.test", now=now)
    write_first(now=now)
    page = squeezed(browser.get("/manage/pool/").content.decode())
    marks = re.findall(r'id="(?:pool-)?(\w+)" data-is="(\w+)"', page)
    assert [name for name, _mark in marks] == ["pool", "top", "queue", "desks", "held"]

    def look(**query: str) -> HttpResponse:
        seen = ",".join(f"{name}={mark}" for name, mark in marks)
        return browser.get("/manage/pool/", {"part": "live", "seen": seen, **query})

    with CaptureQueriesContext(connection) as queries:
        nothing = look()
    assert (nothing.status_code, nothing.content, len(queries)) == (204, b"", 2)

    # A break of whoever is free changes three parts; a beat of the visitor and a renewal of the console none.
    Seat.objects.update(lease_until=now + timedelta(seconds=14))
    PoolEntry.objects.update(visitor_seen_at=timezone.now())
    assert look().status_code == 204
    Seat.objects.update(paused=True)
    parts = re.findall(r'id="pool-(\w+)"', look().content.decode())
    assert parts == ["top", "queue", "desks"]
    # Another question about the same floor is answered, and its numbers stay.
    Seat.objects.update(paused=False)
    parts = re.findall(r'id="pool-(\w+)"', look(who="nobody").content.decode())
    assert parts == ["queue", "desks", "held"]
    assert alice.name in page


def test_desks_and_chats_are_narrowed_and_the_queue_never(browser: Client, acme: Company) -> None:
    now = timezone.now()
    alice, bob = sit("alice@balie.test", now=now), sit("bob@balie.test", now=now)
    open_chat(alice, site_key=ZEN_SITE, now=now)
    write_first(ZEN_SITE, now=now)
    Seat.objects.filter(pk=bob.operator_id).update(paused=True)

    def shown(query: str) -> tuple[bool, bool, bool, bool]:
        page = browser.get(f"/manage/pool/?{query}").content.decode()
        queue, desks = page.split('id="pool-desks"')
        desks, held = desks.split('id="pool-held"')
        return (
            "wait__why" in queue,
            f"seat-{alice.operator_id}" in desks,
            f"seat-{bob.operator_id}" in desks,
            "<tr id=" in held,
        )

    assert shown("") == (True, True, True, True)
    assert shown(f"company={acme.pk}") == (True, True, True, False)
    assert shown("who=ALI") == (True, True, False, True)
    assert shown("desk=paused") == (True, False, True, True)
    assert shown("turn=first") == (True, True, True, True)
    assert shown("turn=visitor") == (True, True, True, False)
    assert shown(f"person={bob.operator_id}") == (True, True, True, False)
    for nonsense in ("company=x", "desk=x", "turn=x", "desks=-1&chats=99999", "desks=9&chats=9"):
        assert shown(nonsense) == (True, True, True, True)


def test_a_long_list_is_shown_by_the_page(browser: Client, acme: Company) -> None:
    now = timezone.now()
    alice = sit("alice@balie.test", now=now)
    open_chat(alice, now=now)
    entry = PoolEntry.objects.get()
    for _ in range(SHOWN_HELD):
        entry.pk = uuid.uuid4()
        entry.save(force_insert=True)
    page = browser.get("/manage/pool/").content.decode()
    assert "1 t/m 25 van 26" in page
    assert 'href="?chats=2#held"' in page
    page = browser.get("/manage/pool/?chats=2&turn=answer").content.decode()
    assert "26 t/m 26 van 26" in page
    assert 'href="?turn=answer#held" rel="prev"' in page


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
    [line] = chats.list_queue(timezone.now())
    assert line.crowd is not None
    assert (line.state, line.crowd.code) == ("waiting", why)


def test_a_manager_closes_an_open_chat_with_a_reason_that_is_kept(
    browser: Client, maud: User, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    entry = open_chat(sit("alice@balie.test", now=now), now=now)
    address = f"/manage/pool/chats/{entry.pk}/close/"
    monkeypatch.setattr(lifecycle, "WRAP_UP_LIMIT", 75)
    for words in ("Acme Schoenen", "heeft 75 seconden"):
        assert words in browser.get(address).content.decode()
    assert PoolEntry.objects.get(pk=entry.pk).state == "open"
    refused = browser.post(address, {"reason": " "})
    assert refused.status_code == 422
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


def test_a_decision_says_who_would_get_it_and_why_each_other_not(browser: Client) -> None:
    now = timezone.now()
    sit("alice@balie.test", now=now)
    sit("bob@balie.test", now=now)
    begun, _ = write_first(now=now)
    Seat.objects.filter(operator__public_name="Bob").update(used=3, capacity=3)
    page = squeezed(browser.get(f"/manage/pool/?part=live&chat={begun.chat_id}").content.decode())
    assert "1 bevoegde is vrij en wordt nu gevraagd." in page
    assert "<b>Alice</b>zou hem krijgen" in page
    assert "<dt>Bob</dt><dd>vol, 3 van 3</dd>" in page
    begun, _ = write_first(ZEN_SITE, now=now)
    page = browser.get(f"/manage/pool/?part=live&chat={begun.chat_id}").content.decode()
    assert "niet bevoegd voor dit bedrijf: Bob" in page
    # Over, or none at all: the page as it is.
    for asked in (uuid.uuid4(), "x", ""):
        assert "zou hem krijgen" not in browser.get(f"/manage/pool/?chat={asked}").content.decode()


def test_who_let_a_chat_pass_stands_beside_it(browser: Client, acme: Company) -> None:
    now = timezone.now()
    alice = sit("alice@balie.test", now=now)
    begun, _ = write_first(now=now)
    for reason in ("", "te druk"):
        assignment.assign_waiting(now=now)
        fence = PoolEntry.objects.get().fence
        assignment.decline(chat_id=begun.chat_id, fence=fence, by=alice, reason=reason, now=now)
    Seat.objects.update(paused=True, pause_reason="lunch", paused_at=now)
    page = browser.get("/manage/pool/?part=live").content.decode()
    assert "De enige bevoegde die er is, heeft pauze." in page
    assert "Eerder bij Alice (doorgegeven) en Alice (doorgegeven: te druk)." in page
    assert "lunch, sinds" in page


def test_a_chat_is_put_back_and_moved_with_a_reason(browser: Client, acme: Company) -> None:
    now = timezone.now()
    entry = open_chat(sit("alice@balie.test", now=now), now=now)
    bob = sit("bob@balie.test", now=now)
    address = f"/manage/pool/chats/{entry.pk}"
    page = browser.get(f"{address}/move/").content.decode()
    assert "Bob: 0 van 3" in page
    assert "Alice: " not in page
    refused = browser.post(f"{address}/move/", {"reason": "x", "operator": str(uuid.uuid4())})
    assert refused.status_code == 422
    chosen = {"reason": "Bob kent deze klant", "operator": str(bob.operator_id)}
    assert browser.post(f"{address}/move/", chosen).url == "/manage/pool/"
    entry.refresh_from_db()
    assert (entry.state, entry.offered_to_id, entry.transfer) == ("open", bob.operator_id, "person")
    assert "gaat over bij Bob" in browser.get("/manage/pool/?part=live").content.decode()

    browser.post(f"{address}/requeue/", {"reason": "Alice hangt"})
    entry.refresh_from_db()
    assert (entry.state, entry.at_head) == ("waiting", True)
    browser.post(f"{address}/requeue/", {"reason": "Nog eens"})
    logged = LogEntry.objects.filter(company=acme).order_by("at", "pk")
    assert [one.action for one in logged] == ["chat.moved", "chat.requeued"]


def test_a_desk_is_drained_undrained_and_signed_out(browser: Client, alice: User) -> None:
    now = timezone.now()
    sit("alice@balie.test", now=now)
    address = f"/manage/pool/seats/{alice.pk}"
    assert browser.post(f"{address}/drain/", {"reason": "", "on": "1"}).status_code == 422
    browser.post(f"{address}/drain/", {"reason": "Naar de tandarts", "on": "1"})
    seat = Seat.objects.get()
    assert (seat.draining, seat.drain_reason) == (True, "manager")
    page = browser.get("/manage/pool/?part=live").content.decode()
    assert "op last van een manager" in page
    assert "Weer nieuwe chats" in page
    browser.post(f"{address}/drain/", {"reason": "Terug", "on": "0"})
    browser.post(f"{address}/drain/", {"reason": "Nog eens", "on": "0"})
    assert not Seat.objects.get().draining
    browser.post(f"{address}/sign-out/", {"reason": "Vergeten"})
    alice.refresh_from_db()
    after = Seat.objects.get()
    assert after.lease_until <= timezone.now()
    assert (after.epoch, alice.access_epoch) == (seat.epoch + 1, 1)
    browser.post(f"{address}/sign-out/", {"reason": "Nog eens"})
    logged = list(LogEntry.objects.order_by("at", "pk").values_list("action", flat=True))
    assert logged == ["seat.drained", "seat.undrained", "seat.signed_out"]
    assert browser.get(f"/manage/pool/seats/{uuid.uuid4()}/drain/").status_code == 404
