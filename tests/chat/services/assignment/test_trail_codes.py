"""The code of a reason, on which all depends: with every word of the table changed, each command does what it did."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from agency.domain.pool.reasons import KINDS
from agency.models import Assignment, PoolEntry, Seat
from agency.services import reconcile
from agency.services.reports.bounces import count_bounces
from chat.services import assignment
from chat.services.console.transfer_note import find_passing_note
from tests.chat.services.assignment.handing import (  # noqa: F401 -- fixtures
    ANY,
    ask,
    fixture_alice,
    fixture_bob,
    fixture_chat,
    fixture_eve,
    fresh,
    person,
    slots_are_counted,
)
from tests.chat.services.stage import NOW, after, write_first

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def other_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give all reasons other words."""
    for kind in KINDS.values():
        monkeypatch.setattr(kind, "words", "because")
        monkeypatch.setattr(kind, "bare", "because")
    return


def steps(entry: PoolEntry) -> int:
    return Assignment.objects.filter(chat_id=entry.pk).count()


def test_commands_that_come_twice(chat, alice_, bob_) -> None:
    before = fresh(chat)
    asked = ask(chat, alice_, person(bob_))
    assignment.transfer(chat_id=chat.pk, fence=before.fence, by=alice_, wish=person(bob_), now=after(1))
    assert fresh(chat).fence == asked.fence
    for _ in range(2):
        assignment.cancel_transfer(chat_id=chat.pk, fence=asked.fence, by=alice_, now=after(1))
    asked = ask(chat, alice_, person(bob_), at=2)
    for _ in range(2):
        assignment.decline(chat_id=chat.pk, fence=asked.fence, by=bob_, reason="druk", now=after(3))
    held, count = fresh(chat), steps(chat)
    for _ in range(2):
        assignment.hand_back(chat_id=chat.pk, fence=held.fence, by=alice_, now=after(4))
    assert (fresh(chat).fence, steps(chat)) == (held.fence + 1, count + 1)


def test_a_declined_offer(alice_) -> None:
    begun, _ = write_first()
    assert assignment.assign_waiting(now=NOW) == 1
    for words in ("", "druk"):
        # Another word for the same decision changes nothing either.
        assignment.decline(chat_id=begun.chat_id, fence=1, by=alice_, reason=words, now=after(1))
    assert PoolEntry.objects.get(pk=begun.chat_id).bounces == 1


def test_an_offer_that_ran_out_was_not_declined(alice_) -> None:
    begun, _ = write_first()
    assert assignment.assign_waiting(now=NOW) == 1
    assert assignment.expire_offers(now=after(10)) == 1
    with pytest.raises(assignment.CannotAssign, match="not_found"):
        assignment.decline(chat_id=begun.chat_id, fence=1, by=alice_, reason="", now=after(11))


def test_a_second_person_is_asked_once_and_reads_the_note(chat, alice_, bob_, eve_) -> None:
    ask(chat, alice_, ANY, note="Wil ruilen")
    for seconds, note in ((11, "Wil ruilen"), (22, "")):
        Seat.objects.update(lease_until=after(seconds + 15))
        assert assignment.expire_offers(now=after(seconds)) == 1
        assert find_passing_note(fresh(chat)) == note
    assert fresh(chat).offered_to_id is None


def test_what_was_handed_back_may_be_picked_while_it_rings(chat, alice_, bob_) -> None:
    assignment.hand_back(chat_id=chat.pk, fence=chat.fence, by=alice_, now=after(1))
    assert assignment.assign_waiting(now=after(1)) == 1
    assignment.pick(chat_id=chat.pk, by=alice_, now=after(2))
    assert fresh(chat).operator_id == alice_.operator_id


def test_what_became_of_a_transfer_is_no_bounce_of_the_chat(chat, alice_, bob_, acme) -> None:
    asked = ask(chat, alice_, person(bob_))
    assignment.decline(chat_id=chat.pk, fence=asked.fence, by=bob_, reason="druk", now=after(3))
    assert [one.what for one in reconcile.list_differences(acme)] == []
    found = count_bounces(company=acme, starts=NOW, ends=NOW + timedelta(hours=1))
    assert [(line.reason, line.said, line.count) for line in found] == [(None, "", 1), ("transfer_passed", "", 1)]
