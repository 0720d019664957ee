"""Opening hours in 12 zones over 400 days, held against a clock that only reads the wall."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.hours.hours import (
    DEFAULT_WEEK,
    Hours,
    HoursOnDate,
    Window,
    closes_at,
    is_open,
    opens_at,
)
from tests.agency.domain.hours.open_time import open_seconds

# Half-hour and quarter-hour offsets, a half-hour change (Lord Howe), changes at midnight (Santiago,
# Cairo, Havana), both hemispheres, both sides of the date line, and none at all.
ZONES = [
    "Europe/Amsterdam",
    "Europe/London",
    "America/New_York",
    "America/Santiago",
    "America/Havana",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "UTC",
]
FIRST = date(2026, 1, 1)
DAYS = 400
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)

minutes = st.one_of(st.sampled_from([0, 60, 120, 150, 180, 1380, 1440]), st.integers(0, 1440))
spans = st.tuples(minutes, minutes).filter(lambda s: s[0] != s[1]).map(sorted)
windows = st.builds(lambda day, span: Window(day, *span), st.integers(0, 6), spans)
weeks = st.one_of(
    st.just(DEFAULT_WEEK),
    st.lists(windows, max_size=10).map(tuple),
    spans.map(lambda span: tuple(Window(day, *span) for day in range(7))),
)


@st.composite
def dated_hours(draw: st.DrawFn) -> HoursOnDate:
    starts = FIRST + timedelta(days=draw(st.integers(-5, DAYS)))
    ends = starts + timedelta(days=draw(st.integers(0, 20)))
    opens, closes = draw(st.one_of(st.just([None, None]), spans))
    return HoursOnDate(starts, ends, opens, closes)


@st.composite
def open_hours(draw: st.DrawFn) -> Hours:
    dated = draw(st.lists(dated_hours(), max_size=3))
    return Hours(draw(st.sampled_from(ZONES)), draw(weeks), tuple(dated))


@cache
def changes(zone: str) -> list[datetime]:
    """Return the instants in the 400 days at which the zone's clock moves."""
    place = ZoneInfo(zone)

    def moves(at: datetime, length: timedelta) -> bool:
        return at.astimezone(place).utcoffset() != (at + length).astimezone(place).utcoffset()

    hours = (BEGIN + hour * 60 * MINUTE for hour in range(DAYS * 24))
    return [
        hour + (minute + 1) * MINUTE
        for hour in hours
        if moves(hour, 60 * MINUTE)
        for minute in range(60)
        if moves(hour + minute * MINUTE, MINUTE)
    ]


@st.composite
def instants(draw: st.DrawFn, zone: str) -> datetime:
    """Any minute of the 400 days, every other time one within 26 hours of a clock change."""
    moved = changes(zone)
    if moved and draw(st.booleans()):
        return draw(st.sampled_from(moved)) + draw(st.integers(-1560, 1560)) * MINUTE
    return BEGIN + draw(st.integers(0, DAYS * 1440)) * MINUTE


def wall_says_open(hours: Hours, at: datetime) -> bool:
    """Read the wall clock and look it up. In a repeated hour the first time has already decided:
    it is as open as it was in the last minute before the clock went back."""
    wall = at.astimezone(ZoneInfo(hours.zone))
    if wall.fold:
        while wall.fold:
            at += MINUTE
            wall = at.astimezone(ZoneInfo(hours.zone))
        wall = wall.replace(tzinfo=None) - MINUTE
    day, minute = wall.date(), wall.hour * 60 + wall.minute
    for dated in hours.dated[::-1]:
        if dated.starts_on <= day <= dated.ends_on:
            return dated.opens is not None and dated.opens <= minute < dated.closes
    return any(w.weekday == day.weekday() and w.opens <= minute < w.closes for w in hours.week)


@given(st.data())
def test_open_is_what_the_wall_clock_says(data: st.DataObject) -> None:
    hours = data.draw(open_hours())
    at = data.draw(instants(hours.zone))
    assert is_open(hours, at) is wall_says_open(hours, at)
    assert is_open(hours, at + MINUTE - TICK) is wall_says_open(hours, at)


@given(st.data())
def test_open_hours_end_where_they_say(data: st.DataObject) -> None:
    hours = data.draw(open_hours())
    at = data.draw(instants(hours.zone))
    end = closes_at(hours, at)
    assert (end is not None) is is_open(hours, at)
    if end is None:
        return
    assert at < end <= at + timedelta(days=8, hours=1)
    assert open_seconds(hours, at, end) == int((end - at).total_seconds())
    if end < at + timedelta(days=6, hours=22):
        assert not is_open(hours, end)


@given(st.data())
def test_closed_hours_open_where_they_say(data: st.DataObject) -> None:
    hours = data.draw(open_hours())
    at = data.draw(instants(hours.zone))
    start = opens_at(hours, at)
    horizon = at + timedelta(days=60)
    if start is None:
        assert open_seconds(hours, at, horizon) == 0
        return
    assert at <= start <= horizon
    assert is_open(hours, start)
    assert open_seconds(hours, at, start) == 0
    assert (start == at) is is_open(hours, at)


@given(st.data())
def test_open_seconds_are_the_open_minutes_and_add_up(data: st.DataObject) -> None:
    hours = data.draw(open_hours())
    start = data.draw(instants(hours.zone))
    length = data.draw(st.integers(1, 600))
    end = start + length * MINUTE
    by_minute = sum(wall_says_open(hours, start + n * MINUTE) for n in range(length))
    assert open_seconds(hours, start, end) == 60 * by_minute
    middle = start + timedelta(seconds=data.draw(st.integers(0, length * 60)))
    whole = open_seconds(hours, start, middle) + open_seconds(hours, middle, end)
    assert open_seconds(hours, start, end) == whole


@pytest.mark.parametrize("zone", ZONES)
def test_seven_to_eleven_is_sixteen_hours_on_each_of_400_days(zone: str) -> None:
    hours, place = Hours(zone, DEFAULT_WEEK), ZoneInfo(zone)
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        opens = datetime(day.year, day.month, day.day, 7, tzinfo=place).astimezone(UTC)
        closes = datetime(day.year, day.month, day.day, 23, tzinfo=place).astimezone(UTC)
        # Cairo's spring night moves at 24:00, Santiago's autumn one too: 23:00 then comes twice,
        # and the day ends at the first.
        assert not is_open(hours, opens - TICK)
        assert is_open(hours, opens)
        assert is_open(hours, closes - TICK)
        assert not is_open(hours, closes)
        assert closes_at(hours, opens) == closes
        assert open_seconds(hours, opens - timedelta(hours=2), closes) == 16 * 3600


@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_around_a_clock_change_is_what_the_wall_says(zone: str) -> None:
    weeks = [
        tuple(Window(day, opens, closes) for day in range(7))
        for opens, closes in [(0, 1440), (0, 30), (90, 150), (120, 180), (150, 200), (1410, 1440)]
    ]
    still = {"Asia/Kathmandu", "Pacific/Kiritimati", "UTC"}
    assert len(changes(zone)) == (0 if zone in still else 2)
    for moved in changes(zone):
        for week in weeks:
            hours = Hours(zone, week)
            for minute in range(-200, 200):
                at = moved + minute * MINUTE
                assert is_open(hours, at) is wall_says_open(hours, at), at.isoformat()
