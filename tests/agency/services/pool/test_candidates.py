"""The router's reading by its own statements, which is what the domain and the shared queries say."""

import itertools
import random
import uuid
from datetime import datetime, timedelta

import pytest

from agency.domain.certification import GRACE
from agency.domain.pool import routing
from agency.models import (
    Certification,
    InstructionVersion,
    Operator,
    PoolEntry,
    PoolRule,
    Seat,
    User,
)
from agency.services.certification.valid_certificates import certifications
from agency.services.pool import candidates, entries, queue
from chat.services import assignment
from tenants.models import Company
from tests.chat.services.stage import NOW, after, sit

DICE = random.Random(41)


def wait(company: Company, **facts: object) -> PoolEntry:
    given = {"arrived_at": NOW, "turn_at": NOW, "visitor_seen_at": NOW} | facts
    return PoolEntry.objects.create(company=company, site_id=uuid.uuid4(), visitor_id=uuid.uuid4(), **given)


def able_ids(company: Company) -> set[uuid.UUID]:
    return {one.operator_id for one in candidates.list_able(company.pk, "nl", NOW)}


def test_the_queue_is_read_in_the_order_of_the_policy(acme: Company, alice: User) -> None:
    sit(alice.email)
    for _ in range(40):
        wait(
            acme,
            arrived_at=after(-DICE.choice((1, 5, 5, 20, 79, 80, 90, 200))),
            promise_seconds=DICE.choice((10, 20, 60)),
            at_head=DICE.random() < 0.2,
        )
    policy = routing.order([queue.facts_of(row, {}) for row in PoolEntry.objects.all()], NOW)
    read = queue.list_next(NOW, limit=100)
    assert [one.chat_id for one in read] == [one.chat_id for one in policy]
    assert queue.list_next(NOW, limit=3) == read[:3]
    assert queue.list_next(NOW, limit=100, passed=read[:1]) == []


def test_only_chats_that_somebody_free_could_take_are_next(acme: Company, zen: Company, alice: User, bob: User) -> None:
    sit(bob.email)
    wait(zen)
    wait(acme, language="fr")
    theirs = wait(acme)
    assert [one.chat_id for one in queue.list_next(NOW, limit=9)] == [theirs.pk]
    # A draining operator is asked where nobody else has a slot.
    seat = Seat.objects.filter(operator=bob.pk)
    seat.update(draining=True)
    assert len(queue.list_next(NOW, limit=9)) == 1
    seat.update(draining=False, capacity=0)
    assert queue.list_next(NOW, limit=9) == []
    seat.update(capacity=6, paused=True)
    assert queue.list_next(NOW, limit=9) == []
    seat.update(paused=False, lease_until=NOW)
    assert queue.list_next(NOW, limit=9) == []


def test_certifications_count_as_everywhere_else(acme: Company, alice: User) -> None:
    sit(alice.email)
    own = Certification.objects.filter(operator=alice.pk, company=acme)
    version = InstructionVersion.objects.filter(company=acme)
    edges = (NOW - GRACE - timedelta(seconds=1), NOW - GRACE, NOW - GRACE / 2, NOW, after(60))
    counted = set()
    for major, changed_at, expires_at in itertools.product((1, 2, 3), edges[:4], (None, *edges)):
        version.update(major=3, changed_at=changed_at)
        own.update(major=major, expires_at=expires_at)
        counts = certifications(NOW).filter(operator=alice.pk, company=acme).exists()
        assert (able_ids(acme) == {alice.pk}) is counts, (major, changed_at, expires_at)
        counted.add(counts)
    assert counted == {True, False}
    own.update(major=3, expires_at=None)
    assert able_ids(acme) == {alice.pk}
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert able_ids(acme) == set()


def test_the_lean_read_leads_to_the_same_choices(acme: Company, alice: User, bob: User) -> None:
    """Over desks of many kinds: the choice from one company's free people is the one from everybody and everything."""
    for user in (alice, bob):
        sit(user.email)
    kinds = set()
    for _ in range(25):
        for user in (alice, bob):
            _shuffle(user, acme)
        row = wait(acme, earlier_operator=DICE.choice((None, bob.pk)))
        chat = queue.facts_of(row, {}, load_limit=DICE.choice((None, 1.0)))
        lean = routing.choose(chat, candidates.list_able(acme.pk, "nl", NOW), NOW)
        for whole in (None, [acme.pk]):
            choice = routing.choose(chat, candidates.list_candidates(NOW, whole), NOW)
            assert choice.operator_id == lean.operator_id
            if choice.operator_id is not None:
                assert choice.reasons == lean.reasons
        kinds.add(lean.operator_id)
        PoolEntry.objects.all().delete()
    assert kinds == {None, alice.pk, bob.pk}


def _shuffle(user: User, acme: Company) -> None:
    held = DICE.randrange(4)
    for _ in range(held):
        wait(
            acme,
            state="open",
            operator_id=user.pk,
            turn=DICE.choice(("operator", "visitor")),
        )
    if DICE.random() < 0.3:
        wait(acme, state="wrap_up", operator_id=user.pk, wrap_up_at=NOW)
    Seat.objects.filter(pk=user.pk).update(used=0)
    Seat.objects.filter(pk=user.pk).update(
        capacity=DICE.choice((3, 6)),
        used=held,
        draining=DICE.random() < 0.3,
        paused=DICE.random() < 0.15,
        idle_since=after(-DICE.choice((10, 20))),
    )
    Operator.objects.filter(pk=user.pk).update(
        load_limit=DICE.choice((None, 1.0)), level=DICE.choice(("beginner", "trained"))
    )
    Certification.objects.filter(operator=user.pk, company=acme).update(
        chat_limit=DICE.choice((None, None, 2)), read_major=DICE.choice((0, 1))
    )


def test_a_companys_chat_limit_holds_when_many_wait(acme: Company, alice: User) -> None:
    sit(alice.email)
    Certification.objects.filter(operator=alice.pk, company=acme).update(chat_limit=2)
    for _ in range(5):
        wait(acme)
    assert assignment.assign_waiting(now=NOW) == 2
    assert Seat.objects.get(operator=alice.pk).used == 2


def test_a_companys_load_limit_has_others_asked_first(acme: Company, alice: User, bob: User) -> None:
    for user in (alice, bob):
        sit(user.email)
    PoolRule.objects.create(company=acme, load_limit="1.0")
    wait(acme, state="open", operator_id=alice.pk)
    wait(acme, state="open", operator_id=bob.pk, turn="visitor")
    Seat.objects.filter(operator__in=(alice.pk, bob.pk)).update(used=1)
    mine = wait(acme, earlier_operator=alice.pk)
    assert assignment.assign_waiting(now=NOW) == 1
    mine.refresh_from_db()
    assert mine.offered_to_id == bob.pk


@pytest.mark.parametrize(
    "changed",
    [{"used": 1}, {"paused": True}, {"lease_until": NOW}, {"draining": True}, {"capacity": 0}],
)
def test_what_was_decided_on_is_looked_at_again_under_the_seats_lock(
    acme: Company, alice: User, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    sit(alice.email)
    wait(acme)
    read = queue.find_first_locked
    asked: list[int] = []

    def then_it_changes(*args: object) -> queue.WaitingChat | None:
        waiting = read(*args)
        assert waiting is not None
        asked.append(len(waiting.able))
        if len(asked) == 1:
            Seat.objects.filter(operator=alice.pk).update(**changed)
        return waiting

    monkeypatch.setattr(queue, "find_first_locked", then_it_changes)
    offered = assignment.assign_waiting(now=NOW)
    # Decided anew on what is so now: one who drains, or holds one more, may still have it; who is away may not.
    assert offered == (not changed.keys() & {"paused", "lease_until", "capacity"})
    assert len(asked) == 2


def test_who_is_busy_for_a_moment_only_goes_before_who_drains(
    acme: Company, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit(alice.email)
    sit(bob.email)
    Seat.objects.filter(pk=bob.pk).update(draining=True)
    chat = wait(acme)
    write = entries.write_offer

    def locked(entry: PoolEntry, proposal: entries.Proposal, **times: datetime) -> Seat | entries.Missed:
        busy = proposal.operator_id == alice.pk
        return entries.Missed.LOCKED if busy else write(entry, proposal, **times)

    with monkeypatch.context() as patched:
        patched.setattr(entries, "write_offer", locked)
        assert assignment.assign_waiting(now=NOW) == 0
    assert assignment.assign_waiting(now=NOW) == 1
    chat.refresh_from_db()
    assert chat.offered_to_id == alice.pk
