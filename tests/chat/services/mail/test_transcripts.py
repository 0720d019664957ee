"""Asking for a transcript: whose chat, which addresses, how many, and what is written when."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from agency.models import OutboxRow, PoolEntry
from chat.models import Delivery, TranscriptRequest
from chat.services.ending import reasons_to_close
from chat.services.mail import transcripts
from chat.services.mail.transcripts import CannotAsk, list_mails
from tenants.context import in_company
from tenants.models import Company
from tests import cast
from tests.chat.services.mail.transcripts import say
from tests.chat.services.stage import NOW, after, open_chat, sit, write_first

pytestmark = pytest.mark.django_db


def ask(company: Company, entry: PoolEntry, address: str, **facts: object) -> None:
    given = {
        "company": company,
        "chat_id": entry.pk,
        "visitor_id": entry.visitor_id,
        "client_id": uuid.uuid4(),
        "address": address,
        "now": NOW,
        **facts,
    }
    transcripts.ask(**given)  # type: ignore[arg-type]


def refused(company: Company, entry: PoolEntry, address: str, **facts: object) -> str:
    with pytest.raises(CannotAsk) as problem:
        ask(company, entry, address, **facts)
    return problem.value.code


@pytest.fixture
def entry(acme: Company) -> PoolEntry:
    OutboxRow.objects.all().delete()
    opened = open_chat(sit("alice@balie.test"))
    say(acme, opened, 10, "Dag!", side="operator", at=0, author_name="Alice")
    return opened


def close(entry: PoolEntry, *, now: object = NOW) -> None:
    """The visitor ends it."""
    reasons_to_close.close_by_visitor(chat_id=entry.pk, visitor_id=entry.visitor_id, now=now)  # type: ignore[arg-type]


def mails(company: Company, chat_id: UUID) -> list[tuple[str, str, str]]:
    with in_company(company):
        return [(one.kind, one.recipient, one.state) for one in list_mails([chat_id])[chat_id]]


def test_a_request_waits_for_the_close(acme: Company, entry: PoolEntry) -> None:
    ask(acme, entry, "Jan@Voorbeeld.Example")
    assert mails(acme, entry.pk) == [("transcript", "Jan@voorbeeld.example", "queued")]
    assert not OutboxRow.objects.exists()
    close(entry)
    assert mails(acme, entry.pk) == [("transcript", "Jan@voorbeeld.example", "queued")]
    (row,) = OutboxRow.objects.all()
    with in_company(acme):
        delivery = Delivery.objects.get(pk=row.object_id)
        assert (delivery.chat_id, delivery.subject) == (entry.pk, "")
    assert row.recipient_key
    columns = OutboxRow.objects.values_list().get(pk=row.pk)
    assert "jan" not in str(columns).lower()


def test_after_the_close_it_is_queued_at_once(acme: Company, entry: PoolEntry) -> None:
    close(entry)
    ask(acme, entry, "jan@voorbeeld.example")
    (row,) = OutboxRow.objects.all()
    assert row.run_after == NOW


def test_the_company_s_copy_waits_for_the_outcome(acme: Company, entry: PoolEntry) -> None:
    Company.objects.filter(pk=acme.pk).update(transcript_email="chats@acme.test")
    close(entry)
    (row,) = OutboxRow.objects.all()
    assert row.dedup == f"copy:{entry.pk}"
    assert row.run_after == after(125)
    assert not row.recipient_key


def test_a_repeat_changes_nothing(acme: Company, entry: PoolEntry) -> None:
    first = uuid.uuid4()
    ask(acme, entry, "jan@voorbeeld.example", client_id=first)
    ask(acme, entry, "piet@voorbeeld.example", client_id=first)
    ask(acme, entry, "JAN@voorbeeld.example")
    assert len(mails(acme, entry.pk)) == 1
    close(entry)
    ask(acme, entry, "jan@Voorbeeld.example")
    assert OutboxRow.objects.count() == 1


def test_a_fourth_address_is_refused(acme: Company, entry: PoolEntry) -> None:
    for number in range(3):
        ask(acme, entry, f"jan{number}@voorbeeld.example")
    assert refused(acme, entry, "jan3@voorbeeld.example") == "too_many"
    ask(acme, entry, "jan2@voorbeeld.example")
    assert len(mails(acme, entry.pk)) == 3


def test_nobody_asks_for_another_s_chat(acme: Company, zen: Company, entry: PoolEntry) -> None:
    address = "jan@voorbeeld.example"
    assert refused(acme, entry, address, visitor_id=uuid.uuid4()) == "not_found"
    assert refused(acme, entry, address, chat_id=uuid.uuid4()) == "not_found"
    assert refused(zen, entry, address) == "not_found"
    assert refused(acme, entry, "jan@", visitor_id=uuid.uuid4()) == "not_found"
    assert refused(acme, entry, "jan@") == "bad_address"
    with in_company(acme):
        assert not TranscriptRequest.objects.exists()


def closed_chats(number: int, site_key: str = cast.ACME_SITE) -> list[PoolEntry]:
    """Chats that their visitors ended, before anybody answered."""
    entries = []
    for _ in range(number):
        begun, _visitor = write_first(site_key)
        entry = PoolEntry.objects.get(pk=begun.chat_id)
        close(entry)
        entry.pk = begun.chat_id
        entries.append(entry)
    return entries


def test_five_mails_an_hour_over_all_companies(acme: Company, zen: Company) -> None:
    sit("alice@balie.test")
    OutboxRow.objects.all().delete()
    here, there = closed_chats(4), closed_chats(3, cast.ZEN_SITE)
    for entry in here[:3]:
        ask(acme, entry, "jan@voorbeeld.example")
    for entry in there[:2]:
        ask(zen, entry, "JAN@voorbeeld.example")
    assert refused(acme, here[3], "jan@voorbeeld.example") == "too_many"
    assert refused(zen, there[2], "Jan@voorbeeld.example") == "too_many"
    ask(zen, there[2], "piet@voorbeeld.example")
    ask(acme, here[3], "jan@voorbeeld.example", now=NOW + timedelta(hours=1))


def test_asked_during_many_chats_the_sixth_mail_waits_for_its_hour(acme: Company) -> None:
    sit("alice@balie.test")
    OutboxRow.objects.all().delete()
    entries = [PoolEntry.objects.get(pk=write_first()[0].chat_id) for _ in range(7)]
    for entry in entries:
        ask(acme, entry, "jan@voorbeeld.example")
    for entry in entries:
        close(entry)
    planned = list(OutboxRow.objects.order_by("run_after").values_list("run_after", flat=True))
    assert planned == [NOW] * 5 + [after(3600)] * 2


def test_what_became_of_a_mail_is_known_for_as_long_as_the_chat(
    acme: Company, entry: PoolEntry, django_assert_num_queries: Any
) -> None:
    ask(acme, entry, "jan@voorbeeld.example")
    close(entry)

    def state() -> tuple[str, datetime, str, str]:
        with in_company(acme):
            (mail,) = list_mails([entry.pk])[entry.pk]
        return mail.state, mail.at, mail.reason, mail.words

    rows = OutboxRow.objects.all()
    assert state()[0] == "queued"
    rows.update(error="later", reply=451, run_after=after(20))
    assert state()[:3] == ("failed", after(20), "later")
    assert "451" in state()[3]
    rows.update(state="dead", error="refused", reply=550, run_after=after(30))
    assert state()[:3] == ("dead", after(30), "refused")
    rows.update(state="done", error="", reply=None, done_at=after(40))
    assert state() == ("sent", after(40), "", "")
    with in_company(acme):
        Delivery.objects.update(sent_at=after(39))
        # The row is swept away after a month.
        rows.delete()
        assert state() == ("sent", after(39), "", "")
        Delivery.objects.update(sent_at=None)
        assert state()[::2] == ("dead", "dropped")
        with django_assert_num_queries(3):
            list_mails([entry.pk, uuid.uuid4(), uuid.uuid4()])
