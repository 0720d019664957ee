"""The effects of a manager's pages on open consoles and on the widget's pages."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agency.models import LogEntry, Seat, User
from chat.models import Text
from chat.realtime.widget import availability
from tenants.context import run_in
from tenants.models import Company
from tests import cast
from tests.chat.realtime.desk import operator, say, take, visitor

pytestmark = pytest.mark.usefixtures("live")


async def manager() -> Client:
    """Maud's browser."""
    client = Client(HTTP_HOST="localhost")
    maud = await User.objects.aget(email="maud@balie.test")
    await sync_to_async(client.force_login)(maud)
    return client


async def post(client: Client, name: str, *ids: Any, **given: Any) -> Any:
    answer = await sync_to_async(client.post)(reverse(name, args=ids), given)
    assert answer.status_code == 302, answer.content.decode()
    return answer


def _the(kind: str) -> Text:
    return Text.objects.filter(kind=kind).order_by("-version")[0]


async def test_switching_somebody_off_closes_their_console_and_hands_its_chat_on() -> None:
    desk, _ = await operator()
    guest, _ = await visitor()
    await say(guest, "Hallo")
    await take(desk)
    alice = await User.objects.aget(email="alice@balie.test")
    client = await manager()
    await post(client, "manage_person_switch", alice.pk, active="0")
    assert (await desk.hear("error"))["code"] == "signed_out"
    assert await desk.hear_close() == 4401
    seat = await Seat.objects.aget(operator_id=alice.pk)
    # No lease to wait for: the next sweep hands the chat to somebody else.
    assert seat.lease_until < timezone.now()
    assert await LogEntry.objects.filter(action="person.switched_off").aexists()


async def test_revoking_on_the_page_takes_the_chats_handed_over_and_leaves_the_console() -> None:
    desk, _ = await operator("bob@balie.test")
    guest, _ = await visitor()
    await say(guest, "Hallo")
    await take(desk)
    bob = await User.objects.select_related("operator").aget(email="bob@balie.test")
    acme = await Company.objects.aget(slug="acme")
    client = await manager()
    await post(client, "manage_revoke", acme.pk, bob.pk, chats="hand_over")
    assert (await desk.hear("chat.removed"))["reason"] == "requeued"
    await desk.send(type="texts.get", company_id=str(acme.pk))
    assert (await desk.hear("error"))["code"] == "not_found"


async def test_a_text_published_or_withdrawn_is_in_open_consoles_without_asking() -> None:
    knows, _ = await operator()
    stranger, _ = await operator("bob@balie.test")
    zen = await Company.objects.aget(slug="zen")
    script = await run_in(zen, _the, "script")
    client = await manager()
    await post(
        client,
        "manage_text_edit",
        zen.pk,
        script.pk,
        title="Nieuw",
        steps="Groet\nVraag de postcode",
        base="1",
    )
    heard = await knows.hear("texts", company_id=str(zen.pk))
    (found,) = (text for text in heard["texts"] if text["kind"] == "script")
    assert (found["title"], found["version"]) == ("Nieuw", 2)
    assert [step["text"] for step in found["data"]["steps"]] == ["Groet", "Vraag de postcode"]
    # Bob isn't certified for zen, so none of its words are his.
    await stranger.silent("texts")


async def test_a_new_greeting_is_in_the_config_after_its_freshness(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acme = await Company.objects.aget(slug="acme")
    greeting = await run_in(acme, _the, "greeting")
    client = await manager()
    config = await availability.find_config(cast.ACME_SITE)
    assert config is not None
    before = config.etag
    await post(
        client,
        "manage_text_edit",
        acme.pk,
        greeting.pk,
        body="Hoi, nieuwe begroeting",
        patterns="*",
        base="1",
    )
    monkeypatch.setattr(availability, "_GREETINGS_FRESH", 0.0)
    await availability._refresh()
    config = await availability.find_config(cast.ACME_SITE)
    assert config is not None
    assert config.etag != before
    (shown,) = json.loads(config.body)["greetings"]
    assert shown["body"] == "Hoi, nieuwe begroeting"
