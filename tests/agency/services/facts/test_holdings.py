"""Who held which chat: whatever a chat goes through, its holdings are what its trail, entry and record say."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection

from agency.domain.facts.occupancy import Held
from agency.models import Assignment, ChatRecord, Holding, PoolEntry, User
from agency.services import reconcile
from agency.services.facts.holdings import list_held, measure_occupancy
from chat.services import assignment
from chat.services.assignment import Console
from chat.services.ending import reasons_to_close
from tenants.models import Company
from tests.chat.services.assignment.handing import ANY, ask, fixture_alice, fixture_bob, fixture_chat, fresh
from tests.chat.services.stage import NOW, after, open_chat, sit

pytestmark = pytest.mark.django_db
__all__ = ["fixture_alice", "fixture_bob", "fixture_chat"]

HOUR = timedelta(hours=1)


def rows(entry: PoolEntry) -> list[tuple[str, float, float | None, float | None, float | None]]:
    """Of each holding of the chat: whose, and its four moments in seconds."""

    def seconds(moment: datetime | None) -> float | None:
        return None if moment is None else (moment - NOW).total_seconds()

    return [
        (
            User.objects.get(pk=one.operator_id).name,
            (one.held_from - NOW).total_seconds(),
            seconds(one.held_to),
            seconds(one.wrap_up_from),
            seconds(one.wrap_up_to),
        )
        for one in Holding.objects.filter(chat_id=entry.pk).order_by("fence")
    ]


def differences() -> list[str]:
    found = [one for company in Company.objects.all() for one in reconcile.list_differences(company)]
    return [str(one) for one in (*found, *reconcile.list_seat_differences())]


def close(entry: PoolEntry, by: Console, at: float) -> None:
    reasons_to_close.close_by_operator(chat_id=entry.pk, fence=fresh(entry).fence, by=by, now=after(at))


def wrap_up(entry: PoolEntry, by: Console, at: float) -> None:
    fence = fresh(entry).fence
    reasons_to_close.wrap_up(chat_id=entry.pk, fence=fence, by=by, outcome="resolved", now=after(at))


def test_a_chat_is_held_closed_and_wrapped_up(alice_: Console, chat: PoolEntry) -> None:
    assert rows(chat) == [("Alice", 0, None, None, None)]
    close(chat, alice_, 60)
    assert rows(chat) == [("Alice", 0, 60, 60, None)]
    wrap_up(chat, alice_, 75)
    assert rows(chat) == [("Alice", 0, 60, 60, 75)]
    record = ChatRecord.objects.get(pk=chat.pk)
    assert (record.closed_at, record.settled_at) == (after(60), after(75))
    assert differences() == []


def test_closing_and_wrapping_up_at_once_is_one_moment(alice_: Console, chat: PoolEntry) -> None:
    wrap_up(chat, alice_, 30)
    assert rows(chat) == [("Alice", 0, 30, 30, 30)]


def test_a_chat_that_goes_from_hand_to_hand_is_in_one_at_a_time(
    alice_: Console, chat: PoolEntry, bob_: Console
) -> None:
    # Asked and taken back, asked and let pass, asked and taken: only the last ends Alice's holding.
    assignment.cancel_transfer(chat_id=chat.pk, fence=ask(chat, alice_, ANY).fence, by=alice_, now=after(1))
    passed = ask(chat, alice_, ANY, at=2)
    assignment.decline(chat_id=chat.pk, fence=passed.fence, by=bob_, reason="", now=after(3))
    assert rows(chat) == [("Alice", 0, None, None, None)]
    asked = ask(chat, alice_, ANY, at=4)
    assignment.accept(chat_id=chat.pk, fence=asked.fence, by=bob_, now=after(6))
    assert rows(chat) == [("Alice", 0, 6, None, None), ("Bob", 6, None, None, None)]
    assignment.hand_back(chat_id=chat.pk, fence=fresh(chat).fence, by=bob_, now=after(8))
    assert rows(chat)[1:] == [("Bob", 6, 8, None, None)]
    assignment.pick(chat_id=chat.pk, by=alice_, now=after(9))
    close(chat, alice_, 12)
    wrap_up(chat, alice_, 14)
    assert rows(chat)[2:] == [("Alice", 9, 12, 12, 14)]
    assert differences() == []


def test_a_dead_console_ends_its_holdings_when_its_chats_are_handed_on(alice_: Console, chat: PoolEntry) -> None:
    assignment.requeue_lost_seats(now=after(20))
    assert rows(chat) == [("Alice", 0, 20, None, None)]
    # The next one has the same chat at the same moment, by a clock that is some milliseconds behind.
    entry = fresh(chat)
    Assignment.objects.create(
        chat_id=entry.pk, company_id=entry.company_id, operator_id=alice_.operator_id, kind="pick",
        code="", fence=entry.fence + 1, at=after(19.99),
    )  # fmt: skip
    assert rows(chat)[1] == ("Alice", 20, None, None, None)


def test_what_was_held_before_is_in_the_trail(alice_: Console, chat: PoolEntry) -> None:
    """The migration of a home that is there says the same as the triggers."""
    other = open_chat(alice_, now=after(1))
    bob_ = sit("bob@balie.test")
    asked = ask(chat, alice_, ANY, at=4)
    assignment.accept(chat_id=chat.pk, fence=asked.fence, by=bob_, now=after(6))
    close(chat, bob_, 12)
    wrap_up(chat, bob_, 14)
    close(other, alice_, 20)
    written = list(Holding.objects.order_by("chat_id", "fence").values())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM agency_holding")
        migration = import_module("agency.migrations.0022_holding")
        cursor.execute(migration.LIVE)
        assert Holding.objects.count() == 1
        cursor.execute(migration.FROM_TRAIL.format(which="true"))
    again = list(Holding.objects.order_by("chat_id", "fence").values())
    unknown = ("id", "slots")
    assert [{**row, **dict.fromkeys(unknown)} for row in written] == [
        {**row, **dict.fromkeys(unknown)} for row in again
    ]


def test_the_slots_in_use_are_counted_when_it_is_taken(alice_: Console, chat: PoolEntry) -> None:
    second = open_chat(alice_, now=after(1))
    assert [Holding.objects.get(chat_id=one.pk).slots for one in (chat, second)] == [1, 2]


def test_occupancy_is_read_from_presence_and_holdings(alice_: Console, chat: PoolEntry) -> None:
    close(chat, alice_, 6)
    wrap_up(chat, alice_, 9)
    sit("alice@balie.test", now=after(10))
    spent = measure_occupancy(NOW, NOW + HOUR, now=after(12))[alice_.operator_id]
    times = {name: getattr(spent, name).total_seconds() for name in ("staffed", "with_chat", "at_cap", "slots")}
    assert times == {"staffed": 12, "with_chat": 6, "at_cap": 0, "slots": 72}
    assert spent.weighted.total_seconds() == pytest.approx(6 + 0.2 * 3)
    assert measure_occupancy(NOW, NOW + HOUR, now=NOW) == {}
    held = list_held(NOW, NOW + HOUR)
    assert held == {alice_.operator_id: [Held(NOW, after(6), after(6), after(9))]}
    assert list_held(after(9), NOW + HOUR) == {}
    assert list_held(after(8), NOW + HOUR) == held
    assert list_held(NOW, NOW + HOUR, operators=[]) == {}
