"""Pages and visitors are counted about nobody, behind the answers, and nothing that they say gets into it."""

import signal
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from channels.testing import HttpCommunicator
from django.db import OperationalError

from agency.domain.facts.counters import COUNTED
from agency.live import process
from agency.models import PoolEntry, SiteCounter
from balie.asgi import application
from chat.models import Text
from chat.realtime.widget import availability, counters
from chat.services.texts.texts import Greetings
from tenants.models import Site
from tests import cast
from tests.chat.realtime.desk import operator, say, visitor

pytestmark = pytest.mark.usefixtures("live")

CART = UUID("0b8f8f0e-94d4-4a53-8a30-6f6a1f8f0002")
# Said by a page that is no page of ours, or of a visitor who reads this.
MADE_UP = [
    "opened=/winkelwagen/jan.jansen@example.com",
    "opened=%2Fbestelling%2F0612345678%3Ftoken%3Dgeheim",
    "opened=cart",
    "opened=6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f11",
    f"opened={CART}&opened=x",
    f"opened={str(CART).upper()}",
    "opened=%00%ff%fe",
    "opened=" + "9" * 60_000,
    "opened",
]
NOTHING = ["", "?", "?shown", "?held_out=5", "?began", "?new2", "?company_id=1", "?%6eew"]


@pytest.fixture(autouse=True)
def greetings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A greeting of the company's for its cart."""
    cart = Text(pk=CART, kind=Text.Kind.GREETING, key="cart", body="Hoi", data={"patterns": ["*/winkelwagen*"]})
    monkeypatch.setattr(availability, "find_greetings", lambda _language, _now: Greetings([cart], None))


async def ask(what: str, method: str = "GET", origin: str = cast.ACME_ORIGIN) -> int:
    path = f"/widget/{cast.ACME_SITE}/{what}"
    request = HttpCommunicator(application, method, path, headers=[(b"origin", origin.encode())])
    return int((await request.get_response(timeout=5))["status"])


async def counted() -> dict[tuple[str, str], int]:
    """Write, and read the table: how often, by greeting and figure."""
    await counters.write_waiting()
    rows = [row async for row in SiteCounter.objects.filter(site_id__in=Site.objects.filter(key=cast.ACME_SITE))]
    return {(row.greeting, what): getattr(row, what) for row in rows for what in COUNTED if getattr(row, what)}


async def test_a_page_counts_once_however_often_it_asks() -> None:
    await operator()
    for query in ("?new", "", "", ""):
        await ask(f"config{query}")
    assert await counted() == {("", "shown"): 1}


async def test_a_page_without_a_launcher_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    await Site.objects.filter(key=cast.ACME_SITE).aupdate(unstaffed="hidden")
    await ask("config?new")
    assert not counters._waiting


async def test_what_a_visitor_did_is_counted_under_the_company_s_own_greeting() -> None:
    await operator()
    for query in (f"opened={CART}", "opened=", f"no={CART}"):
        await ask(f"config?{query}")
    assert await counted() == {("cart", "opened"): 1, ("", "opened"): 1, ("cart", "dismissed"): 1}


async def test_nothing_that_a_page_makes_up_gets_into_the_table() -> None:
    await operator()
    for said in MADE_UP:
        assert await ask(f"config?{said}") == 200
    for said in NOTHING:
        assert await ask(f"config{said}") == 200
    assert await counted() == {("", "opened"): len(MADE_UP)}


async def test_a_stranger_s_page_counts_nothing() -> None:
    await operator()
    assert await ask("config?new", origin="https://evil.example") == 200
    assert await ask("invite?", "POST", origin="https://evil.example") == 403
    assert not counters._waiting


async def test_an_invitation_counts_where_it_is_granted() -> None:
    await ask("invite?", "POST")
    assert not counters._waiting
    await operator()
    await availability._refresh()
    await ask(f"invite?{CART}", "POST")
    assert await counted() == {("cart", "invited"): 1}


async def test_a_chat_counts_where_and_when_it_began_once() -> None:
    await operator()
    socket, _ = await visitor()
    invited = {"greeting_id": str(CART), "reservation": "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f11"}
    ack = await say(socket, "Hoi", **invited)
    await say(socket, "Bent u daar?", **invited)
    assert await counted() == {("cart", "began"): 1, ("cart", "accepted"): 1}
    row = await SiteCounter.objects.aget()
    arrived = (await PoolEntry.objects.aget(pk=ack["chat_id"])).arrived_at
    assert row.starts_at == arrived.replace(minute=arrived.minute // 30 * 30, second=0, microsecond=0)


async def test_what_could_not_be_written_is_written_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_args: Any) -> None:
        raise OperationalError

    await operator()
    await ask("config?new")
    with monkeypatch.context() as broken:
        broken.setattr(counters, "run_in", away)
        await counters.write_waiting()
    await ask("config?new")
    assert await counted() == {("", "shown"): 2}
    assert await counted() == {("", "shown"): 2}


async def test_memory_is_bounded_while_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "MOST", 3)
    site = await Site.objects.aget(key=cast.ACME_SITE)
    for hour in range(5):
        for _ in range(2):
            counters.count(site.pk, "", "shown", at=datetime(2026, 11, 21, hour, tzinfo=UTC))
    assert sorted(counters._waiting.values()) == [2, 2, 2]


async def test_a_process_that_is_asked_to_stop_writes_first_and_one_that_is_killed_loses_the_rest() -> None:
    await operator()
    await ask("config?new")
    stopped: list[int] = []
    await sync_to_async(process.stop_by)(lambda number, _frame: stopped.append(number), signal.SIGTERM, None)
    assert stopped == [signal.SIGTERM]
    assert not counters._waiting
    assert (await SiteCounter.objects.aget()).shown == 1
    await ask("config?new")
    counters._waiting.clear()  # what a kill does
    assert await counted() == {("", "shown"): 1}


async def test_a_stop_doesn_t_wait_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_counts: object) -> None:
        raise OperationalError

    await operator()
    await ask("config?new")
    monkeypatch.setattr(counters, "add_counts", away)
    stopped: list[int] = []
    await sync_to_async(process.stop_by)(lambda number, _frame: stopped.append(number), signal.SIGTERM, None)
    assert stopped == [signal.SIGTERM]
