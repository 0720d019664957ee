"""Everybody hands everything to everybody at once: nobody waits for each other for ever, and every slot is accounted
for.
"""

import random

import pytest
from django.utils import timezone

from agency.models import Operator, PoolEntry, Seat
from chat.services import assignment
from chat.services.assignment import CannotAssign, Console, Wish
from chat.services.ending import reasons_to_close
from tests.chat.services.stage import open_chat, sit
from tests.concurrency.threads import in_threads

ROUNDS = 25


@pytest.mark.usefixtures("committed")
def test_two_desks_that_hand_their_chats_to_each_other() -> None:
    now = timezone.now()
    Operator.objects.filter(user__email="bob@balie.test").update(is_lead=True)
    alice = sit("alice@balie.test", now=now)
    chats = [open_chat(alice, now=now).pk for _ in range(2)]
    bob = sit("bob@balie.test", now=now)

    def act(me: Console, other: Console, seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(ROUNDS):
            chat_id = dice.choice(chats)
            entry = PoolEntry.objects.get(pk=chat_id)
            given = {"chat_id": chat_id, "fence": entry.fence, "by": me, "now": timezone.now()}
            wish = {"wish": Wish("person", other.operator_id)}
            try:
                match dice.choice(["ask", "ask", "accept", "accept", "cancel", "back", "take"]):
                    case "ask":
                        assignment.transfer(**given, **wish)
                    case "accept":
                        assignment.accept(**given)
                    case "cancel":
                        assignment.cancel_transfer(**given)
                    case "back":
                        assignment.hand_back(**given)
                        assignment.assign_waiting(now=timezone.now())
                    case "take":
                        assignment.take_over(**given)
            except CannotAssign:
                continue

    in_threads(lambda: act(alice, bob, 1), lambda: act(bob, alice, 2))
    _assert_slots()
    for chat_id in chats:
        visitor_id = PoolEntry.objects.get(pk=chat_id).visitor_id
        reasons_to_close.close_by_visitor(chat_id=chat_id, visitor_id=visitor_id, now=timezone.now())
    _assert_slots()
    assert set(Seat.objects.values_list("used", flat=True)) == {0}


def _assert_slots() -> None:
    for seat in Seat.objects.all():
        held = PoolEntry.objects.filter(operator=seat.pk, state="open").count()
        asked = PoolEntry.objects.filter(offered_to=seat.pk).count()
        assert seat.used == held + asked <= seat.capacity
