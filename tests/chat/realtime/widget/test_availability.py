"""The config from memory, an invitation, and what a waiting visitor is told."""

import gzip
import json
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from channels.testing import HttpCommunicator
from django.db import OperationalError

from agency.models import PoolEntry, Reservation, Seat, SiteSighting
from agency.services.pool import reservations
from balie.asgi import application
from chat.domain import lifecycle, text
from chat.realtime.widget import availability, sightings
from chat.services.texts.texts import pick_greeting
from tenants.context import in_company
from tenants.models import Company, Site
from tests import cast
from tests.chat.realtime.desk import operator, say, visitor

pytestmark = pytest.mark.usefixtures("live")


async def ask(what: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, Any]]:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = HttpCommunicator(
        application,
        method,
        f"/widget/{cast.ACME_SITE}/{what}",
        headers=[(b"origin", cast.ACME_ORIGIN.encode()), *sent],
    )
    answer = await request.get_response(timeout=5)
    return answer["status"], json.loads(answer["body"] or "{}")


async def test_answers_cost_no_query_while_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    await operator()
    status, first = await ask("config")
    assert (status, first["level"], first["availability"]["mode"]) == (200, "open", "chat")
    assert (first["low_value"], first["invite_after"]) == ([], None)

    async def never(*_args: Any) -> Any:
        raise AssertionError("asked the database")

    # The task that re-reads all sites each 2 s is not what is looked at.
    monkeypatch.setattr(availability._last, "asked", False)
    monkeypatch.setattr(availability, "EVERY", 3600.0)
    monkeypatch.setattr(availability, "run_in", never)
    assert [(await ask("config"))[1] for _ in range(20)] == [first] * 20


async def test_the_config_names_the_limits_that_the_panel_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "IDLE_CLOSE", 480)
    monkeypatch.setattr(text, "TEXT_LIMIT", 6_000)
    limits = (await ask("config"))[1]["limits"]
    assert (limits["idle"], limits["text"]) == (480, 6_000)


async def test_the_config_travels_packed_under_a_tag_of_its_own() -> None:
    """It is asked for each 15 s by every page in sight, and was three times as long."""

    async def raw(*headers: tuple[bytes, bytes]) -> tuple[int, dict[bytes, bytes], bytes]:
        path = f"/widget/{cast.ACME_SITE}/config"
        answer = await HttpCommunicator(application, "GET", path, headers=[*headers]).get_response(5)
        return answer["status"], dict(answer["headers"]), answer["body"]

    await operator()
    packed = (b"accept-encoding", b"gzip, br")
    _, plain_headers, plain = await raw()
    _, headers, body = await raw(packed)
    assert gzip.decompress(body) == plain
    assert (headers[b"content-encoding"], headers[b"vary"]) == (b"gzip", b"Origin, Accept-Encoding")
    assert headers[b"etag"] != plain_headers[b"etag"]
    assert (await raw(packed, (b"if-none-match", plain_headers[b"etag"])))[0] == 200
    assert (await raw(packed, (b"if-none-match", headers[b"etag"])))[0] == 304


async def test_a_site_without_a_greeting_opens_with_one_of_ours_in_its_own_language() -> None:
    """An English site had no first line. The chat begins with the same line that its page showed."""
    await operator()
    sites = Site.objects.filter(key=cast.ACME_SITE)
    await sites.aupdate(language="en")
    try:
        await availability._refresh()
        _, found = await ask("config")
        assert found["greetings"] == []
        shown = found["default"]
        assert shown["body"] == "Hi! How can we help you?"

        def picked(shown: str | None) -> str | None:
            company = Company.objects.get(slug="acme")
            with in_company(company):
                id_ = UUID(shown) if shown else None
                found = pick_greeting("en", company.tone, "https://x.example/", id_)
            return found.body if found else None

        assert await sync_to_async(picked)(shown["id"]) == shown["body"]
        assert await sync_to_async(picked)(None) is None
    finally:
        await sites.aupdate(language="nl")


async def test_a_change_of_the_site_is_in_the_next_answer() -> None:
    await operator()
    await ask("config")
    sites = Site.objects.filter(key=cast.ACME_SITE)
    await sites.aupdate(low_value=["/jobs/*"], invite_after=30)
    try:
        await availability._refresh()
        _, found = await ask("config")
        assert (found["low_value"], found["invite_after"]) == (["/jobs/*"], 30)
    finally:
        await sites.aupdate(low_value=[], invite_after=None)


async def test_an_invitation_is_granted_and_used_up_by_the_first_text() -> None:
    assert await ask("invite", "POST") == (200, {"granted": False, "id": None, "seconds": None})
    await operator()
    await availability._refresh()
    status, granted = await ask("invite", "POST")
    assert (status, granted["granted"]) == (200, True)
    assert await Reservation.objects.filter(pk=granted["id"]).aexists()
    # The slot is kept from before the answer is made.
    kept = reservations.KEEP_FOR.total_seconds()
    assert kept - 5 < granted["seconds"] <= kept
    socket, _ = await visitor()
    await say(socket, "Graag", reservation=granted["id"])
    assert not await Reservation.objects.aexists()


async def test_a_waiting_visitor_hears_how_it_stands() -> None:
    await operator()
    socket, welcome = await visitor()
    assert welcome["wait"] == ""
    ack = await say(socket, "Hoi")
    assert await socket.hear("beat", state="waiting", wait="free")
    await Seat.objects.aupdate(capacity=1)
    await PoolEntry.objects.filter(pk=ack["chat_id"]).aupdate(state="waiting", offered_to=None)
    await Seat.objects.aupdate(used=1)
    await availability._refresh()
    await socket.send(type="beat", hidden=False)
    assert await socket.hear("beat", state="waiting", wait="busy")
    await PoolEntry.objects.aupdate(called_at="2026-11-21T13:00:00Z")
    await socket.send(type="beat", hidden=False)
    assert await socket.hear("beat", state="waiting", wait="called")
    _, again = await visitor(token=welcome["token"])
    assert again["wait"] == "called"


async def test_a_page_on_an_allowed_address_is_noted_behind_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[Any] = []

    async def note(_company: None, _do: Any, pairs: list[Any], _now: Any) -> None:
        written.extend(pairs)

    monkeypatch.setattr(sightings, "run_in", note)
    for _ in range(50):
        await ask("config")
    assert len(sightings._waiting) == 1
    await sightings.write_waiting()
    site = await Site.objects.aget(key=cast.ACME_SITE)
    assert written == [(site.pk, cast.ACME_ORIGIN)]
    # Said once an hour, and never of a stranger's page.
    await ask("config")
    assert not sightings._waiting
    stranger = HttpCommunicator(
        application,
        "GET",
        f"/widget/{cast.ACME_SITE}/config",
        headers=[(b"origin", b"https://evil.example")],
    )
    await stranger.get_response(timeout=5)
    assert not sightings._waiting


async def test_what_could_not_be_written_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_args: Any) -> None:
        raise OperationalError

    rows = SiteSighting.objects.filter(site__key=cast.ACME_SITE, origin=cast.ACME_ORIGIN)
    await rows.adelete()
    await ask("config")
    with monkeypatch.context() as broken:
        broken.setattr(sightings, "run_in", away)
        await sightings.write_waiting()
    assert len(sightings._waiting) == 1
    await sightings.write_waiting()
    assert not sightings._waiting
    assert await rows.adelete() == (1, {"agency.SiteSighting": 1})
