"""A crowd for races: operators who flap, visitors who come all at once, routers that never rest."""

import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from agency.models import Operator, PoolEntry, Seat, User
from agency.services.certification.certify import certify
from agency.services.pool import seats
from chat.models import Chat, Visitor
from chat.services import assignment
from chat.services.assignment import CannotAssign, Console
from chat.services.ending import reasons_to_close
from tenants.context import in_company
from tenants.models import Company, Site
from tests.concurrency.router import route
from tests.concurrency.threads import in_background

SLOTS = 4


def make_crowd(companies: list[Company], count: int) -> list[User]:
    """Make operators at their seats. Each second one is certified for the first company only."""
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
    """Everybody at their seat, with all slots."""
    for user in crowd:
        seats.take_seat(operator=user.operator, now=timezone.now())
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
def routing(routers: int) -> Iterator[None]:
    """So many routers side by side, as threads."""
    over = threading.Event()

    with in_background(*[lambda: route(over, rest=0.02)] * routers):
        try:
            yield
        finally:
            over.set()


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
            seats.end_lease(operator_id=user.pk, now=now - timedelta(seconds=1))
            assignment.requeue_lost_seats(now=now)
            sit_again([user])
        elif roll < 0.06:
            seats.pause(operator_id=user.pk, epoch=seat.epoch, on=not seat.paused, reason="", now=now)
        elif offered is not None and roll < 0.85:
            assignment.accept(chat_id=offered.pk, fence=offered.fence, by=by, now=now)
        elif offered is not None:
            assignment.decline(chat_id=offered.pk, fence=offered.fence, by=by, reason="", now=now)
        elif held is not None and roll < 0.15:
            assignment.hand_back(chat_id=held.pk, fence=held.fence, by=by, now=now)
        elif held is not None:
            reasons_to_close.close_by_operator(chat_id=held.pk, fence=held.fence, by=by, now=now)
    except CannotAssign:
        return  # somebody was faster, and the service said so
