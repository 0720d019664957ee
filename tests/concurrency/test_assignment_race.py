"""Many routers, flapping operators, real PostgreSQL: no chat twice, no seat over its limit, nobody waits beside a free
slot.
"""

import itertools
import random
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.utils import timezone

from agency.models import Assignment, PoolEntry, Seat, User
from agency.services.pool import seats
from chat.services import assignment
from tenants.models import Company
from tests.concurrency.crowd import act_once, make_crowd, pour, routing, sit_again
from tests.concurrency.router import router_processes
from tests.concurrency.threads import MOST_SECONDS, in_background, wait_until
from tests.concurrency.watching import Watch, check_books, waiting_beside_free_slots


@dataclass(frozen=True, slots=True)
class Size:
    chats: int
    operators: int
    routers: int
    # The least that operators do; they go on until every chat was somebody's.
    actions: int


SMALL = Size(chats=36, operators=6, routers=4, actions=150)
WHOLE = Size(chats=500, operators=40, routers=8, actions=2_000)


@pytest.fixture
def companies(committed: None) -> list[Company]:
    return list(Company.objects.filter(slug__in=("acme", "zen")).order_by("slug"))


def test_chats_are_given_once_while_operators_flap(companies: list[Company]) -> None:
    race(companies, SMALL, routing(SMALL.routers))


@pytest.mark.prove
def test_500_chats_at_once_40_flapping_operators_and_8_routers(companies: list[Company]) -> None:
    # Threads of one process would take turns at Python, for 5 ms each time somebody asked the database.
    routers = router_processes(WHOLE.routers, connection.settings_dict["NAME"])
    race(companies, WHOLE, routers, longest_beside_a_free_slot=2.0)


def race(
    companies: list[Company],
    size: Size,
    routers: AbstractContextManager[None],
    *,
    longest_beside_a_free_slot: float | None = None,
) -> None:
    crowd = make_crowd(companies, size.operators)
    pour(companies, size.chats)
    watch = Watch()
    # Watched from the first moment on, when every slot is free.
    with routers, watch.looking():
        act_until_all_were_held(crowd, size, random.Random(500))
    check_books()
    if longest_beside_a_free_slot is not None:
        assert watch.longest <= longest_beside_a_free_slot

    # And with everybody back, nobody waits while a certified slot is free.
    sit_again(crowd)
    while assignment.assign_waiting(now=timezone.now()):
        pass
    assert not waiting_beside_free_slots()
    check_books()


def test_routers_side_by_side_share_out_within_one_chat(companies: list[Company]) -> None:
    make_crowd(companies[:1], 8)
    pour(companies[:1], 20)
    with routing(4):
        wait_until(lambda: not PoolEntry.objects.filter(state="waiting").exists())
    used = sorted(Seat.objects.filter(operator__user__name="Race").values_list("used", flat=True))
    assert used == [2] * 4 + [3] * 4


def test_a_router_never_waits_for_a_chat_or_a_seat_that_somebody_has_locked(
    companies: list[Company],
) -> None:
    first, second = make_crowd(companies[:1], 2)
    pour(companies[:1], 2)
    held = PoolEntry.objects.order_by("arrived_at", "chat_id").first()
    assert held is not None
    locked, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            PoolEntry.objects.select_for_update(no_key=True).get(pk=held.pk)
            seats.lock_seat(first.pk)
            locked.set()
            over.wait(MOST_SECONDS)

    with in_background(hold):
        try:
            assert locked.wait(MOST_SECONDS)
            assert assignment.assign_waiting(now=timezone.now()) == 1
        finally:
            over.set()
    offered = PoolEntry.objects.get(state="offered")
    assert offered.pk != held.pk
    assert offered.offered_to_id == second.pk
    assert assignment.assign_waiting(now=timezone.now()) == 1
    assert PoolEntry.objects.get(pk=held.pk).offered_to_id == first.pk


def act_until_all_were_held(crowd: list[User], size: Size, dice: random.Random) -> None:
    give_up = time.monotonic() + 600
    for number in itertools.count():
        act_once(dice.choice(crowd), dice)
        if number >= size.actions and number % 20 == 0:
            held = Assignment.objects.filter(kind="accept").values("chat_id").distinct()
            if held.count() == size.chats:
                return
        assert time.monotonic() < give_up
