"""Seats follow the plan: the end of the shift, the drain before it, and who else drains."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from agency.models import Seat, Shift, User
from agency.services.pool import seats
from agency.services.pool.drains import follow_shifts
from tests.chat.services.stage import sit

pytestmark = pytest.mark.django_db

# 23:00:00 in Amsterdam, in winter.
END = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def plan(person: User, start: datetime, end: datetime) -> Shift:
    return Shift.objects.create(operator=person.operator, starts_at=start, ends_at=end)


def stay(person: User, now: datetime) -> None:
    """The console is open at that moment."""
    Seat.objects.filter(operator=person.pk).update(lease_until=now + seats.LEASE)


def state(person: User) -> tuple[bool, str, datetime | None]:
    seat = Seat.objects.get(operator=person.pk)
    return seat.draining, seat.drain_reason, seat.shift_ends_at


def follow(person: User, now: datetime) -> list[UUID]:
    stay(person, now)
    return follow_shifts(now=now)


def test_a_page_that_closes_ends_its_lease_soon_unless_it_is_loaded_anew() -> None:
    seat = Seat.objects.get(pk=sit("alice@balie.test", now=END).operator_id)
    given = {"operator_id": seat.pk, "now": END}
    seats.shorten(**given, epoch=seat.epoch - 1)
    seat.refresh_from_db()
    assert seat.lease_until == END + seats.LEASE, "another console's page"
    seats.shorten(**given, epoch=seat.epoch)
    seat.refresh_from_db()
    assert seat.lease_until == END + seats.CLOSING
    seats.shorten(operator_id=seat.pk, epoch=seat.epoch, now=END + 3 * SECOND)
    seat.refresh_from_db()
    assert seat.lease_until == END + seats.CLOSING, "never longer"
    late = END + 4 * SECOND
    assert seats.take_seat(operator=seat.operator, now=late).lease_until == late + seats.LEASE


def test_a_seat_drains_from_exactly_20_minutes_before_the_end_and_after_it(alice: User) -> None:
    plan(alice, END - hours(8), END)
    sit(alice.email, now=END - hours(2))
    assert state(alice) == (False, "", END)

    assert follow(alice, END - hours(1 / 3) - SECOND) == []
    assert follow(alice, END - hours(1 / 3)) == [alice.pk]
    assert state(alice) == (True, "shift", END)
    assert follow(alice, END - SECOND) == []
    # At 23:00:00 and later the end stays on the seat: who lingers gets no new chats.
    assert follow(alice, END) == []
    assert follow(alice, END + hours(1)) == []
    assert state(alice) == (True, "shift", END)


def test_adjoining_shifts_are_one_stretch_and_an_added_one_takes_the_drain_off(alice: User) -> None:
    plan(alice, END - hours(8), END - hours(4))
    plan(alice, END - hours(4), END)
    sit(alice.email, now=END - hours(6))
    assert state(alice) == (False, "", END)
    follow(alice, END - SECOND)
    assert state(alice) == (True, "shift", END)

    plan(alice, END, END + hours(2))
    assert follow(alice, END - SECOND) == [alice.pk]
    assert state(alice) == (False, "", END + hours(2))


def test_a_gap_of_a_minute_is_an_end_and_the_next_shift_begins_afresh(alice: User) -> None:
    plan(alice, END - hours(4), END)
    plan(alice, END + timedelta(minutes=1), END + hours(4))
    sit(alice.email, now=END - SECOND)
    assert state(alice) == (True, "shift", END)
    assert follow(alice, END + SECOND) == []
    assert follow(alice, END + timedelta(minutes=1)) == [alice.pk]
    assert state(alice) == (False, "", END + hours(4))


def test_nobody_planned_means_no_drain(alice: User, bob: User) -> None:
    plan(bob, END - hours(4), END)
    sit(alice.email, now=END)
    assert follow(alice, END) == []
    assert state(alice) == (False, "", None)


def test_a_plan_that_is_taken_away_takes_its_drain_with_it(alice: User) -> None:
    shift = plan(alice, END - hours(4), END)
    sit(alice.email, now=END - timedelta(minutes=5))
    assert state(alice) == (True, "shift", END)
    shift.delete()
    assert follow(alice, END - timedelta(minutes=4)) == [alice.pk]
    assert state(alice) == (False, "", None)


def test_a_reload_keeps_the_drain_and_a_new_sign_in_begins_anew(alice: User) -> None:
    plan(alice, END - hours(4), END)
    sit(alice.email, now=END - SECOND)
    sit(alice.email, now=END + timedelta(seconds=10))
    assert state(alice) == (True, "shift", END)
    sit(alice.email, now=END + hours(1))
    assert state(alice) == (False, "", None)


@pytest.mark.parametrize(
    ("change", "start", "end"),
    [
        # 22:00 to 07:00 over both nights: 10 hours of real time in autumn, 8 in spring.
        ("autumn", datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC)),
        ("spring", datetime(2027, 3, 27, 21, tzinfo=UTC), datetime(2027, 3, 28, 5, tzinfo=UTC)),
    ],
)
def test_a_night_when_the_clock_moves_ends_on_its_instant(
    alice: User, change: str, start: datetime, end: datetime
) -> None:
    plan(alice, start, end)
    sit(alice.email, now=end - timedelta(minutes=21))
    assert state(alice) == (False, "", end)
    follow(alice, end - timedelta(minutes=20))
    assert state(alice) == (True, "shift", end)


def test_only_seats_that_are_taken_are_followed(alice: User) -> None:
    sit(alice.email, now=END - hours(5))
    plan(alice, END - hours(4), END)
    assert follow_shifts(now=END - hours(1)) == []
    assert state(alice) == (False, "", None)


def test_an_own_drain_is_the_operators_to_end_and_the_shift_holds_again_then(alice: User) -> None:
    now = END - hours(1)
    plan(alice, END - hours(4), END)
    sit(alice.email, now=now)
    seat = seats.drain(operator_id=alice.pk, on=True, reason="own", now=now)
    assert seat is not None
    assert (seat.draining, seat.drain_reason) == (True, "own")
    assert follow(alice, END - SECOND) == []
    seat = seats.drain(operator_id=alice.pk, on=False, reason="own", now=END - SECOND)
    assert seat is not None
    assert (seat.draining, seat.drain_reason) == (True, "shift")
    # Nobody ends what the plan asks for: a shift is added for that.
    for reason in ("own", "manager"):
        assert seats.drain(operator_id=alice.pk, on=False, reason=reason, now=END) is None


def test_a_managers_drain_goes_over_the_others_and_outlives_a_sign_in(alice: User) -> None:
    now = END
    sit(alice.email, now=now)
    seats.drain(operator_id=alice.pk, on=True, reason="own", now=now)
    seats.drain(operator_id=alice.pk, on=True, reason="manager", now=now)
    assert seats.drain(operator_id=alice.pk, on=False, reason="own", now=now) is None
    seat = seats.drain(operator_id=alice.pk, on=True, reason="own", now=now)
    assert seat is not None
    assert seat.drain_reason == "manager"
    sit(alice.email, now=now + hours(9))
    assert state(alice) == (True, "manager", None)
    seats.drain(operator_id=alice.pk, on=False, reason="manager", now=now)
    assert state(alice) == (False, "", None)


def test_a_manager_ends_an_own_drain_and_nobody_drains_a_seat_that_is_not(alice: User, bob: User) -> None:
    sit(alice.email, now=END)
    seats.drain(operator_id=alice.pk, on=True, reason="own", now=END)
    seats.drain(operator_id=alice.pk, on=False, reason="manager", now=END)
    assert state(alice) == (False, "", None)
    Seat.objects.filter(operator=bob.pk).delete()
    assert seats.drain(operator_id=bob.pk, on=True, reason="manager", now=END) is None
    with pytest.raises(ValueError, match="shift"):
        seats.drain(operator_id=alice.pk, on=True, reason="shift", now=END)


def test_a_break_has_a_reason_and_a_beginning(alice: User) -> None:
    def pause(on: bool, reason: str, now: datetime) -> Seat:
        seat = seats.pause(operator_id=alice.pk, epoch=console.epoch, on=on, reason=reason, now=now)
        assert seat is not None
        return seat

    console = sit(alice.email, now=END)
    seat = pause(True, "lunch", END)
    assert (seat.paused, seat.pause_reason, seat.paused_at) == (True, "lunch", END)
    seat = pause(True, "technical", END + SECOND)
    assert (seat.pause_reason, seat.paused_at) == ("technical", END)
    seat = pause(False, "lunch", END + SECOND)
    assert (seat.paused, seat.pause_reason, seat.paused_at) == (False, "", None)
