"""Invariants of the pool at any moment of a race, and of its books afterwards."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils import timezone

from agency.models import Assignment, Certification, PoolEntry, Seat
from tests.concurrency.crowd import SLOTS
from tests.concurrency.threads import in_background


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


def check_books() -> None:
    """Seats count what is held, nobody held what they may not, and each trail tells one holder after another."""
    holders = Counter(PoolEntry.objects.filter(state="open").values_list("operator_id", flat=True)) + Counter(
        PoolEntry.objects.filter(state="offered").values_list("offered_to_id", flat=True)
    )
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
