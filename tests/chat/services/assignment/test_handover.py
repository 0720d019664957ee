"""A chat is transferred: it stays with its operator until somebody accepts, however it ends."""

import uuid
from datetime import timedelta

import pytest

from agency.domain.pool import reasons, trail_reasons
from agency.models import Certification, Operator, PoolEntry, Seat, User
from agency.services.certification.certify import certify
from agency.services.pool import seats
from chat.models import Chat
from chat.services import assignment
from chat.services.assignment import Console, Wish
from chat.services.console.snapshot import console_snapshot
from chat.services.console.transfer_note import find_passing_note
from chat.services.ending import reasons_to_close
from tenants.context import in_company
from tenants.models import Company
from tests.chat.services.assignment.handing import (  # noqa: F401 -- fixtures
    ANY,
    DUTCH,
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
from tests.chat.services.stage import NOW, after, open_chat, used

pytestmark = pytest.mark.django_db


class TestTransfer:
    def test_stays_with_its_operator_until_accepted(self, chat, alice_, bob_) -> None:
        asked = ask(chat, alice_, person(bob_), note="Wil ruilen")
        assert (asked.state, asked.operator_id) == ("open", alice_.operator_id)
        assert (asked.offered_to_id, asked.transfer) == (bob_.operator_id, "person")
        assert (used(alice_), used(bob_)) == (1, 1)
        assert (asked.fence, asked.last_seq) == (chat.fence + 1, chat.last_seq + 1)
        seq = assignment.accept(chat_id=chat.pk, fence=asked.fence, by=bob_, now=after(3))
        moved = fresh(chat)
        assert (moved.operator_id, moved.offered_to_id, moved.transfer) == (
            bob_.operator_id, None, "",
        )  # fmt: skip
        assert (used(alice_), used(bob_)) == (0, 1)
        assert lines(chat)[-2:] == [
            ("note", "Wil ruilen"),
            ("system", {"code": "transferred", "name": "Bob"}),
        ]
        assert moved.last_seq == seq
        assert moved.assigned_at == chat.assigned_at
        # Again: the same answer, nothing more.
        assert assignment.accept(chat_id=chat.pk, fence=asked.fence, by=bob_, now=after(4)) == seq
        assert fresh(chat).fence == moved.fence
        assert trail(chat)[-2:] == [
            ("offer", bob_.operator_id, trail_reasons.transfer(name="Alice", why=(reasons.by_name(),))),
            ("accept", bob_.operator_id, trail_reasons.transfer_accepted()),
        ]

    def test_the_offer_shows_the_note_of_its_own_question(self, chat, alice_, bob_, maud) -> None:
        def note() -> str:
            offers = console_snapshot(User.objects.get(pk=bob_.operator_id), now=NOW).offers
            return offers[0].note

        asked = ask(chat, alice_, person(bob_), note="Wil ruilen")
        assert note() == "Wil ruilen"
        assignment.decline(chat_id=chat.pk, fence=asked.fence, by=bob_, reason="", now=after(1))
        asked = ask(chat, alice_, person(bob_), at=2)
        assert note() == "", "an older question's"
        assignment.decline(chat_id=chat.pk, fence=asked.fence, by=bob_, reason="", now=after(3))
        moved = {"chat_id": chat.pk, "operator_id": bob_.operator_id, "by": maud, "reason": ""}
        assignment.move_by_manager(**moved, now=after(4))
        assert note() == ""
        assert lines(chat)[-1] == ("system", {"code": "moved", "name": "Maud Bakker", "to": "Bob"})

    def test_a_second_person_reads_the_note_too(self, chat, alice_, bob_, eve_) -> None:
        ask(chat, alice_, ANY, note="Wil ruilen")
        second = self._expire(chat, 11)
        assert find_passing_note(second) == "Wil ruilen"

    def test_the_same_command_again_changes_nothing(self, chat, alice_, bob_) -> None:
        before = chat.fence
        ask(chat, alice_, person(bob_), note="Eén keer")
        again = assignment.HandoverNote("Eén keer", uuid.uuid4())
        assignment.transfer(chat_id=chat.pk, fence=before, by=alice_, wish=person(bob_), note=again, now=after(1))
        assert fresh(chat).fence == before + 1
        assert [kind for kind, _ in lines(chat)].count("note") == 1
        # Somebody who never had it learns nothing from the same command.
        assert refused(
            assignment.transfer, chat_id=chat.pk, fence=before, by=bob_, wish=ANY, now=NOW
        ) == "not_found"  # fmt: skip

    def test_declined_by_a_person_it_ends(self, chat, alice_, bob_, eve_) -> None:
        asked = ask(chat, alice_, person(bob_))
        for _ in range(2):
            assignment.decline(chat_id=chat.pk, fence=asked.fence, by=bob_, reason="busy", now=after(2))
        ended = fresh(chat)
        assert (ended.operator_id, ended.offered_to_id) == (alice_.operator_id, None)
        assert ended.fence == asked.fence + 1
        assert (used(alice_), used(bob_), used(eve_)) == (1, 0, 0)
        assert ended.bounces == 0
        why = trail_reasons.transfer_passed(why=(trail_reasons.declined(words="busy"),))
        assert trail(chat)[-1] == ("bounce", bob_.operator_id, why)

    @pytest.mark.parametrize("wish", [ANY, DUTCH], ids=["any", "language"])
    def test_anybody_means_two_people_and_then_it_ends(self, chat, alice_, bob_, eve_, wish) -> None:
        first = ask(chat, alice_, wish)
        second = self._expire(chat, 11)
        assert {first.offered_to_id, second.offered_to_id} == {bob_.operator_id, eve_.operator_id}
        assert second.transfer == wish.kept
        ended = self._expire(chat, 22)
        assert (ended.offered_to_id, ended.transfer, ended.operator_id) == (
            None, "", alice_.operator_id,
        )  # fmt: skip
        # Both may be asked again by another wish.
        assert ask(chat, alice_, wish, at=23).offered_to_id is not None

    def test_nobody_else(self, chat, alice_, bob_) -> None:
        asked = ask(chat, alice_, ANY)
        assert asked.offered_to_id == bob_.operator_id
        assert self._expire(chat, 11).offered_to_id is None

    def test_a_language_follows_when_it_is_accepted(self, chat, alice_, eve_) -> None:
        asked = ask(chat, alice_, Wish("language", language="de"))
        assert (asked.offered_to_id, asked.language) == (eve_.operator_id, "nl")
        assignment.accept(chat_id=chat.pk, fence=asked.fence, by=eve_, now=after(1))
        assert fresh(chat).language == "de"
        with in_company(Company.objects.get(slug="acme")):
            assert Chat.objects.get(pk=chat.pk).language == "de"

    def test_refused(self, chat, alice_, bob_, zen) -> None:
        def code(wish: Wish, by: Console = alice_) -> str:
            given = {"chat_id": chat.pk, "fence": fresh(chat).fence, "by": by, "wish": wish}
            return refused(assignment.transfer, **given, now=NOW)

        assert code(person(alice_)) == "not_found"
        assert code(Wish("person", uuid.uuid4())) == "not_found"
        assert code(Wish("person")) == "not_found"
        assert code(Wish("language", language="xx")) == "nobody"
        assert code(Wish("language")) == "nobody"
        assert code(ANY, by=bob_) == "not_found"
        Seat.objects.filter(pk=bob_.operator_id).update(paused=True)
        assert [code(person(bob_)), code(ANY)] == ["nobody", "nobody"]
        Seat.objects.filter(pk=bob_.operator_id).update(paused=False, lease_until=NOW)
        assert [code(person(bob_)), code(ANY)] == ["nobody", "nobody"]
        Seat.objects.filter(pk=bob_.operator_id).update(lease_until=NOW + timedelta(days=1), capacity=0)
        assert [code(person(bob_)), code(ANY)] == ["nobody", "nobody"]
        Seat.objects.filter(pk=bob_.operator_id).update(capacity=3)
        Certification.objects.filter(operator=bob_.operator_id).delete()
        assert [code(person(bob_)), code(ANY)] == ["not_found", "nobody"]
        certify(operator=Operator.objects.get(pk=bob_.operator_id), company=zen)
        assert code(person(bob_)) == "not_found"
        assert lines(chat)[-1][1]["code"] == "accepted"

    def test_a_company_s_own_limit_holds(self, chat, alice_, bob_) -> None:
        Certification.objects.filter(operator=bob_.operator_id).update(chat_limit=1)
        ask(chat, alice_, person(bob_))
        other = open_chat(alice_, now=after(1))
        assert other.operator_id == alice_.operator_id
        given = {"chat_id": other.pk, "fence": other.fence, "by": alice_, "wish": person(bob_)}
        assert refused(assignment.transfer, **given, now=after(1)) == "nobody"

    def test_one_at_a_time(self, chat, alice_, bob_, eve_) -> None:
        asked = ask(chat, alice_, person(bob_))
        given = {"chat_id": chat.pk, "fence": asked.fence, "by": alice_, "wish": person(eve_)}
        assert refused(assignment.transfer, **given, now=NOW) == "wrong_state"

    def test_taken_back(self, chat, alice_, bob_) -> None:
        asked = ask(chat, alice_, person(bob_))
        for _ in range(2):
            assignment.cancel_transfer(chat_id=chat.pk, fence=asked.fence, by=alice_, now=after(2))
        ended = fresh(chat)
        assert (ended.offered_to_id, ended.fence) == (None, asked.fence + 1)
        assert used(bob_) == 0
        assert trail(chat)[-1] == ("release", bob_.operator_id, trail_reasons.transfer_cancelled())
        given = {"chat_id": chat.pk, "fence": asked.fence, "by": bob_, "now": after(3)}
        assert refused(assignment.accept, **given) == "not_found"
        given = {"chat_id": chat.pk, "fence": ended.fence, "by": alice_, "now": after(3)}
        assert refused(assignment.cancel_transfer, **given) == "wrong_state"

    @staticmethod
    def _expire(entry: PoolEntry, seconds: float) -> PoolEntry:
        Seat.objects.update(lease_until=after(seconds + 15))
        assert assignment.expire_offers(now=after(seconds)) == 1
        return fresh(entry)


class TestCutShort:
    """However a transfer ends, nobody keeps a slot for it."""

    @pytest.fixture
    def asked(self, chat, alice_, bob_) -> PoolEntry:
        return ask(chat, alice_, person(bob_))

    def test_its_operator_closes(self, asked, alice_, bob_) -> None:
        given = {"chat_id": asked.pk, "fence": asked.fence, "by": alice_, "now": after(1)}
        seq = reasons_to_close.close_by_operator(**given)
        assert reasons_to_close.close_by_operator(**given) == seq
        assert (used(alice_), used(bob_)) == (0, 0)
        assert fresh(asked).state == "wrap_up"

    def test_its_visitor_leaves(self, asked, alice_, bob_) -> None:
        visitor_id = asked.visitor_id
        reasons_to_close.close_by_visitor(chat_id=asked.pk, visitor_id=visitor_id, now=after(1))
        assert (used(alice_), used(bob_)) == (0, 0)

    def test_its_operator_hands_it_back(self, asked, alice_, bob_) -> None:
        given = {"chat_id": asked.pk, "fence": asked.fence, "by": alice_, "now": after(1)}
        assignment.hand_back(**given)
        assignment.hand_back(**given)
        assert fresh(asked).state == "waiting"
        assert (used(alice_), used(bob_)) == (0, 0)

    def test_its_operator_s_console_dies(self, asked, alice_, bob_) -> None:
        Seat.objects.filter(pk=bob_.operator_id).update(lease_until=after(30))
        assert assignment.requeue_lost_seats(now=after(16)) == 1
        gone = fresh(asked)
        assert (gone.state, gone.at_head, gone.offered_to_id) == ("waiting", True, None)
        assert gone.arrived_at == asked.arrived_at
        assert (used(alice_), used(bob_)) == (0, 0)
        given = {"chat_id": asked.pk, "fence": asked.fence, "by": bob_, "now": after(17)}
        assert refused(assignment.accept, **given) == "not_found"

    def test_the_asked_one_s_console_dies(self, asked, alice_, bob_) -> None:
        Seat.objects.filter(pk=alice_.operator_id).update(lease_until=after(30))
        assert assignment.requeue_lost_seats(now=after(16)) == 1
        kept = fresh(asked)
        assert (kept.state, kept.operator_id, kept.offered_to_id) == (
            "open", alice_.operator_id, None,
        )  # fmt: skip
        why = trail_reasons.transfer_passed(why=(trail_reasons.lease_ended(),))
        assert trail(asked)[-1] == ("bounce", bob_.operator_id, why)

    def test_both_die(self, asked, alice_, bob_) -> None:
        assert assignment.requeue_lost_seats(now=after(16)) in (1, 2)
        assert (used(alice_), used(bob_)) == (0, 0)

    def test_the_asked_one_is_not_certified_any_more(self, asked, alice_, bob_) -> None:
        Certification.objects.filter(operator=bob_.operator_id).delete()
        given = {"chat_id": asked.pk, "fence": asked.fence, "by": bob_, "now": after(1)}
        assert refused(assignment.accept, **given) == "not_found"
        assert assignment.expire_offers(now=after(11)) == 1
        assert fresh(asked).operator_id == alice_.operator_id

    def test_an_older_console_answers(self, asked, bob_) -> None:
        seats.take_seat(operator=Operator.objects.get(pk=bob_.operator_id), now=NOW)
        given = {"chat_id": asked.pk, "fence": asked.fence, "by": bob_, "now": after(1)}
        assert refused(assignment.accept, **given) == "seat_taken"
        assert refused(assignment.decline, **given, reason="") == "seat_taken"
