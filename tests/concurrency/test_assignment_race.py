"""Many routers, flapping operators, real PostgreSQL: no chat twice, no seat over its limit, nobody waits beside a free slot."""

import itertools
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from agency.models import (
    Assignment,
    Certification,
    ChatRecord,
    Operator,
    PoolEntry,
    Seat,
    User,
)
from agency.services import presence
from agency.services.certification import certify
from chat.models import Chat, Visitor
from chat.services import assignment, lifecycle
from chat.services.assignment import CannotAssign, Console
from tenants.context import in_company
from tenants.models import Company, Site

SLOTS = 4


@dataclass(frozen=True, slots=True)
class Size:
    chats: int
    operators: int
    routers: int
    # What operators do at least, and until every chat was somebody's.
    actions: int


SMALL = Size(chats=36, operators=6, routers=4, actions=150)
WHOLE = Size(chats=500, operators=40, routers=8, actions=2_000)


@pytest.fixture
def companies(committed: None) -> Iterator[list[Company]]:
    yield list(Company.objects.filter(slug__in=("acme", "zen")).order_by("slug"))
    for model in (Assignment, PoolEntry, ChatRecord):
        model.objects.all().delete()
    User.objects.filter(name="Race").delete()


def test_chats_are_given_once_while_operators_flap(companies: list[Company]) -> None:
    race(companies, SMALL)


@pytest.mark.prove
def test_500_chats_at_once_40_flapping_operators_and_8_routers(companies: list[Company]) -> None:
    race(companies, WHOLE, longest_beside_a_free_slot=2.0)


def race(
    companies: list[Company], size: Size, *, longest_beside_a_free_slot: float | None = None
) -> None:
    crowd = make_crowd(companies, size.operators)
    pour(companies, size.chats)
    watch = Watch()
    with routing(size.routers):
        # The first slots are all free at once, and filling them is a matter of the machine's speed (`bench pool`).
        wait_until(lambda: not waiting_beside_free_slots())
        with watch.looking():
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
        from django.db import transaction

        with transaction.atomic():
            PoolEntry.objects.select_for_update(no_key=True).get(pk=held.pk)
            presence.lock_seat(first.pk)
            locked.set()
            over.wait(60)

    with in_background(hold):
        locked.wait(60)
        try:
            assert assignment.assign_waiting(now=timezone.now()) == 1
        finally:
            over.set()
    offered = PoolEntry.objects.get(state="offered")
    assert offered.pk != held.pk
    assert offered.offered_to_id == second.pk
    assert assignment.assign_waiting(now=timezone.now()) == 1
    assert PoolEntry.objects.get(pk=held.pk).offered_to_id == first.pk


def make_crowd(companies: list[Company], count: int) -> list[User]:
    """Operators at their seats; each second one is certified for the first company only."""
    crowd = []
    for number in range(count):
        user = User.objects.create_user(f"race{number}@balie.test", name="Race")
        operator = Operator.objects.create(user=user, public_name="Race", languages=["nl"])
        for company in companies[: 1 + number % 2]:
            certify(operator=operator, company=company)
        crowd.append(user)
    sit_again(crowd)
    return crowd


def sit_again(crowd: list[User]) -> None:
    for user in crowd:
        presence.take_seat(operator=user.operator, now=timezone.now())
    # So long that the machine's own pauses end no lease: those that end here are ended.
    Seat.objects.filter(operator__in=[user.pk for user in crowd]).update(
        capacity=SLOTS, paused=False, lease_until=timezone.now() + timedelta(minutes=10)
    )


def pour(companies: list[Company], count: int) -> None:
    """So many visitors at once."""
    now = timezone.now()
    for place, company in enumerate(companies):
        site = Site.objects.get(company=company)
        ids = [uuid.uuid4() for _ in range(place, count, len(companies))]
        with in_company(company):
            visitors = Visitor.objects.bulk_create(Visitor(pk=uuid.uuid4()) for _ in ids)
            Chat.objects.bulk_create(
                Chat(
                    pk=pk,
                    number=number,
                    visitor=visitor,
                    site_id=site.pk,
                    first_client_id=uuid.uuid4(),
                    opened_at=now,
                )
                for number, (pk, visitor) in enumerate(zip(ids, visitors, strict=True), 1)
            )
        PoolEntry.objects.bulk_create(
            PoolEntry(
                chat_id=pk,
                company=company,
                site_id=site.pk,
                visitor_id=visitor.pk,
                turn_at=now,
                arrived_at=now,
                visitor_seen_at=now,
            )
            for pk, visitor in zip(ids, visitors, strict=True)
        )


@contextmanager
def in_background(*jobs: Callable[[], None]) -> Iterator[None]:
    """Run every job on its own thread and connection meanwhile; the first failure is raised."""

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        begun = [pool.submit(run, job) for job in jobs]
        yield
        for one in begun:
            one.result(timeout=60)


@contextmanager
def routing(routers: int) -> Iterator[None]:
    """So many routers side by side, as dispatchers that sweep without a rest."""
    over = threading.Event()

    def route() -> None:
        while not over.is_set():
            if not assignment.assign_waiting(now=timezone.now()):
                over.wait(0.02)

    with in_background(*[route] * routers):
        try:
            yield
        finally:
            over.set()


def wait_until(done: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 60
    while not done():
        assert time.monotonic() < give_up
        time.sleep(0.02)


class Watch:
    """Looks every 0.1 s: the longest that one seat had a slot free in every look while a chat it may have waited."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._since: dict[UUID, float] = {}

    @contextmanager
    def looking(self) -> Iterator[None]:
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.1):
                at = time.monotonic()
                free = waiting_beside_free_slots()
                self._since = {pk: self._since.get(pk, at) for pk in free}
                self.longest = max([self.longest, *(at - one for one in self._since.values())])

        with in_background(look):
            try:
                yield
            finally:
                over.set()


def waiting_beside_free_slots() -> set[UUID]:
    """Operators who are here with a slot free and are certified for a company of which a chat waits."""
    waited_for = PoolEntry.objects.filter(state="waiting").values("company")
    able = Certification.objects.filter(company__in=waited_for).values("operator")
    seats = Seat.objects.filter(operator__in=able, lease_until__gt=timezone.now(), paused=False)
    return {pk for pk, used, most in seats.values_list("pk", "used", "capacity") if used < most}


def act_until_all_were_held(crowd: list[User], size: Size, dice: random.Random) -> None:
    give_up = time.monotonic() + 600
    for number in itertools.count():
        act_once(dice.choice(crowd), dice)
        if number >= size.actions and number % 20 == 0:
            held = Assignment.objects.filter(kind="accept").values("chat_id").distinct()
            if held.count() == size.chats:
                return
        assert time.monotonic() < give_up


def act_once(user: User, dice: random.Random) -> None:
    """Accept, decline, hand back, close, take a break, let the lease end, come back: as operators at their worst."""
    now = timezone.now()
    seat = Seat.objects.get(operator=user.pk)
    by = Console(user.pk, seat.epoch, user.name)
    offered = PoolEntry.objects.filter(offered_to=user.pk).first()
    held = PoolEntry.objects.filter(operator=user.pk, state="open").first()
    roll = dice.random()
    try:
        if roll < 0.03:
            presence.end_lease(operator_id=user.pk, now=now - timedelta(seconds=1))
            assignment.requeue_lost_seats(now=now)
            sit_again([user])
        elif roll < 0.06:
            presence.pause(
                operator_id=user.pk, epoch=seat.epoch, on=not seat.paused, reason="", now=now
            )
        elif offered is not None and roll < 0.85:
            assignment.accept(chat_id=offered.pk, fence=offered.fence, by=by, now=now)
        elif offered is not None:
            assignment.decline(chat_id=offered.pk, fence=offered.fence, by=by, reason="", now=now)
        elif held is not None and roll < 0.15:
            assignment.hand_back(chat_id=held.pk, fence=held.fence, by=by, now=now)
        elif held is not None:
            lifecycle.close_by_operator(chat_id=held.pk, fence=held.fence, by=by, now=now)
    except CannotAssign:
        return  # somebody was faster, and the service said so


def check_books() -> None:
    holders = Counter(
        PoolEntry.objects.filter(state="open").values_list("operator_id", flat=True)
    ) + Counter(PoolEntry.objects.filter(state="offered").values_list("offered_to_id", flat=True))
    for seat in Seat.objects.all():
        assert seat.used == holders[seat.operator_id] <= SLOTS
    certified = set(Certification.objects.values_list("operator_id", "company_id"))
    trails: dict[UUID, list[Assignment]] = {}
    for step in Assignment.objects.order_by("fence"):
        assert (step.operator_id, step.company_id) in certified
        trails.setdefault(step.chat_id, []).append(step)
    for entry in PoolEntry.objects.all():
        trail = trails.get(entry.pk, [])
        assert [step.fence for step in trail] == list(range(1, entry.fence + 1))
        for before, after in itertools.pairwise(trail):
            assert after.kind in _NEXT.get(before.kind, {"offer"}), trail
            if after.kind != "offer":
                assert after.operator_id == before.operator_id


# A chat is nobody's between the end of one and the next offer; nobody else can be its holder meanwhile.
_NEXT = {"offer": {"accept", "bounce"}, "accept": {"requeue", "release"}, "release": set()}
