"""Changes between a look at the pool and the lock: a sweep or a command then finds the rows as they are."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agency.models import Operator, PoolEntry, Seat
from agency.services.pool import entries, seats
from chat.services import assignment
from chat.services.assignment import transfers
from chat.services.ending import reasons_to_close
from tests.chat.services.assignment.handing import (  # noqa: F401 -- fixtures
    ANY,
    DUTCH,
    ask,
    fixture_alice,
    fixture_bob,
    fixture_chat,
    fixture_eve,
    fresh,
    person,
    refused,
    slots_are_counted,
    trail,
)
from tests.chat.services.stage import after, sit, used, write_first

pytestmark = pytest.mark.django_db

Act = Callable[[], object]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Act], None]:
    """Has something done once, just before the next entry is locked."""

    def plan(act: Act) -> None:
        acts = [act]
        for name in ("find_locked", "find_locked_now"):
            monkeypatch.setattr(entries, name, _first(acts, getattr(entries, name)))

    return plan


@pytest.fixture(autouse=True)
def nothing_goes_wrong(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A sweep passes over a row that fails, and says so in the log alone."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.name == "balie.sweeps"] == []


def _first(acts: list[Act], then: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*given: Any, **named: Any) -> Any:
        if acts:
            acts.pop()()
        return then(*given, **named)

    return wrapped


def _afterwards(acts: list[Act], before: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*given: Any, **named: Any) -> Any:
        answer = before(*given, **named)
        if acts:
            acts.pop()()
        return answer

    return wrapped


def accept(entry: PoolEntry, by: Any, at: float) -> int:
    return assignment.accept(chat_id=entry.pk, fence=fresh(entry).fence, by=by, now=after(at))


def decline(entry: PoolEntry, by: Any, at: float) -> None:
    assignment.decline(chat_id=entry.pk, fence=fresh(entry).fence, by=by, reason="", now=after(at))


def everybody_stays() -> None:
    Seat.objects.update(lease_until=after(600))


@pytest.fixture
def offered(alice_) -> PoolEntry:
    """Return a chat that rings at Alice."""
    begun, _ = write_first()
    assert assignment.assign_waiting(now=after(0)) == 1
    return PoolEntry.objects.get(pk=begun.chat_id)


class TestOffers:
    def test_accepted_at_the_last_moment_it_does_not_expire(self, offered, alice_, meanwhile) -> None:
        meanwhile(lambda: accept(offered, alice_, 9.9))
        assert assignment.expire_offers(now=after(10)) == 0
        assert (fresh(offered).operator_id, fresh(offered).bounces) == (alice_.operator_id, 0)

    def test_declined_at_the_last_moment_it_bounces_once(self, offered, alice_, meanwhile) -> None:
        meanwhile(lambda: decline(offered, alice_, 9.9))
        assert assignment.expire_offers(now=after(10)) == 0
        assert (fresh(offered).state, fresh(offered).bounces) == ("waiting", 1)

    def test_offered_anew_by_then_it_rings_on(self, offered, alice_, meanwhile) -> None:
        def pass_on() -> None:
            decline(offered, alice_, 9.9)
            sit("bob@balie.test", now=after(9.9))
            assert assignment.assign_waiting(now=after(9.9)) == 1

        meanwhile(pass_on)
        assert assignment.expire_offers(now=after(10)) == 0
        assert (fresh(offered).state, fresh(offered).offered_to.public_name) == ("offered", "Bob")

    def test_what_is_accepted_before_a_break_stays(self, offered, alice_, meanwhile) -> None:
        meanwhile(lambda: accept(offered, alice_, 1))
        assert assignment.withdraw_asked(operator_id=alice_.operator_id, now=after(1)) == 0
        assert fresh(offered).operator_id == alice_.operator_id

    def test_what_rings_at_somebody_else_by_then_goes_on_ringing(self, offered, alice_, meanwhile) -> None:
        def pass_on() -> None:
            decline(offered, alice_, 1)
            sit("bob@balie.test")
            assert assignment.assign_waiting(now=after(1)) == 1

        meanwhile(pass_on)
        assert assignment.withdraw_asked(operator_id=alice_.operator_id, now=after(1)) == 0
        asked = fresh(offered)
        assert (asked.state, asked.offered_to.public_name) == ("offered", "Bob")

    def test_a_chat_that_is_over_by_then_is_passed_over(self, offered, alice_, meanwhile) -> None:
        over = {"chat_id": offered.pk, "visitor_id": offered.visitor_id, "now": after(1)}
        meanwhile(lambda: reasons_to_close.close_by_visitor(**over))
        assert assignment.withdraw_asked(operator_id=alice_.operator_id, now=after(1)) == 0
        assert not PoolEntry.objects.exists()

    def test_it_is_over_before_its_answer(self, offered, alice_) -> None:
        over = {"chat_id": offered.pk, "visitor_id": offered.visitor_id, "now": after(1)}
        reasons_to_close.close_by_visitor(**over)
        given = {"chat_id": offered.pk, "fence": offered.fence, "by": alice_, "now": after(2)}
        assert refused(assignment.accept, **given) == "not_found"
        assert refused(assignment.decline, **given, reason="") == "not_found"


class TestLostSeats:
    def test_a_lease_that_is_renewed_by_then_keeps_everything(self, chat, alice_, monkeypatch) -> None:
        """Of a chat, and of an offer."""
        ringing, _ = write_first(now=after(1))
        assert assignment.assign_waiting(now=after(1)) == 1
        monkeypatch.setattr(seats, "list_lost_seats", _afterwards([everybody_stays], seats.list_lost_seats))
        assert assignment.requeue_lost_seats(now=after(16)) == 0
        assert fresh(chat).operator_id == alice_.operator_id
        assert PoolEntry.objects.get(pk=ringing.chat_id).offered_to_id == alice_.operator_id

    def test_a_lease_that_ends_at_this_very_moment_is_over(self, chat, alice_) -> None:
        Seat.objects.update(lease_until=after(16))
        assert assignment.requeue_lost_seats(now=after(15.999)) == 0
        assert assignment.requeue_lost_seats(now=after(16)) == 1

    def test_a_seat_that_is_kept_keeps_chats_and_loses_offers(self, chat, alice_) -> None:
        ringing, _ = write_first(now=after(1))
        assert assignment.assign_waiting(now=after(1)) == 1
        Seat.objects.update(kept_until=after(20))
        assert assignment.requeue_lost_seats(now=after(19.9)) == 1
        assert fresh(chat).operator_id == alice_.operator_id
        assert PoolEntry.objects.get(pk=ringing.chat_id).state == "waiting"
        assert assignment.requeue_lost_seats(now=after(20)) == 1
        assert fresh(chat).state == "waiting"

    def test_a_question_that_is_accepted_by_then_ends_no_more(self, chat, alice_, bob_, meanwhile) -> None:
        ask(chat, alice_, person(bob_))
        Seat.objects.filter(pk=alice_.operator_id).update(lease_until=after(600))
        meanwhile(lambda: accept(chat, bob_, 14))
        # It is Bob's chat by then, and he is gone: the next sweep finds it.
        assert assignment.requeue_lost_seats(now=after(16)) == 0
        assert fresh(chat).operator_id == bob_.operator_id
        assert assignment.requeue_lost_seats(now=after(16)) == 1

    def test_somebody_who_comes_back_by_then_is_still_asked(self, chat, alice_, bob_, meanwhile) -> None:
        asked = ask(chat, alice_, person(bob_))
        Seat.objects.filter(pk=alice_.operator_id).update(lease_until=after(600))
        meanwhile(everybody_stays)
        assert assignment.requeue_lost_seats(now=after(16)) == 0
        assert (fresh(chat).offered_to_id, fresh(chat).fence) == (bob_.operator_id, asked.fence)


class TestEndOfShift:
    @pytest.fixture(autouse=True)
    def ended(self, chat, alice_, bob_) -> None:
        """Alice's shift is over, and her visitor waits."""
        everybody_stays()
        Seat.objects.filter(pk=alice_.operator_id).update(shift_ends_at=after(0))

    def test_a_shift_that_is_longer_by_then_keeps_its_chat(self, chat, alice_, meanwhile) -> None:
        longer = Seat.objects.filter(pk=alice_.operator_id)
        meanwhile(lambda: longer.update(shift_ends_at=after(22)))
        assert assignment.hand_on_ended(now=after(21)) == 0
        assert fresh(chat).operator_id == alice_.operator_id
        meanwhile(lambda: longer.update(shift_ends_at=None))
        assert assignment.hand_on_ended(now=after(22)) == 0
        assert fresh(chat).operator_id == alice_.operator_id

    def test_a_shift_that_ends_at_this_very_moment_is_over(self, chat, alice_) -> None:
        Seat.objects.filter(pk=alice_.operator_id).update(shift_ends_at=after(21))
        assert assignment.hand_on_ended(now=after(21)) == 1

    def test_a_chat_that_is_over_by_then_is_left_alone(self, chat, alice_, meanwhile) -> None:
        given = {"chat_id": chat.pk, "fence": chat.fence, "by": alice_, "now": after(20)}
        meanwhile(lambda: reasons_to_close.close_by_operator(**given))
        assert assignment.hand_on_ended(now=after(21)) == 0
        assert fresh(chat).state == "wrap_up"

    def test_a_chat_that_is_somebody_else_s_by_then_is_left_alone(self, chat, bob_, meanwhile) -> None:
        Operator.objects.filter(pk=bob_.operator_id).update(is_lead=True)
        meanwhile(lambda: assignment.take_over(chat_id=chat.pk, fence=chat.fence, by=bob_, now=after(20)))
        assert assignment.hand_on_ended(now=after(21)) == 0
        assert fresh(chat).operator_id == bob_.operator_id

    def test_a_chat_that_waits_for_anybody_by_then_is_left_alone(self, chat, alice_, meanwhile) -> None:
        back = {"chat_id": chat.pk, "fence": chat.fence, "by": alice_, "now": after(20)}
        meanwhile(lambda: assignment.hand_back(**back))
        before = trail(chat)
        assert assignment.hand_on_ended(now=after(21)) == 0
        assert (fresh(chat).state, len(trail(chat))) == ("waiting", len(before) + 1)

    def test_a_question_is_passed_on_and_the_chat_stays(self, chat, alice_, bob_, eve_) -> None:
        everybody_stays()
        asked = ask(chat, alice_, ANY)
        Seat.objects.filter(pk=alice_.operator_id).update(shift_ends_at=None)
        Seat.objects.filter(pk=asked.offered_to_id).update(shift_ends_at=after(3))
        assert assignment.hand_on_ended(now=after(3)) == 1
        other = {bob_.operator_id: eve_, eve_.operator_id: bob_}[asked.offered_to_id]
        assert (fresh(chat).offered_to_id, fresh(chat).operator_id) == (other.operator_id, alice_.operator_id)


class TestTransfers:
    def _gone(self, asked: PoolEntry) -> Act:
        """Send everybody there on a break, besides Alice and the first one asked."""
        others = Seat.objects.exclude(pk__in=[asked.offered_to_id, asked.operator_id])
        return lambda: others.update(paused=True)

    def test_a_second_person_who_is_gone_by_then_isn_t_asked(self, chat, alice_, bob_, eve_, monkeypatch) -> None:
        asked = ask(chat, alice_, ANY)
        monkeypatch.setattr(transfers, "choose_other", _afterwards([self._gone(asked)], transfers.choose_other))
        everybody_stays()
        assert assignment.expire_offers(now=after(10)) == 1
        ended = fresh(chat)
        assert (ended.offered_to_id, ended.transfer, ended.offer_expires_at) == (None, "", None)
        assert (ended.operator_id, ended.fence) == (alice_.operator_id, asked.fence + 1)
        assert [used(one) for one in (alice_, bob_, eve_)] == [1, 0, 0]

    def test_whoever_is_chosen_and_gone_by_then_is_nobody(self, chat, alice_, bob_, monkeypatch) -> None:
        gone = Seat.objects.filter(pk=bob_.operator_id)
        monkeypatch.setattr(
            transfers, "choose_other", _afterwards([lambda: gone.update(paused=True)], transfers.choose_other)
        )
        before = fresh(chat)
        given = {"chat_id": chat.pk, "fence": chat.fence, "by": alice_, "wish": ANY, "now": after(1)}
        assert refused(assignment.transfer, **given) == "nobody"
        assert (fresh(chat).fence, fresh(chat).last_seq) == (before.fence, before.last_seq)

    @pytest.mark.parametrize("wish", [ANY, DUTCH], ids=["any", "language"])
    def test_a_break_asks_a_second_person_at_once(self, chat, alice_, bob_, eve_, wish) -> None:
        first = ask(chat, alice_, wish).offered_to_id
        assert assignment.withdraw_asked(operator_id=first, now=after(1)) == 1
        second = fresh(chat).offered_to_id
        assert {first, second} == {bob_.operator_id, eve_.operator_id}
        assert assignment.withdraw_asked(operator_id=second, now=after(2)) == 1
        assert fresh(chat).offered_to_id is None
