"""A shift ends: what waits for an answer goes on, what is talked about is finished."""

import pytest

from agency.domain.pool import trail_reasons
from agency.models import PoolEntry, Seat
from chat.services import assignment
from chat.services.assignment import Console
from tests.chat.services.assignment.handing import (  # noqa: F401 -- fixtures
    ANY,
    ask,
    fixture_alice,
    fixture_bob,
    fixture_chat,
    fixture_eve,
    fresh,
    slots_are_counted,
    trail,
)
from tests.chat.services.stage import NOW, after, open_chat, write_first

pytestmark = pytest.mark.django_db


class TestEndOfShift:
    def _end(self, console: Console, at: float = 0) -> None:
        Seat.objects.filter(pk=console.operator_id).update(shift_ends_at=after(at), draining=True, drain_reason="shift")
        Seat.objects.update(lease_until=after(600))

    def test_a_chat_that_waits_for_an_answer_goes_on(self, chat, alice_, bob_) -> None:
        self._end(alice_)
        assert assignment.hand_on_ended(now=after(19)) == 0
        assert assignment.hand_on_ended(now=after(21)) == 1
        gone = fresh(chat)
        assert (gone.state, gone.at_head) == ("waiting", True)
        assert trail(chat)[-1] == ("requeue", alice_.operator_id, trail_reasons.shift_ended())
        assert assignment.assign_waiting(now=after(21)) == 1
        assert fresh(chat).offered_to_id == bob_.operator_id
        assert assignment.hand_on_ended(now=after(22)) == 0

    def test_a_talk_is_finished(self, chat, alice_, bob_) -> None:
        PoolEntry.objects.filter(pk=chat.pk).update(turn="visitor")
        self._end(alice_)
        assert assignment.hand_on_ended(now=after(100)) == 0

    def test_nobody_else_is_there(self, chat, alice_) -> None:
        self._end(alice_)
        assert assignment.hand_on_ended(now=after(100)) == 0

    def test_everybody_goes_home(self, chat, alice_, bob_) -> None:
        self._end(alice_)
        self._end(bob_)
        assert assignment.hand_on_ended(now=after(100)) == 0

    def test_one_slot_takes_one_chat(self, chat, alice_, bob_) -> None:
        Seat.objects.filter(pk=bob_.operator_id).update(paused=True)
        open_chat(alice_)
        Seat.objects.filter(pk=bob_.operator_id).update(paused=False, capacity=1)
        self._end(alice_)
        assert assignment.hand_on_ended(now=after(21)) == 1
        assert assignment.assign_waiting(now=after(21)) == 1
        assert assignment.hand_on_ended(now=after(22)) == 0

    def test_offers_are_taken_back(self, chat, alice_, bob_) -> None:
        begun, _ = write_first()
        assert assignment.assign_waiting(now=NOW) == 1
        entry = PoolEntry.objects.get(pk=begun.chat_id)
        assert entry.offered_to_id == bob_.operator_id
        self._end(bob_)
        assert assignment.hand_on_ended(now=after(1)) == 1
        assert (fresh(entry).state, fresh(entry).bounces) == ("waiting", 0)
        assert assignment.assign_waiting(now=after(1)) == 1
        assert fresh(entry).offered_to_id == alice_.operator_id

    def test_a_question_to_take_over_goes_to_the_next(self, chat, alice_, bob_, eve_) -> None:
        first = ask(chat, alice_, ANY)
        asked = {one.operator_id: one for one in (bob_, eve_)}
        self._end(asked[first.offered_to_id])
        assert assignment.hand_on_ended(now=after(1)) == 1
        following = fresh(chat).offered_to_id
        assert following in set(asked) - {first.offered_to_id}
