"""The record kept of a closed chat: who could have answered, who asked, and the words it is found by."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agency.domain import keys
from agency.models import ChatRecord, PoolEntry, Seat
from chat.models import Chat, Message, TranscriptRequest, Visitor
from chat.services.ending import reasons_to_close
from tenants.context import in_company
from tenants.models import Company
from tests.chat.services.stage import after, open_chat, sit

pytestmark = pytest.mark.django_db


def test_the_record_keeps_who_could_have_answered(acme: Company) -> None:
    alice, bob = sit("alice@balie.test"), sit("bob@balie.test")
    Seat.objects.filter(operator_id=bob.operator_id).update(used=3)
    first, second = open_chat(alice), open_chat(alice)
    for entry in (first, second):
        entry.refresh_from_db()
        reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(60))
    facts = [
        ChatRecord.objects.values_list("seats", "free_slots", "concurrency", "number").get(pk=one.pk)
        for one in (first, second)
    ]
    # Alice holds six; Bob's three are taken. The second came when Alice held one.
    assert facts == [(2, 6, 1, 1), (2, 5, 2, 2)]


def test_the_record_knows_the_visitor_and_the_newest_address(acme: Company) -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    with in_company(acme):
        for seconds, address in ((10, "oud@example.nl"), (20, "Nieuw@Example.nl")):
            TranscriptRequest.objects.create(
                chat_id=entry.pk, client_id=uuid4(), recipient=address, created_at=after(seconds)
            )
    reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(60))
    record = ChatRecord.objects.get(pk=entry.pk)
    assert record.visitor_key == keys.visitor_key(acme.secret, str(entry.visitor_id))
    assert record.address_key == keys.address_key(acme.secret, "nieuw@example.nl")


HOSTILE = [
    # Compounds count whole and in parts: the most that a text can make of itself.
    "-".join(chr(0x20000 + number % 40_000) for number in range(2_000)),
    " ".join(chr(0x20000 + number) for number in range(2_000)),
    "https://a.example/" + "pad/" * 990,
    "a" * 4_000,
    "'\\ : & | ! <-> ( ) \u202e \ufdfa \u200b 🦄" * 100,
]


@pytest.mark.parametrize("body", HOSTILE)
def test_no_text_keeps_a_chat_from_closing(body: str, acme: Company) -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    with in_company(acme):
        Message.objects.bulk_create(
            Message(
                chat_id=entry.pk,
                seq=entry.last_seq + number,
                client_id=uuid4(),
                side="visitor",
                body=f"{body} woord{number}"[-4_000:],
            )
            for number in range(1, 201)
        )
    PoolEntry.objects.filter(pk=entry.pk).update(last_seq=entry.last_seq + 200)
    reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(60))
    with in_company(acme):
        assert Chat.objects.filter(pk=entry.pk, search__isnull=False).exists()


def test_a_closed_chat_is_found_by_its_words_and_not_by_its_notes(acme: Company) -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    with in_company(acme):
        for seq, kind, body in ((1, "text", "Retourlabel kwijt"), (2, "note", "moeilijke klant")):
            Message.objects.create(
                chat_id=entry.pk,
                seq=entry.last_seq + seq,
                client_id=uuid4(),
                kind=kind,
                side="operator",
                body=body,
            )
        Visitor.objects.update(name="Marieke")
    PoolEntry.objects.filter(pk=entry.pk).update(last_seq=entry.last_seq + 2)
    reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(60))
    with in_company(acme):
        found = {
            word: Chat.objects.filter(search=SearchQuery(word, config="simple")).exists()
            for word in ("retourlabel", "marieke", "moeilijke")
        }
    assert found == {"retourlabel": True, "marieke": True, "moeilijke": False}


def test_a_close_takes_few_queries(acme: Company, settings: Any) -> None:
    settings.CHECK_TENANT_SELF = False
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    with CaptureQueriesContext(connection) as queries:
        reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(60))
    asked = [one["sql"] for one in queries if not one["sql"].startswith("SET search_path")]
    assert len(asked) <= 20
