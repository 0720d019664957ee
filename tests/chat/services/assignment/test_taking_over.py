"""A chat is picked, taken over by a lead, or moved by a manager."""

import uuid

import pytest

from agency.domain.pool import trail_reasons
from agency.models import Certification, Operator, PoolEntry, Seat
from agency.services.certification.certify import certify
from agency.services.pool import seats
from chat.services import assignment
from chat.services.assignment import Console
from chat.services.ending import reasons_to_close
from tests import cast
from tests.chat.services.assignment.handing import (  # noqa: F401 -- fixtures
    ask,
    fixture_alice,
    fixture_bob,
    fixture_chat,
    fixture_eve,
    fresh,
    lines,
    person,
    refused,
    slots_are_counted,
    trail,
)
from tests.chat.services.stage import NOW, after, used, write_first

pytestmark = pytest.mark.django_db


class TestPick:
    def test_out_of_turn(self, alice_) -> None:
        first, _ = write_first(now=NOW)
        second, _ = write_first(now=after(1))
        seq = assignment.pick(chat_id=second.chat_id, by=alice_, now=after(2))
        entry = PoolEntry.objects.get(pk=second.chat_id)
        assert (entry.state, entry.operator_id, entry.fence) == ("open", alice_.operator_id, 1)
        assert entry.assigned_at == after(2)
        assert trail(entry) == [("pick", alice_.operator_id, trail_reasons.picked_early(n=1))]
        assert assignment.pick(chat_id=second.chat_id, by=alice_, now=after(3)) == seq
        assert used(alice_) == 1
        assert PoolEntry.objects.get(pk=first.chat_id).state == "waiting"

    def test_a_lead_takes_what_rings_at_a_colleague_once_called(self, alice_, chat, bob_) -> None:
        entry, _ = write_first()
        rings = {"state": "offered", "offered_to": alice_.operator_id, "bounces": 2}
        PoolEntry.objects.filter(pk=entry.chat_id).update(**rings, offer_expires_at=after(10))
        Seat.objects.filter(pk=alice_.operator_id).update(used=2)
        given = {"chat_id": entry.chat_id, "by": bob_, "now": after(3)}
        Operator.objects.filter(pk=bob_.operator_id).update(is_lead=True)
        assert refused(assignment.pick, **given) == "wrong_state"
        PoolEntry.objects.filter(pk=entry.chat_id).update(called_at=NOW)
        seq = assignment.pick(**given)
        assert assignment.pick(**given) == seq
        taken = PoolEntry.objects.get(pk=entry.chat_id)
        assert (taken.state, taken.operator_id, taken.called_at) == ("open", bob_.operator_id, None)
        assert trail(taken)[-1] == ("pick", bob_.operator_id, trail_reasons.picked_ringing(name="Alice"))
        assert (used(alice_), used(bob_)) == (1, 1)

    def test_who_handed_it_back_may_take_it_again_until_somebody_has_it(self, alice_, chat, bob_, eve_) -> None:
        assignment.hand_back(chat_id=chat.pk, fence=chat.fence, by=alice_, now=after(1))
        assert assignment.assign_waiting(now=after(1)) == 1
        asked = fresh(chat)
        other = {bob_.operator_id: eve_, eve_.operator_id: bob_}[asked.offered_to_id]
        assert refused(assignment.pick, chat_id=chat.pk, by=other, now=after(2)) == "wrong_state"
        assignment.pick(chat_id=chat.pk, by=alice_, now=after(2))
        assert (fresh(chat).operator_id, fresh(chat).offered_to_id) == (alice_.operator_id, None)
        assert [used(one) for one in (alice_, bob_, eve_)] == [1, 0, 0]

    def test_refused(self, alice_, chat, bob_) -> None:
        zen, _ = write_first(cast.ZEN_SITE)
        given = {"by": bob_, "now": NOW}
        assert refused(assignment.pick, chat_id=zen.chat_id, **given) == "not_found"
        assert refused(assignment.pick, chat_id=uuid.uuid4(), **given) == "not_found"
        assert refused(assignment.pick, chat_id=chat.pk, **given) == "not_found"
        acme, _ = write_first()
        assert assignment.assign_waiting(now=NOW) == 2
        rings = refused(assignment.pick, chat_id=acme.chat_id, **given)
        assert rings == "wrong_state"
        assert assignment.expire_offers(now=after(10)) == 2
        Certification.objects.filter(operator=bob_.operator_id).update(chat_limit=1)
        assignment.pick(chat_id=acme.chat_id, **given)
        other, _ = write_first()
        assert refused(assignment.pick, chat_id=other.chat_id, **given) == "full"
        Certification.objects.filter(operator=bob_.operator_id).update(chat_limit=None)
        Seat.objects.filter(pk=bob_.operator_id).update(capacity=1)
        assert refused(assignment.pick, chat_id=other.chat_id, **given) == "full"
        seats.take_seat(operator=Operator.objects.get(pk=bob_.operator_id), now=NOW)
        assert refused(assignment.pick, chat_id=other.chat_id, **given) == "seat_taken"


class TestTakeOver:
    @pytest.fixture
    def lead(self, bob_) -> Console:
        Operator.objects.filter(pk=bob_.operator_id).update(is_lead=True)
        return bob_

    def test_at_once(self, chat, alice_, lead) -> None:
        given = {"chat_id": chat.pk, "fence": chat.fence, "by": lead, "now": after(5)}
        seq = assignment.take_over(**given)
        assert assignment.take_over(**given) == seq
        taken = fresh(chat)
        assert (taken.operator_id, taken.fence) == (lead.operator_id, chat.fence + 1)
        assert (used(alice_), used(lead)) == (0, 1)
        assert lines(chat)[-1] == ("system", {"code": "taken", "name": "Bob"})
        assert trail(chat)[-1] == ("take", lead.operator_id, trail_reasons.taken_from(name="Alice"))
        late = {"chat_id": chat.pk, "fence": chat.fence, "by": alice_, "now": after(6)}
        assert refused(reasons_to_close.close_by_operator, **late) == "not_yours"

    def test_while_it_is_being_transferred(self, chat, alice_, lead, eve_) -> None:
        asked = ask(chat, alice_, person(eve_))
        assignment.take_over(chat_id=chat.pk, fence=asked.fence, by=lead, now=after(1))
        assert (used(alice_), used(lead), used(eve_)) == (0, 1, 0)

    def test_by_the_one_who_is_asked_and_has_no_other_slot(self, chat, alice_, lead) -> None:
        Seat.objects.filter(pk=lead.operator_id).update(capacity=1)
        asked = ask(chat, alice_, person(lead))
        assignment.take_over(chat_id=chat.pk, fence=asked.fence, by=lead, now=after(1))
        assert (used(alice_), used(lead)) == (0, 1)

    def test_refused(self, chat, alice_, bob_, zen) -> None:
        given = {"chat_id": chat.pk, "fence": chat.fence, "by": bob_, "now": NOW}
        assert refused(assignment.take_over, **given) == "not_found"
        lead = Operator.objects.get(pk=bob_.operator_id)
        lead.is_lead = True
        lead.save()
        assert refused(assignment.take_over, **{**given, "fence": 0}) == "fence"
        Seat.objects.filter(pk=bob_.operator_id).update(capacity=0)
        assert refused(assignment.take_over, **given) == "full"
        Certification.objects.filter(operator=lead).delete()
        certify(operator=lead, company=zen)
        assert refused(assignment.take_over, **given) == "not_found"


class TestBreak:
    def test_what_rings_goes_to_somebody_else_at_once(self, chat, alice_, bob_) -> None:
        entry, _ = write_first()
        rings = {"state": "offered", "offered_to": bob_.operator_id, "offer_expires_at": after(10)}
        PoolEntry.objects.filter(pk=entry.chat_id).update(**rings)
        Seat.objects.filter(pk=bob_.operator_id).update(used=1, paused=True)
        assert assignment.withdraw_asked(operator_id=bob_.operator_id, now=after(3)) == 1
        waits = PoolEntry.objects.get(pk=entry.chat_id)
        assert (waits.state, waits.offered_to_id, waits.bounces, waits.at_head) == (
            "waiting",
            None,
            0,
            True,
        )
        assert trail(waits)[-1] == ("requeue", bob_.operator_id, trail_reasons.break_began())

    def test_a_question_to_take_over_is_over(self, chat, alice_, bob_) -> None:
        ask(chat, alice_, person(bob_))
        assert assignment.withdraw_asked(operator_id=bob_.operator_id, now=after(3)) == 1
        ended = fresh(chat)
        assert (ended.operator_id, ended.offered_to_id, ended.transfer) == (
            alice_.operator_id,
            None,
            "",
        )
        assert (used(alice_), used(bob_)) == (1, 0)


class TestManager:
    def test_puts_a_chat_back(self, chat, alice_, bob_, maud) -> None:
        given = {"chat_id": chat.pk, "by": maud, "reason": "te druk", "now": after(1)}
        assert assignment.requeue_by_manager(**given)
        assert not assignment.requeue_by_manager(**given)
        assert fresh(chat).at_head
        assert trail(chat)[-1] == (
            "requeue",
            alice_.operator_id,
            trail_reasons.requeued(name="Maud Bakker", words="te druk"),
        )
        assert assignment.assign_waiting(now=after(1)) == 1
        assert fresh(chat).offered_to_id == bob_.operator_id
        assert assignment.requeue_by_manager(**given)
        assert (fresh(chat).state, fresh(chat).bounces, used(bob_)) == ("waiting", 0, 0)

    def test_moves_a_chat_to_a_person(self, chat, alice_, bob_, eve_, maud) -> None:
        def move(entry: PoolEntry, to: Console) -> PoolEntry:
            assignment.move_by_manager(
                chat_id=entry.pk, operator_id=to.operator_id, by=maud, reason="taal", now=after(1)
            )
            return fresh(entry)

        assert (move(chat, bob_).transfer, used(bob_)) == ("person", 1)
        moved = move(chat, eve_)
        assert (moved.operator_id, moved.offered_to_id) == (alice_.operator_id, eve_.operator_id)
        assert (used(alice_), used(bob_), used(eve_)) == (1, 0, 1)
        begun, _ = write_first()
        waiting = PoolEntry.objects.get(pk=begun.chat_id)
        assert move(waiting, bob_).state == "offered"
        offered = move(waiting, eve_)
        assert (offered.offered_to_id, used(bob_), used(eve_)) == (eve_.operator_id, 0, 2)
        given = {"chat_id": chat.pk, "by": maud, "reason": "", "now": after(1)}
        assert refused(assignment.move_by_manager, operator_id=eve_.operator_id, **given) == "wrong_state"
        Seat.objects.filter(pk=bob_.operator_id).update(paused=True)
        assert refused(assignment.move_by_manager, operator_id=bob_.operator_id, **given) == "paused"
        # Refused, so the transfer to Eve stands.
        assert fresh(chat).offered_to_id == eve_.operator_id
