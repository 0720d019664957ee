"""Many routers, flapping operators, real PostgreSQL: no chat is given twice, no seat holds more than it may."""

import itertools
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agency.models import Assignment, Operator, PoolEntry, Seat, User
from agency.services import presence
from agency.services.certification import certify
from chat.services import assignment, visitors
from chat.services.assignment import CannotAssign, Console
from chat.services.visitors import First
from tenants import resolve
from tenants.models import Company
from tests import cast

CHATS, OPERATORS, ROUTERS, SLOTS = 60, 8, 4, 4


@pytest.fixture
def crowd(committed: None) -> list[User]:
    acme = Company.objects.get(slug="acme")
    people = []
    for number in range(OPERATORS):
        user = User.objects.create_user(f"race{number}@balie.test", name=f"Race {number}")
        operator = Operator.objects.create(
            user=user, public_name=f"Race {number}", languages=["nl"]
        )
        certify(operator=operator, company=acme)
        people.append(user)
    yield people
    Assignment.objects.all().delete()
    PoolEntry.objects.all().delete()
    User.objects.filter(email__startswith="race").delete()


def in_threads(*jobs: Callable[[], None]) -> None:
    """Run every job on its own thread and connection; the first failure is raised."""

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(run, job) for job in jobs]:
            done.result(timeout=60)


def test_chats_are_given_once_while_operators_flap(crowd: list[User]) -> None:
    resolve._sites.clear()
    site = resolve.find_site(cast.ACME_SITE)
    assert site is not None
    for user in crowd:
        presence.take_seat(operator=user.operator, now=timezone.now())
    Seat.objects.update(capacity=SLOTS)
    over = threading.Event()

    def arrive() -> None:
        for _ in range(CHATS // 2):
            first = First(uuid.uuid4(), "hallo")
            visitors.begin_chat(site=site, visitor_id=uuid.uuid4(), first=first, now=timezone.now())

    def route() -> None:
        while not over.is_set():
            assignment.assign_waiting(now=timezone.now())

    def flap(user: User, seed: int) -> Callable[[], None]:
        dice = random.Random(seed)

        def act() -> None:
            for _ in range(25):
                _act_once(user, dice)

        return act

    def arrivals_and_operators() -> None:
        try:
            in_threads(arrive, arrive, *(flap(user, seed) for seed, user in enumerate(crowd)))
        finally:
            over.set()

    in_threads(arrivals_and_operators, *([route] * ROUTERS))
    assert PoolEntry.objects.count() == CHATS
    _check_books()

    # And with everybody back, nobody waits while a certified slot is free.
    for user in crowd:
        seat = presence.take_seat(operator=user.operator, now=timezone.now())
        presence.pause(
            operator_id=user.pk, epoch=seat.epoch, on=False, reason="", now=timezone.now()
        )
    Seat.objects.update(capacity=SLOTS)
    while assignment.assign_waiting(now=timezone.now()):
        pass
    free = sum(
        seat.capacity - seat.used for seat in Seat.objects.all() if seat.used < seat.capacity
    )
    waiting = PoolEntry.objects.filter(state="waiting").count()
    assert waiting == 0 or free == 0
    _check_books()


def _act_once(user: User, dice: random.Random) -> None:
    now = timezone.now()
    seat = Seat.objects.get(operator=user.pk)
    by = Console(user.pk, seat.epoch, user.name)
    offered = PoolEntry.objects.filter(offered_to=user.pk).first()
    held = PoolEntry.objects.filter(operator=user.pk, state="open").first()
    roll = dice.random()
    try:
        if offered is not None and roll < 0.7:
            assignment.accept(chat_id=offered.pk, fence=offered.fence, by=by, now=now)
        elif offered is not None:
            assignment.decline(chat_id=offered.pk, fence=offered.fence, by=by, reason="", now=now)
        elif held is not None and roll < 0.3:
            assignment.hand_back(chat_id=held.pk, fence=held.fence, by=by, now=now)
        elif roll < 0.4:
            presence.end_lease(operator_id=user.pk, now=now - timedelta(seconds=1))
            assignment.requeue_lost_seats(now=now)
            presence.take_seat(operator=user.operator, now=timezone.now())
            Seat.objects.filter(pk=user.pk).update(capacity=SLOTS)
    except CannotAssign:
        return  # somebody was faster, and the service said so


def _check_books() -> None:
    holders = Counter(
        PoolEntry.objects.filter(state="open").values_list("operator_id", flat=True)
    ) + Counter(PoolEntry.objects.filter(state="offered").values_list("offered_to_id", flat=True))
    for seat in Seat.objects.all():
        assert seat.used == holders[seat.operator_id] <= SLOTS
    for entry in PoolEntry.objects.all():
        trail = list(
            Assignment.objects.filter(chat_id=entry.pk)
            .order_by("fence")
            .values_list("kind", "fence")
        )
        assert [fence for _, fence in trail] == list(range(1, entry.fence + 1))
        for (before, _), (after, _) in itertools.pairwise(trail):
            allowed = {"offer": {"accept", "bounce"}, "accept": {"requeue"}}.get(before, {"offer"})
            assert after in allowed, trail
