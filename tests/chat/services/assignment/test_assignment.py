"""The holder of a chat: offers, bounces, leases and fences."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agency.domain.pool import reasons, trail_reasons
from agency.models import Assignment, InstructionVersion, PoolEntry, Seat, User
from agency.services.certification import valid_certificates
from agency.services.certification.certify import raise_major, revoke
from agency.services.certification.valid_certificates import GRACE
from agency.services.pool import candidates, seats
from chat.services import assignment
from chat.services.assignment import CannotAssign
from chat.services.begin.first_message import CannotBegin
from tenants.models import Company
from tests import cast
from tests.chat.services.stage import NOW, after, open_chat, sit, used, write_first

pytestmark = pytest.mark.django_db


def trail(chat_id: object) -> list[tuple[str, int]]:
    rows = Assignment.objects.filter(chat_id=chat_id).order_by("fence")
    return list(rows.values_list("kind", "fence"))


def test_an_offer_that_nobody_answers_goes_to_somebody_else() -> None:
    alice, bob = sit("alice@balie.test"), sit("bob@balie.test")
    begun, _ = write_first()
    assert assignment.assign_waiting(now=NOW) == 1
    first = PoolEntry.objects.get(pk=begun.chat_id).offered_to_id

    assert assignment.expire_offers(now=after(9.9)) == 0
    assert assignment.expire_offers(now=after(10)) == 1
    assert assignment.assign_waiting(now=after(10)) == 1
    entry = PoolEntry.objects.get(pk=begun.chat_id)
    assert entry.offered_to_id != first
    assert {entry.offered_to_id, first} == {alice.operator_id, bob.operator_id}
    assert (entry.bounces, entry.arrived_at) == (1, NOW)
    assert trail(begun.chat_id) == [("offer", 1), ("bounce", 2), ("offer", 3)]
    assert used(alice) + used(bob) == 1


def test_only_the_certified_are_offered_a_chat() -> None:
    bob = sit("bob@balie.test")
    with pytest.raises(CannotBegin, match="nobody"):
        write_first(cast.ZEN_SITE)
    sit("alice@balie.test")
    begun, _ = write_first(cast.ZEN_SITE)
    assignment.assign_waiting(now=NOW)
    assert PoolEntry.objects.get(pk=begun.chat_id).offered_to_id != bob.operator_id


def test_a_refused_first_text_is_kept_as_a_question(acme: object) -> None:
    from chat.models import Chat, Question
    from tenants.context import in_company

    with pytest.raises(CannotBegin, match="nobody"):
        write_first(body="Is er iemand?")
    with in_company(acme):  # type: ignore[arg-type]
        assert Question.objects.get().body == "Is er iemand?"
        assert not Chat.objects.exists()


def test_an_accept_carries_the_fence_and_the_epoch() -> None:
    alice = sit("alice@balie.test")
    begun, _ = write_first()
    assignment.assign_waiting(now=NOW)
    with pytest.raises(CannotAssign, match="fence"):
        assignment.accept(chat_id=begun.chat_id, fence=0, by=alice, now=NOW)
    newer = sit("alice@balie.test")
    with pytest.raises(CannotAssign, match="seat_taken"):
        assignment.accept(chat_id=begun.chat_id, fence=1, by=alice, now=NOW)
    seq = assignment.accept(chat_id=begun.chat_id, fence=1, by=newer, now=NOW)
    # Later messages don't move the first answer.
    PoolEntry.objects.filter(pk=begun.chat_id).update(last_seq=9)
    again = assignment.accept(chat_id=begun.chat_id, fence=1, by=newer, now=NOW)
    assert seq == again == 3
    assert used(newer) == 1


def test_a_chat_offered_to_another_looks_like_one_that_is_not_there() -> None:
    sit("alice@balie.test")
    begun, _ = write_first(cast.ZEN_SITE)
    assignment.assign_waiting(now=NOW)
    bob = sit("bob@balie.test")
    with pytest.raises(CannotAssign, match="not_found"):
        assignment.accept(chat_id=begun.chat_id, fence=1, by=bob, now=NOW)


def test_a_beginner_holds_three_chats_and_no_fourth() -> None:
    bob = sit("bob@balie.test")
    for _ in range(3):
        open_chat(bob)
    begun, _ = write_first()
    assert assignment.assign_waiting(now=NOW) == 0
    assert PoolEntry.objects.get(pk=begun.chat_id).state == "waiting"
    assert used(bob) == 3


def test_the_database_itself_refuses_a_slot_above_capacity() -> None:
    bob = sit("bob@balie.test")
    Seat.objects.filter(pk=bob.operator_id).update(used=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        seats.occupy(Seat.objects.get(pk=bob.operator_id), now=NOW)
    # A lowered capacity is taken, and holds from the next slot on.
    Seat.objects.filter(pk=bob.operator_id).update(capacity=1)
    Seat.objects.filter(pk=bob.operator_id).update(used=2)


def test_a_lost_lease_sends_the_chats_to_the_head_of_the_queue() -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    assert assignment.requeue_lost_seats(now=after(14)) == 0
    assert assignment.requeue_lost_seats(now=after(15)) == 1
    entry.refresh_from_db()
    assert (entry.state, entry.operator_id, entry.at_head) == ("waiting", None, True)
    assert (entry.arrived_at, used(alice)) == (NOW, 0)

    bob = sit("bob@balie.test", now=after(16))
    assert assignment.assign_waiting(now=after(16)) == 1
    entry.refresh_from_db()
    assert entry.offered_to_id == bob.operator_id


def test_a_lost_seat_locks_its_chats_and_offers_together_in_id_order() -> None:
    alice = sit("alice@balie.test")
    open_chat(alice)
    write_first()
    assert assignment.assign_waiting(now=NOW) == 1
    with CaptureQueriesContext(connection) as said:
        assert assignment.requeue_lost_seats(now=after(15)) == 2
    locks = [
        query["sql"]
        for query in said.captured_queries
        if "FOR NO KEY UPDATE" in query["sql"] and "agency_poolentry" in query["sql"]
    ]
    # Two statements would each be in order, and the two together not.
    assert len(locks) == 1
    assert 'ORDER BY "agency_poolentry"."chat_id"' in locks[0]
    assert used(alice) == 0


def test_a_returned_zombie_is_refused_by_the_fence() -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    old = entry.fence
    assignment.requeue_lost_seats(now=after(20))
    bob = sit("bob@balie.test", now=after(20))
    assignment.assign_waiting(now=after(20))
    entry.refresh_from_db()
    assignment.accept(chat_id=entry.pk, fence=entry.fence, by=bob, now=after(21))
    with pytest.raises(CannotAssign, match="not_yours"):
        assignment.hand_back(chat_id=entry.pk, fence=old, by=alice, now=after(22))


def test_a_chat_handed_back_goes_to_somebody_else_if_there_is_one() -> None:
    alice = sit("alice@balie.test")
    entry = open_chat(alice)
    bob = sit("bob@balie.test")
    assignment.hand_back(chat_id=entry.pk, fence=entry.fence, by=alice, now=after(5))
    assignment.assign_waiting(now=after(5))
    entry.refresh_from_db()
    assert entry.offered_to_id == bob.operator_id


def test_a_break_keeps_offers_away() -> None:
    alice = sit("alice@balie.test")
    begun, _ = write_first()
    seats.pause(operator_id=alice.operator_id, epoch=alice.epoch, on=True, reason="lunch", now=NOW)
    assert assignment.assign_waiting(now=NOW) == 0
    seats.pause(operator_id=alice.operator_id, epoch=alice.epoch, on=False, reason="", now=NOW)
    assert assignment.assign_waiting(now=NOW) == 1
    assert PoolEntry.objects.get(pk=begun.chat_id).offered_to_id == alice.operator_id


def test_a_revoked_certification_ends_offers(alice: object, acme: object) -> None:
    sit("alice@balie.test")
    assert revoke(operator=alice.operator, company=acme)  # type: ignore[attr-defined,arg-type]
    with pytest.raises(CannotBegin, match="nobody"):
        write_first()


def test_chats_whose_operators_are_full_dont_keep_others_waiting() -> None:
    alice, bob = sit("alice@balie.test"), sit("bob@balie.test")
    older, _ = write_first(cast.ZEN_SITE)
    younger, _ = write_first(now=after(1))
    Seat.objects.filter(pk=alice.operator_id).update(capacity=0)
    assert assignment.assign_waiting(now=after(2), limit=1) == 1
    assert PoolEntry.objects.get(pk=younger.chat_id).offered_to_id == bob.operator_id
    assert PoolEntry.objects.get(pk=older.chat_id).state == "waiting"


def test_a_new_major_version_leaves_a_week_to_learn_it(acme: Company) -> None:
    bob = sit("bob@balie.test")
    raise_major(acme)
    changed = InstructionVersion.objects.get(company=acme).changed_at
    for at, counts in (
        (changed + GRACE - timedelta(seconds=1), True),
        (changed + GRACE, False),
    ):
        assert (acme.pk in valid_certificates.list_certified_companies(bob.operator_id, at)) is counts
        seats.renew(operator_id=bob.operator_id, epoch=bob.epoch, now=at)
        assert bool(candidates.count_staff(acme.pk, "nl", at).seats) is counts
    raise_major(acme)
    assert acme.pk not in valid_certificates.list_certified_companies(bob.operator_id, changed)


def test_an_offer_from_before_the_revocation_is_no_way_in(alice: User, acme: Company) -> None:
    seat = sit("alice@balie.test")
    begun, _ = write_first()
    assert assignment.assign_waiting(now=NOW) == 1
    revoke(operator=alice.operator, company=acme)
    with pytest.raises(CannotAssign, match="not_found"):
        assignment.accept(chat_id=begun.chat_id, fence=1, by=seat, now=NOW)
    assert assignment.expire_offers(now=after(10)) == 1


def test_every_offer_explains_itself() -> None:
    sit("alice@balie.test")
    begun, _ = write_first()
    assignment.assign_waiting(now=NOW)
    why = (reasons.seconds_left(n=20), reasons.certified(), reasons.free(n=6, of=6), reasons.lowest_load(load=0.0))
    assert Assignment.objects.get(chat_id=begun.chat_id).reason == trail_reasons.routed(why=why)


def test_a_repeated_decline_or_hand_back_changes_nothing() -> None:
    alice = sit("alice@balie.test")
    begun, _ = write_first()
    assignment.assign_waiting(now=NOW)
    for _try in range(2):
        assignment.decline(chat_id=begun.chat_id, fence=1, by=alice, reason="", now=NOW)
    assert trail(begun.chat_id) == [("offer", 1), ("bounce", 2)]
    assert used(alice) == 0
    entry = open_chat_again(alice, begun.chat_id)
    for _try in range(2):
        assignment.hand_back(chat_id=entry.pk, fence=entry.fence, by=alice, now=NOW)
    assert [kind for kind, _ in trail(entry.pk)].count("requeue") == 1
    assert used(alice) == 0


def open_chat_again(by: assignment.Console, chat_id: UUID) -> PoolEntry:
    assignment.assign_waiting(now=NOW)
    entry = PoolEntry.objects.get(pk=chat_id)
    assignment.accept(chat_id=chat_id, fence=entry.fence, by=by, now=NOW)
    entry.refresh_from_db()
    return entry
