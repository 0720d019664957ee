"""Chats that change hands otherwise than by an offer: picked, transferred, taken over; and every way that is cut short."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from agency.models import Assignment, Certification, Operator, PoolEntry, Seat, User
from agency.services import presence
from agency.services.certification import certify
from chat.models import Chat, Message
from chat.services import assignment, lifecycle
from chat.services.assignment import CannotAssign, Console, Wish
from tenants.context import in_company
from tenants.models import Company
from tests import cast
from tests.services.stage import NOW, after, open_chat, sit, used, write_first

pytestmark = pytest.mark.django_db

ANY, DUTCH = Wish("any"), Wish("language", language="nl")


@pytest.fixture
def alice_(db: None) -> Console:
    """Alice at her desk."""
    return sit("alice@balie.test")


@pytest.fixture
def chat(alice_: Console) -> PoolEntry:
    """A chat of acme's that Alice has."""
    return open_chat(alice_)


@pytest.fixture
def bob_(chat: PoolEntry) -> Console:
    """Bob at his desk, after Alice's chat was hers."""
    return sit("bob@balie.test")


@pytest.fixture
def eve_(chat: PoolEntry) -> Console:
    """A third who knows acme."""
    user = User.objects.create_user("eve@balie.test", cast.PASSWORD, name="Eve")
    operator = Operator.objects.create(user=user, public_name="Eve", languages=["nl", "de"])
    certify(operator=operator, company=Company.objects.get(slug="acme"))
    return sit("eve@balie.test")


def ask(entry: PoolEntry, by: Console, wish: Wish, *, note: str = "", at: float = 0) -> PoolEntry:
    entry.refresh_from_db()
    assignment.transfer(
        chat_id=entry.pk, fence=entry.fence, by=by, wish=wish, note=note, note_id=uuid.uuid4(), now=after(at)
    )  # fmt: skip
    return fresh(entry)


def fresh(entry: PoolEntry) -> PoolEntry:
    return PoolEntry.objects.get(pk=entry.pk)


def person(console: Console) -> Wish:
    return Wish("person", console.operator_id)


def trail(entry: PoolEntry) -> list[tuple[str, UUID, str]]:
    rows = Assignment.objects.filter(chat_id=entry.pk).order_by("id")
    return [(str(row.kind), row.operator_id, row.reason) for row in rows]


def lines(entry: PoolEntry) -> list[tuple[str, Any]]:
    with in_company(Company.objects.get(pk=entry.company_id)):
        rows = Message.objects.filter(chat_id=entry.pk).exclude(kind="text").exclude(kind="auto")
        return [(str(row.kind), row.data or row.body) for row in rows.order_by("seq")]


def refused(act: Any, **given: Any) -> str:
    with pytest.raises(CannotAssign) as error:
        act(**given)
    return error.value.code


@pytest.fixture(autouse=True)
def slots_are_counted(db: None) -> Iterator[None]:
    """After every test each seat uses what it holds and is asked for, no more and no less; each change raised the fence."""
    yield
    for seat in Seat.objects.all():
        held = PoolEntry.objects.filter(operator=seat.pk, state="open").count()
        asked = PoolEntry.objects.filter(offered_to=seat.pk).count()
        assert seat.used == held + asked, seat
    for entry in PoolEntry.objects.all():
        fences = Assignment.objects.filter(chat_id=entry.pk).values_list("fence", flat=True)
        assert max(fences, default=0) <= entry.fence


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
            ("offer", bob_.operator_id, "transfer by Alice; asked by name"),
            ("accept", bob_.operator_id, "transfer accepted"),
        ]

    def test_the_same_command_again_changes_nothing(self, chat, alice_, bob_) -> None:
        before = chat.fence
        ask(chat, alice_, person(bob_), note="Eén keer")
        assignment.transfer(
            chat_id=chat.pk, fence=before, by=alice_, wish=person(bob_), note="Eén keer", note_id=uuid.uuid4(), now=after(1)
        )  # fmt: skip
        assert fresh(chat).fence == before + 1
        assert [kind for kind, _ in lines(chat)].count("note") == 1
        # Somebody who never had it learns nothing from the same command.
        assert refused(
            assignment.transfer, chat_id=chat.pk, fence=before, by=bob_, wish=ANY, note_id=uuid.uuid4(), now=NOW
        ) == "not_found"  # fmt: skip

    def test_declined_by_a_person_it_ends(self, chat, alice_, bob_, eve_) -> None:
        asked = ask(chat, alice_, person(bob_))
        for _ in range(2):
            assignment.decline(
                chat_id=chat.pk, fence=asked.fence, by=bob_, reason="busy", now=after(2)
            )
        ended = fresh(chat)
        assert (ended.operator_id, ended.offered_to_id) == (alice_.operator_id, None)
        assert ended.fence == asked.fence + 1
        assert (used(alice_), used(bob_), used(eve_)) == (1, 0, 0)
        assert ended.bounces == 0
        assert trail(chat)[-1] == ("bounce", bob_.operator_id, "transfer declined: busy")

    @pytest.mark.parametrize("wish", [ANY, DUTCH], ids=["any", "language"])
    def test_anybody_means_two_people_and_then_it_ends(
        self, chat, alice_, bob_, eve_, wish
    ) -> None:
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
            return refused(assignment.transfer, **given, note_id=uuid.uuid4(), now=NOW)

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
        Seat.objects.filter(pk=bob_.operator_id).update(
            lease_until=NOW + timedelta(days=1), capacity=0
        )
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
        assert refused(assignment.transfer, **given, note_id=uuid.uuid4(), now=after(1)) == "nobody"

    def test_one_at_a_time(self, chat, alice_, bob_, eve_) -> None:
        asked = ask(chat, alice_, person(bob_))
        given = {"chat_id": chat.pk, "fence": asked.fence, "by": alice_, "wish": person(eve_)}
        assert refused(assignment.transfer, **given, note_id=uuid.uuid4(), now=NOW) == "wrong_state"

    def test_taken_back(self, chat, alice_, bob_) -> None:
        asked = ask(chat, alice_, person(bob_))
        for _ in range(2):
            assignment.cancel_transfer(chat_id=chat.pk, fence=asked.fence, by=alice_, now=after(2))
        ended = fresh(chat)
        assert (ended.offered_to_id, ended.fence) == (None, asked.fence + 1)
        assert used(bob_) == 0
        assert trail(chat)[-1] == ("release", bob_.operator_id, "transfer cancelled")
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
        seq = lifecycle.close_by_operator(**given)
        assert lifecycle.close_by_operator(**given) == seq
        assert (used(alice_), used(bob_)) == (0, 0)
        assert fresh(asked).state == "wrap_up"

    def test_its_visitor_leaves(self, asked, alice_, bob_) -> None:
        visitor_id = asked.visitor_id
        lifecycle.close_by_visitor(chat_id=asked.pk, visitor_id=visitor_id, now=after(1))
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
        assert trail(asked)[-1] == ("bounce", bob_.operator_id, "transfer lease ended")

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
        presence.take_seat(operator=Operator.objects.get(pk=bob_.operator_id), now=NOW)
        given = {"chat_id": asked.pk, "fence": asked.fence, "by": bob_, "now": after(1)}
        assert refused(assignment.accept, **given) == "seat_taken"
        assert refused(assignment.decline, **given, reason="") == "seat_taken"


class TestPick:
    def test_out_of_turn(self, alice_) -> None:
        first, _ = write_first(now=NOW)
        second, _ = write_first(now=after(1))
        seq = assignment.pick(chat_id=second.chat_id, by=alice_, now=after(2))
        entry = PoolEntry.objects.get(pk=second.chat_id)
        assert (entry.state, entry.operator_id, entry.fence) == ("open", alice_.operator_id, 1)
        assert entry.assigned_at == after(2)
        assert trail(entry) == [("pick", alice_.operator_id, "picked, 1 before it")]
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
        assert trail(taken)[-1] == ("pick", bob_.operator_id, "picked, it rang at Alice")
        assert (used(alice_), used(bob_)) == (1, 1)

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
        presence.take_seat(operator=Operator.objects.get(pk=bob_.operator_id), now=NOW)
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
        assert trail(chat)[-1] == ("take", lead.operator_id, "taken over from Alice")
        late = {"chat_id": chat.pk, "fence": chat.fence, "by": alice_, "now": after(6)}
        assert refused(lifecycle.close_by_operator, **late) == "not_yours"

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


class TestManager:
    def test_puts_a_chat_back(self, chat, alice_, bob_, maud) -> None:
        given = {"chat_id": chat.pk, "by": maud, "reason": "te druk", "now": after(1)}
        assert assignment.requeue_by_manager(**given)
        assert not assignment.requeue_by_manager(**given)
        assert fresh(chat).at_head
        assert trail(chat)[-1] == (
            "requeue",
            alice_.operator_id,
            "requeued by Maud Bakker: te druk",
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
        assert (
            refused(assignment.move_by_manager, operator_id=eve_.operator_id, **given)
            == "wrong_state"
        )
        Seat.objects.filter(pk=bob_.operator_id).update(paused=True)
        assert (
            refused(assignment.move_by_manager, operator_id=bob_.operator_id, **given) == "paused"
        )
        # Refused, so the transfer to Eve stands.
        assert fresh(chat).offered_to_id == eve_.operator_id


class TestEndOfShift:
    def _end(self, console: Console, at: float = 0) -> None:
        Seat.objects.filter(pk=console.operator_id).update(
            shift_ends_at=after(at), draining=True, drain_reason="shift"
        )
        Seat.objects.update(lease_until=after(600))

    def test_a_chat_that_waits_for_an_answer_goes_on(self, chat, alice_, bob_) -> None:
        self._end(alice_)
        assert assignment.hand_on_ended(now=after(19)) == 0
        assert assignment.hand_on_ended(now=after(21)) == 1
        gone = fresh(chat)
        assert (gone.state, gone.at_head) == ("waiting", True)
        assert trail(chat)[-1] == ("requeue", alice_.operator_id, "shift ended")
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
