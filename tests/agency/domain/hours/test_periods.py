from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.hours.periods import day_bounds, half_hour, local_day, local_month

AMSTERDAM = "Europe/Amsterdam"
ZONES = ["Europe/Amsterdam", "America/Santiago", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_chat_of_local_midnight_belongs_to_the_local_day_and_month() -> None:
    assert local_day(utc("2026-06-30T21:59:59"), AMSTERDAM) == date(2026, 6, 30)
    assert local_day(utc("2026-06-30T22:00:00"), AMSTERDAM) == date(2026, 7, 1)
    assert local_month(utc("2026-06-30T22:00:00"), AMSTERDAM) == date(2026, 7, 1)
    assert local_month(utc("2026-12-31T22:59:59"), AMSTERDAM) == date(2026, 12, 1)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-25", 25)])
def test_a_day_has_the_hours_it_has(day: str, hours: int) -> None:
    start, end = day_bounds(date.fromisoformat(day), AMSTERDAM)
    assert end - start == timedelta(hours=hours)


def test_half_hours_are_local_and_the_repeated_hour_has_two_more() -> None:
    assert half_hour(utc("2026-03-02T12:44:59.5"), AMSTERDAM) == utc("2026-03-02T12:30")
    assert half_hour(utc("2026-03-02T12:20"), "Asia/Kathmandu") == utc("2026-03-02T12:15")
    start, end = day_bounds(date(2026, 10, 25), AMSTERDAM)
    quarters = [start + timedelta(minutes=15 * n) for n in range(100)]
    assert len({half_hour(at, AMSTERDAM) for at in quarters if at < end}) == 50


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 3, 2, 12), AMSTERDAM)


@given(st.integers(0, 400 * 86_400), st.sampled_from(ZONES))
def test_every_instant_lies_in_its_own_half_hour_day_and_month(seconds: int, zone: str) -> None:
    at = utc("2026-01-01T00:00") + timedelta(seconds=seconds)
    slot = half_hour(at, zone)
    assert slot <= at < slot + timedelta(minutes=30)
    start, end = day_bounds(local_day(at, zone), zone)
    assert start <= at < end
    assert day_bounds(local_month(at, zone), zone)[0] <= start
