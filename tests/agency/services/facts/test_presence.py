"""Whatever befalls a seat, its history is that of its lease: no gap, no overlap, and every change at its moment."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agency.domain.facts.presence import AWAY, STAFFED, STATES, PresenceStretch, state_of, time_in, timeline
from agency.models import PresenceInterval, Seat, User
from agency.services.facts.presence import end_presence, list_stretches, timeline_of
from agency.services.pool import seats

pytestmark = pytest.mark.django_db

# 8:00 in Amsterdam.
START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = 15


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def history(person: User, until: datetime) -> list[tuple[str, float, float]]:
    """What the person did from START to a moment, in seconds."""
    stretches = list_stretches(START, until, now=until, operators=[person.pk])
    found = timeline(stretches.get(person.pk, []), START, until)
    return [(one.state, (one.starts_at - START) / SECOND, (one.ends_at - START) / SECOND) for one in found]


def renew_to(seat: Seat, begin: int, end: int) -> None:
    for second in range(begin, end, 5):
        assert seats.renew(operator_id=seat.pk, epoch=seat.epoch, now=at(second))


def test_a_morning_is_written_down_as_it_was(alice: User) -> None:
    seat = seats.take_seat(operator=alice.operator, now=at(0))
    of = {"operator_id": alice.pk}
    renew_to(seat, 5, 60)
    seats.pause(**of, epoch=seat.epoch, on=True, reason="lunch", now=at(60))
    renew_to(seat, 65, 120)
    seats.pause(**of, epoch=seat.epoch, on=True, reason="training", now=at(120))
    seats.drain(**of, on=True, reason="manager", now=at(125))
    seats.pause(**of, epoch=seat.epoch, on=False, reason="", now=at(127))
    # The console dies: its last sign of life was the renewal at 115 s.
    expected = [("free", 0, 60), ("break", 60, 120), ("training", 120, 127), ("drain", 127, 130)]
    assert history(alice, at(130)) == expected
    assert (end_presence(now=at(300)), end_presence(now=at(301))) == (1, 0)
    # A seat without a lease stands no way at all.
    seats.drain(**of, on=False, reason="manager", now=at(310))
    assert history(alice, at(400)) == [*expected, (AWAY, 130, 400)]
    rows = PresenceInterval.objects.filter(operator=alice.pk).order_by("starts_at")
    assert [(row.reason, row.capacity) for row in rows] == [("", 6), ("lunch", 6), ("training", 6), ("manager", 6)]


def test_a_lost_lease_ends_at_its_last_certain_moment_whoever_notices(alice: User) -> None:
    seat = seats.take_seat(operator=alice.operator, now=at(0))
    # Nobody swept: the next console itself finds the old stretch.
    seats.take_seat(operator=alice.operator, now=at(100))
    assert history(alice, at(110)) == [("free", 0, LEASE), (AWAY, LEASE, 100), ("free", 100, 110)]
    # Two consoles: the second takes the seat, the first one's renewals count for nothing.
    assert seats.renew(operator_id=alice.pk, epoch=seat.epoch, now=at(105)) is None
    end_presence(now=at(116))
    assert history(alice, at(120))[-2:] == [("free", 100, 115), (AWAY, 115, 120)]


def test_a_take_over_while_the_lease_lasts_is_no_absence(alice: User) -> None:
    seats.take_seat(operator=alice.operator, now=at(0))
    seats.take_seat(operator=alice.operator, now=at(10))
    assert history(alice, at(20)) == [("free", 0, 20)]
    assert not PresenceInterval.objects.exists()


def test_the_end_of_rights_ends_presence_at_once(alice: User) -> None:
    seats.take_seat(operator=alice.operator, now=at(0))
    seats.end_access(user_id=alice.pk, now=at(7), keep=True)
    assert history(alice, at(20)) == [("free", 0, 7), (AWAY, 7, 20)]


def test_a_closed_page_ends_it_five_seconds_later(alice: User) -> None:
    seat = seats.take_seat(operator=alice.operator, now=at(0))
    seats.shorten(operator_id=alice.pk, epoch=seat.epoch, now=at(3))
    end_presence(now=at(30))
    assert history(alice, at(30)) == [("free", 0, 8), (AWAY, 8, 30)]


def test_the_last_slot_makes_it_full_and_another_capacity_is_a_stretch_of_its_own(alice: User) -> None:
    seat = seats.take_seat(operator=alice.operator, now=at(0))
    for _ in range(6):
        seats.occupy(seat, now=at(4))
    seats.free(seat, now=at(9))
    Seat.objects.filter(pk=seat.pk).update(capacity=3, as_of=at(10))
    assert history(alice, at(12)) == [("free", 0, 4), ("full", 4, 9), ("free", 9, 10), ("full", 10, 12)]
    assert [one.capacity for one in list_stretches(START, at(12), now=at(12))[alice.pk]] == [6, 6, 6, 3]


def test_a_writer_that_names_no_moment_has_the_database_s(alice: User) -> None:
    """As a process of the release before this one does."""
    seats.find_or_make_seat(alice.operator)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE agency_seat SET lease_until = clock_timestamp() + interval '15 s' WHERE operator_id = %s RETURNING "
            "stands_since <= clock_timestamp() AND stands_since >= now() AND as_of IS NULL",
            [alice.pk],
        )
        assert cursor.fetchone() == (True,)


def test_a_day_of_the_agency_is_23_24_or_25_hours_and_one_under_way_ends_now(alice: User) -> None:
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 3, 30), 24), (date(2026, 10, 25), 25)):
        stretches = timeline_of(alice.pk, day, now=START)
        assert time_in(stretches, STATES) == timedelta(hours=hours)
    assert time_in(timeline_of(alice.pk, START.date(), now=START), STATES) == timedelta(hours=8)
    assert timeline_of(alice.pk, date(2026, 11, 24), now=START) == []


def test_the_database_itself_refuses_overlap_and_change(alice: User) -> None:
    row = {"operator": alice.operator, "state": "free", "capacity": 6}
    kept = PresenceInterval.objects.create(**row, starts_at=at(0), ends_at=at(10))
    PresenceInterval.objects.create(**row, starts_at=at(10), ends_at=at(20))
    for starts_at, ends_at in ((9, 10), (5, 30), (20, 20)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PresenceInterval.objects.create(**row, starts_at=at(starts_at), ends_at=at(ends_at))
    for change in (PresenceInterval.objects.filter(pk=kept.pk).delete, kept.save):
        with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
            change()


class Witness:
    """Watches a seat and remembers by itself how it stood when, from its columns and the passing of time alone."""

    def __init__(self, operator_id: UUID) -> None:
        self.operator_id = operator_id
        self.seen: list[PresenceStretch] = []
        self._last: tuple[datetime, Seat] | None = None

    def look(self, now: datetime) -> None:
        """Look right after something was done at this moment."""
        self._until(now)
        self._last = now, Seat.objects.get(pk=self.operator_id)

    def _until(self, now: datetime) -> None:
        if self._last is not None:
            since, seat = self._last
            ends_at = min(now, seat.lease_until)
            if since < ends_at:
                facts = {name: getattr(seat, name) for name in ("paused", "pause_reason", "draining", "used")}
                state = state_of(**facts, capacity=seat.capacity)
                reason = seat.pause_reason if seat.paused else seat.drain_reason
                self.seen.append(PresenceStretch(state, since, ends_at, reason, seat.capacity))


def joined(stretches: list[PresenceStretch]) -> list[PresenceStretch]:
    """Neighbours that are alike as one."""
    found: list[PresenceStretch] = []
    for one in stretches:
        last = found[-1] if found else None
        if (
            last
            and last.ends_at == one.starts_at
            and (last.state, last.reason, last.capacity)
            == (
                one.state,
                one.reason,
                one.capacity,
            )
        ):
            found[-1] = PresenceStretch(last.state, last.starts_at, one.ends_at, last.reason, last.capacity)
        else:
            found.append(one)
    return found


def deeds(person: User) -> dict[str, Callable[[datetime], object]]:
    """What can befall a seat, by its name."""

    def seat() -> Seat:
        return Seat.objects.select_related("operator").get(pk=person.pk)

    def slot(now: datetime, change: int) -> None:
        one = seat()
        if change > 0 and one.used < one.capacity:
            seats.occupy(one, now=now)
        elif change < 0 < one.used:
            seats.free(one, now=now)

    of = {"operator_id": person.pk}
    return {
        "take": lambda now: seats.take_seat(operator=person.operator, now=now, session="one"),
        "renew": lambda now: seats.renew(**of, epoch=seat().epoch, now=now),
        "renew an old console": lambda now: seats.renew(**of, epoch=seat().epoch - 1, now=now) if seat().epoch else 0,
        "close the page": lambda now: seats.shorten(**of, epoch=seat().epoch, now=now),
        "break": lambda now: seats.pause(**of, epoch=seat().epoch, on=True, reason="pause", now=now),
        "train": lambda now: seats.pause(**of, epoch=seat().epoch, on=True, reason="training", now=now),
        "come back": lambda now: seats.pause(**of, epoch=seat().epoch, on=False, reason="", now=now),
        "drain": lambda now: seats.drain(**of, on=True, reason="own", now=now),
        "stop draining": lambda now: seats.drain(**of, on=False, reason="manager", now=now),
        "fill": lambda now: [slot(now, 1) for _ in range(6)],
        "more": lambda now: slot(now, 1),
        "less": lambda now: slot(now, -1),
        "learn": lambda now: Seat.objects.filter(pk=person.pk).update(capacity=9 - seat().capacity, as_of=now),
        "leave": lambda now: seats.leave(**of, session="one", now=now),
        "lose rights": lambda now: seats.end_seat(**of, now=now, keep=True),
        "sweep": lambda now: end_presence(now=now),
    }


NAMES = ("take", "renew", "renew", "renew an old console", "close the page", "break", "train", "come back", "drain",
         "stop draining", "fill", "more", "less", "learn", "leave", "lose rights", "sweep")  # fmt: skip
# Around midnight and the two nights on which the clock is set; a long pause is a console that died.
NIGHTS = st.sampled_from([datetime(2026, month, day, 0, 59, 50, tzinfo=UTC) for month, day in ((3, 29), (10, 25))])
DONE = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([0.0, 0.5, 4, 4.999, 15, 16, 7_300])), max_size=25)
few = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@few
@given(start=NIGHTS, done=DONE)
@example(start=START, done=[("fill", 4), ("less", 16), ("take", 0), ("renew", 4), ("sweep", 7_300)])
def test_the_history_is_what_a_witness_saw(alice: User, start: datetime, done: list[tuple[str, float]]) -> None:
    with transaction.atomic():
        act, witness, now = deeds(alice), Witness(alice.pk), start
        for name, later in [("take", 0.0), *done, ("sweep", 0.0)]:
            act[name](now)
            witness.look(now)
            now += timedelta(seconds=later)
        witness.look(now)
        stretches = list_stretches(start - SECOND, now + SECOND, now=now).get(alice.pk, [])
        transaction.set_rollback(True)
    assert joined(stretches) == joined(witness.seen)
    covered = timeline(stretches, start, now + SECOND)
    assert time_in(covered, STATES) == now + SECOND - start
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(covered))


SKEWED = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([-0.03, 0.0, 0.01, 4.99, 15.0, 16.0])), max_size=25)


@few
@given(done=SKEWED)
@example(done=[("break", 15.0), ("sweep", -0.03), ("renew", 4.99), ("renew", 0.01)])
def test_moments_that_come_out_of_order_leave_no_overlap(alice: User, done: list[tuple[str, float]]) -> None:
    """Two processes' readings of the clock differ by milliseconds, and who waited for a lock read it before."""
    with transaction.atomic():
        act, now = deeds(alice), START
        for name, later in [("take", 0.0), *done]:
            act[name](now)
            now += timedelta(seconds=later)
        end_presence(now=now + timedelta(hours=1))
        stretches = list_stretches(START - SECOND, now + timedelta(hours=1), now=now + timedelta(hours=1))
        transaction.set_rollback(True)
    covered = timeline(stretches.get(alice.pk, []), START - SECOND, now + timedelta(hours=1))
    assert time_in(covered, STATES) == now - START + timedelta(hours=1) + SECOND
    assert time_in(covered, STAFFED) <= now - START + timedelta(seconds=LEASE + 1)


def seats_in_sql() -> Iterator[dict[str, object]]:
    for paused in (False, True):
        for reason in ("", "training", "lunch"):
            for draining in (False, True):
                for used in (2, 3, 4):
                    yield {"paused": paused, "pause_reason": reason, "draining": draining, "used": used, "capacity": 3}


def test_the_database_and_the_domain_call_a_state_alike() -> None:
    with connection.cursor() as cursor:
        for seat in seats_in_sql():
            cursor.execute(
                "SELECT agency_presence_state(%(paused)s, %(pause_reason)s, %(draining)s, %(used)s, %(capacity)s)", seat
            )
            assert cursor.fetchone() == (state_of(**seat),)  # type: ignore[arg-type]
