"""How a chat ends: closed, wrapped up, silent, left, after hours, by a manager."""

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from agency.models import ChatRecord, DatedHours, PoolEntry, Seat, User
from agency.services.pool.entries import note_seen
from chat.models import Chat, Message, TranscriptRequest
from chat.services import assignment
from chat.services.assignment import CannotAssign
from chat.services.begin.first_message import CannotBegin
from chat.services.ending import reasons_to_close
from tenants.context import in_company
from tenants.models import Company
from tests import cast
from tests.chat.services.stage import NOW, after, open_chat, sit, used, write_first

# Of a close with a transcript and a copy to mail, the changes of schema among them.
CLOSE_QUERIES = 32

pytestmark = pytest.mark.django_db


def last_line(company: Company, chat_id: UUID) -> dict[str, str]:
    with in_company(company):
        return Message.objects.filter(chat_id=chat_id).latest("seq").data


def visitor_is_silent_since(entry: PoolEntry, at: object) -> None:
    PoolEntry.objects.filter(pk=entry.pk).update(turn="visitor", turn_at=at)


def test_a_close_writes_the_record_and_begins_wrap_up(acme: Company) -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(60))
    entry.refresh_from_db()
    assert (entry.state, entry.wrap_up_at, used(alice)) == ("wrap_up", after(60), 0)
    record = ChatRecord.objects.get(pk=entry.pk)
    assert (record.close_reason, record.closed_at, record.settled_at) == (
        "operator",
        after(60),
        None,
    )
    assert last_line(acme, entry.pk) == {"code": "closed", "by": "operator"}
    with in_company(acme):
        assert Chat.objects.get(pk=entry.pk).closed_at == after(60)

    closed_at = entry.last_seq
    PoolEntry.objects.filter(pk=entry.pk).update(last_seq=closed_at + 1)
    again = reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence - 1, by=alice, now=after(61))
    assert again == closed_at
    assert ChatRecord.objects.count() == 1


def test_a_close_enters_the_company_once_between_seats_and_record(acme: Company) -> None:
    Company.objects.filter(pk=acme.pk).update(transcript_email="chats@acme.test")
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    with in_company(acme):
        TranscriptRequest.objects.create(
            chat_id=entry.pk, client_id=uuid4(), recipient="jan@voorbeeld.example", created_at=NOW
        )
    schemas: list[str] = []

    def note(execute: Any, sql: str, *given: Any) -> Any:
        # Queries of the tests alone are left out.
        if "tenant_self" not in sql:
            schemas.append(connection.schema_name)
        return execute(sql, *given)

    with connection.execute_wrapper(note):
        reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(60))
    assert [schema for schema, _ in groupby(schemas)] == ["public", "t_acme", "public"]
    assert len(schemas) <= CLOSE_QUERIES, len(schemas)


def test_wrap_up_settles_once(acme: Company) -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(60))
    entry.refresh_from_db()
    with pytest.raises(CannotAssign, match="bad_outcome"):
        reasons_to_close.wrap_up(chat_id=entry.pk, fence=entry.fence, by=alice, outcome="unset", now=after(70))
    reasons_to_close.wrap_up(chat_id=entry.pk, fence=entry.fence, by=alice, outcome="lead", now=after(70))
    # The ack was lost: the same command again is done already, and a stranger's is not.
    reasons_to_close.wrap_up(chat_id=entry.pk, fence=entry.fence, by=alice, outcome="spam", now=after(80))
    record = ChatRecord.objects.get(pk=entry.pk)
    assert (record.outcome, record.settled_at) == ("lead", after(70))
    bob = sit("bob@balie.test")
    with pytest.raises(CannotAssign, match="not_found"):
        reasons_to_close.wrap_up(chat_id=entry.pk, fence=entry.fence, by=bob, outcome="lead", now=after(80))
    assert not PoolEntry.objects.exists()
    assert last_line(acme, entry.pk) == {"code": "settled", "outcome": "lead"}


def test_a_forgotten_wrap_up_ends_after_two_minutes_as_unset() -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    reasons_to_close.close_by_operator(chat_id=entry.pk, fence=entry.fence, by=alice, now=NOW)
    assert reasons_to_close.end_wrap_ups(now=after(119)) == 0
    assert reasons_to_close.end_wrap_ups(now=after(120)) == 1
    assert ChatRecord.objects.get(pk=entry.pk).outcome == "unset"


def test_a_silent_visitor_is_reminded_once_and_closed_after_ten_minutes(acme: Company) -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    visitor_is_silent_since(entry, NOW)
    assert reasons_to_close.remind_silent(now=after(239)) == 0
    assert reasons_to_close.remind_silent(now=after(240)) == 1
    assert reasons_to_close.remind_silent(now=after(300)) == 0
    assert last_line(acme, entry.pk) == {"code": "reminder"}
    assert reasons_to_close.close_idle(now=after(599)) == 0
    assert reasons_to_close.close_idle(now=after(600)) == 1
    assert ChatRecord.objects.get(pk=entry.pk).close_reason == "idle"


def test_a_chat_that_cant_be_closed_doesnt_keep_the_others_open() -> None:
    alice = sit("alice@balie.test")
    broken, sound = sorted((open_chat(alice), open_chat(alice)), key=lambda entry: entry.pk)
    for entry in (broken, sound):
        visitor_is_silent_since(entry, NOW)
    # Its next line would take a seq that is taken.
    PoolEntry.objects.filter(pk=broken.pk).update(last_seq=0)
    assert reasons_to_close.close_idle(now=after(600)) == 1
    assert ChatRecord.objects.get().chat_id == sound.pk
    assert PoolEntry.objects.get(pk=broken.pk).state == "open"


def test_a_chat_of_words_as_long_as_can_be_closes_too(acme: Company) -> None:
    alice = sit("alice@balie.test")
    long, short = sorted((open_chat(alice), open_chat(alice)), key=lambda entry: entry.pk)
    for entry in (long, short):
        visitor_is_silent_since(entry, NOW)
    # 3,600 words, most letters of four bytes, each with a stem: all of these would be more than a vector takes.
    words = ["e" + "𐐨" * 25 + f"{number:012b}".translate({48: "𐐩", 49: "𐐪"}) + "en" for number in range(3_600)]
    with in_company(acme):
        lines = [
            Message(
                chat_id=long.pk,
                seq=long.last_seq + 1 + at,
                client_id=uuid4(),
                kind="text",
                side="visitor",
                body=" ".join(words[at * 97 : at * 97 + 97]),
                created_at=NOW,
            )
            for at in range(38)
        ]
        Message.objects.bulk_create(lines)
    PoolEntry.objects.filter(pk=long.pk).update(last_seq=long.last_seq + 38)
    assert reasons_to_close.close_idle(now=after(600)) == 2
    with in_company(acme):
        assert Chat.objects.filter(search__isnull=False).count() == 2


def test_a_visitor_who_waits_for_us_is_never_idle() -> None:
    open_chat(sit("alice@balie.test"))
    assert reasons_to_close.close_idle(now=after(3600)) == 0


def test_an_unanswered_visitor_without_a_beat_has_left_at_the_last_one(acme: Company) -> None:
    sit("alice@balie.test")
    begun, _ = write_first()
    note_seen([(begun.chat_id, after(12), False, 0, 0)])
    assert reasons_to_close.close_left(now=after(41)) == 0
    assert reasons_to_close.close_left(now=after(42)) == 1
    record = ChatRecord.objects.get(pk=begun.chat_id)
    assert (record.close_reason, record.closed_at) == ("left", after(12))
    assert record.settled_at == after(42)
    assert not PoolEntry.objects.exists()


def test_a_phone_in_the_background_has_two_minutes() -> None:
    sit("alice@balie.test")
    begun, _ = write_first()
    note_seen([(begun.chat_id, after(5), True, 0, 0)])
    assert reasons_to_close.close_left(now=after(124)) == 0
    assert reasons_to_close.close_left(now=after(125)) == 1


def test_leaving_while_offered_frees_the_slot() -> None:
    alice = sit("alice@balie.test")
    begun, visitor_id = write_first()
    assignment.assign_waiting(now=NOW)
    assert used(alice) == 1
    seq = reasons_to_close.close_by_visitor(chat_id=begun.chat_id, visitor_id=visitor_id, now=after(3))
    assert seq == 3
    assert used(alice) == 0
    assert ChatRecord.objects.get(pk=begun.chat_id).close_reason == "visitor"
    again = reasons_to_close.close_by_visitor(chat_id=begun.chat_id, visitor_id=visitor_id, now=after(4))
    assert again is None


def test_nobody_closes_another_visitors_chat() -> None:
    sit("alice@balie.test")
    begun, _ = write_first()
    stranger = UUID(int=1)
    assert reasons_to_close.close_by_visitor(chat_id=begun.chat_id, visitor_id=stranger, now=NOW) is None
    assert PoolEntry.objects.filter(pk=begun.chat_id).exists()


def closes_at_23(company: Company) -> None:
    DatedHours.objects.filter(company=company).delete()
    # 13:00 UTC is 14:00 in Amsterdam; the day ends an hour later.
    DatedHours.objects.create(
        company=company,
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 11, 23),
        opens=0,
        closes=900,
    )


def test_at_the_closing_second_no_chat_begins_and_a_begun_one_is_finished(acme: Company) -> None:
    closes_at_23(acme)
    alice = sit("alice@balie.test", now=after(3590))
    begun, _ = write_first(now=after(3599))
    with pytest.raises(CannotBegin, match="nobody"):
        write_first(now=after(3600))
    assert assignment.assign_waiting(now=after(3601)) == 1
    entry = PoolEntry.objects.get(pk=begun.chat_id)
    assignment.accept(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(3602))
    assert reasons_to_close.close_end_of_hours(now=after(3700)) == 0


def test_after_hours_a_waiting_chat_ends_once_nobody_was_there_for_a_minute(acme: Company) -> None:
    closes_at_23(acme)
    sit("alice@balie.test", now=after(3590))
    begun, _ = write_first(now=after(3595))
    Seat.objects.update(lease_until=after(3600))
    assert reasons_to_close.close_end_of_hours(now=after(3601)) == 0
    assert reasons_to_close.close_end_of_hours(now=after(3660)) == 0
    assert reasons_to_close.close_end_of_hours(now=after(3661)) == 1
    record = ChatRecord.objects.get(pk=begun.chat_id)
    assert (record.close_reason, record.operator_id) == ("end_of_hours", None)


def test_after_hours_only_the_certified_keep_a_chat_waiting(zen: Company) -> None:
    closes_at_23(zen)
    alice, bob = sit("alice@balie.test", now=after(3590)), sit("bob@balie.test", now=after(3590))
    write_first(cast.ZEN_SITE, now=after(3595))
    Seat.objects.filter(operator_id=alice.operator_id).update(lease_until=after(3700))
    Seat.objects.filter(operator_id=bob.operator_id).update(lease_until=after(9000))
    assert [reasons_to_close.close_end_of_hours(now=after(at)) for at in (3601, 3661, 3699)] == [0, 0, 0]
    # Bob doesn't know this company.
    assert [reasons_to_close.close_end_of_hours(now=after(at)) for at in (3701, 3760, 3761)] == [0, 0, 1]


def test_a_manager_ends_a_chat_whoever_holds_it(maud: User, acme: Company) -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    assert reasons_to_close.close_by_manager(chat_id=entry.pk, by=maud, reason="Test", now=after(30))
    entry.refresh_from_db()
    assert (entry.state, used(alice)) == ("wrap_up", 0)
    assert last_line(acme, entry.pk) == {"code": "closed", "by": "manager"}
    assert not reasons_to_close.close_by_manager(chat_id=entry.pk, by=maud, reason="Test", now=after(31))
    # Its operator still says how it ended.
    reasons_to_close.wrap_up(chat_id=entry.pk, fence=entry.fence, by=alice, outcome="resolved", now=after(40))
    assert ChatRecord.objects.get(pk=entry.pk).outcome == "resolved"


def test_a_dead_console_ends_no_chat(acme: Company) -> None:
    alice = sit("alice@balie.test")
    opened, wrapped = open_chat(alice), open_chat(alice)
    reasons_to_close.close_by_operator(chat_id=wrapped.pk, fence=wrapped.fence, by=alice, now=after(1))
    note_seen([(opened.pk, after(50), False, 0, 0)])
    assert assignment.requeue_lost_seats(now=after(60)) == 1
    opened.refresh_from_db()
    assert (opened.state, opened.at_head, opened.operator_id) == ("waiting", True, None)
    # Nobody comes, and then the visitor goes: it is settled at once, for nobody holds it.
    assert reasons_to_close.close_left(now=after(80)) == 1
    record = ChatRecord.objects.get(pk=opened.pk)
    assert (record.close_reason, record.closed_at) == ("left", after(50))
    assert (record.settled_at, record.assigned_at) == (after(80), NOW)
    # Chats in wrap-up end by time.
    assert reasons_to_close.end_wrap_ups(now=after(121)) == 1
    assert ChatRecord.objects.get(pk=wrapped.pk).outcome == "unset"
