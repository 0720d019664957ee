"""The shift calendar: weeks, shifts on the wall and as instants, and both nights on which the clock moves."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agency.domain.hours.hours import Stretch
from agency.domain.hours.hours_as_text import BadHours
from agency.domain.shifts.shift_times import (
    LONGEST,
    SHORTEST,
    Misfit,
    Span,
    format_week,
    merged,
    monday_of,
    moved,
    parse_span,
    parse_week,
    to_span,
    to_stretch,
)
from tests.agency.domain.hours.test_hours_everywhere import ZONES

HERE = "Europe/Amsterdam"
SPRING, AUTUMN = date(2027, 3, 27), date(2026, 10, 24)


def utc(day: int, hour: int, minute: int = 0, month: int = 10, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "monday"),
    [
        ("2026-W48", date(2026, 11, 23)),
        ("2026-W53", date(2026, 12, 28)),
        ("2027-W01", date(2027, 1, 4)),
        ("2024-W01", date(2024, 1, 1)),
        ("2027-W53", None),
        ("2026-W00", None),
        ("2026-W5", None),
        ("2026-W48 ", None),
        ("\u0662026-W48", None),
        ("1999-W48", None),
        ("9999-W52", None),
        ("2026-11-23", None),
        ("", None),
    ],
)
def test_a_week_is_read_as_its_monday_or_not_at_all(written: str, monday: date | None) -> None:
    assert parse_week(written) == monday
    if monday is not None:
        assert format_week(monday) == written


@given(st.dates(date(2000, 1, 3), date(2099, 12, 25)))
@settings(max_examples=60)
def test_every_day_lies_in_the_week_that_is_written_for_it(day: date) -> None:
    monday = parse_week(format_week(day))
    assert monday == monday_of(day)
    assert monday is not None
    assert timedelta() <= day - monday < timedelta(days=7)


@pytest.mark.parametrize(
    ("written", "minutes", "shown"),
    [
        ("07:00-15:00", (420, 900), "07:00-15:00"),
        ("7-15", (420, 900), "07:00-15:00"),
        (" 15.00 – 23.00 ", (900, 1380), "15:00-23:00"),
        ("22:00-06:00", (1320, 1800), "22:00-06:00"),
        ("16:00-24:00", (960, 1440), "16:00-24:00"),
        ("16:00-0:00", (960, 1440), "16:00-24:00"),
        ("0:00-8:00", (0, 480), "00:00-08:00"),
    ],
)
def test_a_shift_is_read_as_people_write_it(written: str, minutes: tuple[int, int], shown: str) -> None:
    span = parse_span(AUTUMN, written)
    assert (span.starts, span.ends) == minutes
    assert str(span) == shown
    assert parse_span(AUTUMN, shown) == span


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "unreadable"),
        ("vroeg", "unreadable"),
        ("07:00", "unreadable"),
        ("07:00-15:00, 16:00-18:00", "unreadable"),
        ("24:00-06:00", "no_such_time"),
        ("07:00-24:01", "no_such_time"),
        ("07:60-15:00", "no_such_time"),
        ("07:00-07:00", "too_long"),
    ],
)
def test_a_shift_that_is_none_is_refused(written: str, code: str) -> None:
    with pytest.raises(BadHours) as caught:
        parse_span(AUTUMN, written)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("day", "written", "starts", "ends"),
    [
        (date(2026, 10, 23), "22:00-06:00", utc(23, 20), utc(24, 4)),
        # 25 hours in this night: the second 02:00 to 03:00 is worked too.
        (AUTUMN, "22:00-06:00", utc(24, 20), utc(25, 5)),
        # A time that comes twice is its first one.
        (AUTUMN, "20:00-02:30", utc(24, 18), utc(25, 0, 30)),
        (date(2026, 10, 25), "02:30-10:00", utc(25, 0, 30), utc(25, 9)),
        # 23 hours: 02:00 to 03:00 is not there.
        (SPRING, "22:00-06:00", utc(27, 21, 0, 3, 2027), utc(28, 4, 0, 3, 2027)),
        (date(2027, 3, 28), "02:30-10:00", utc(28, 1, 0, 3, 2027), utc(28, 8, 0, 3, 2027)),
        # The agency's evening ends on its second, whatever the season.
        (date(2026, 10, 24), "15:00-23:00", utc(24, 13), utc(24, 21)),
        (date(2026, 10, 25), "15:00-23:00", utc(25, 14), utc(25, 22)),
    ],
)
def test_a_shift_has_its_instants_on_both_nights_when_the_clock_moves(
    day: date, written: str, starts: datetime, ends: datetime
) -> None:
    assert to_stretch(parse_span(day, written), HERE) == (starts, ends)


@pytest.mark.parametrize(
    ("day", "written", "code"),
    [
        (date(2027, 3, 28), "02:00-03:00", "gone"),
        (date(2027, 3, 28), "01:50-02:40", "too_short"),
        (date(2026, 11, 23), "07:00-07:10", "too_short"),
        (date(2026, 11, 23), "07:00-19:01", "too_long"),
        # Twelve hours on the wall are thirteen in this night, and eleven in the other.
        (AUTUMN, "20:00-08:00", "too_long"),
        (SPRING, "20:00-08:00", ""),
    ],
)
def test_lengths_are_real_time(day: date, written: str, code: str) -> None:
    span = parse_span(day, written)
    if not code:
        to_stretch(span, HERE)
        return
    with pytest.raises(Misfit) as caught:
        to_stretch(span, HERE)
    assert caught.value.code == code


def test_a_week_later_a_shift_has_the_same_times_on_the_wall() -> None:
    before = to_stretch(parse_span(AUTUMN - timedelta(days=7), "22:00-06:00"), HERE)
    after = moved(before, 7, HERE)
    assert after == (utc(24, 20), utc(25, 5))
    assert after[1] - after[0] == timedelta(hours=9)
    with pytest.raises(Misfit):
        moved(to_stretch(parse_span(date(2027, 3, 21), "02:00-03:00"), HERE), 7, HERE)


def test_stretches_that_touch_are_one_and_a_minute_between_them_parts_them() -> None:
    early, late = (utc(1, 7), utc(1, 15)), (utc(1, 15), utc(1, 23))
    evening = (utc(1, 15, 1), utc(1, 23))
    assert merged([late, early]) == [(utc(1, 7), utc(1, 23))]
    assert merged([early, evening]) == [early, evening]
    assert merged([(utc(1, 7), utc(1, 23)), early]) == [(utc(1, 7), utc(1, 23))]
    assert merged([]) == []


def fitting(span: Span, zone: str) -> Stretch | None:
    try:
        return to_stretch(span, zone)
    except Misfit:
        return None


# 400 days that hold two nights of each kind in both halves of the world.
DAYS = st.integers(0, 399).map(lambda n: date(2026, 9, 1) + timedelta(days=n))
MINUTES = st.integers(0, 1439)


@given(DAYS, MINUTES, st.integers(1, 780), st.sampled_from(ZONES))
@settings(max_examples=200)
def test_on_the_wall_and_back_is_the_same_shift_in_every_zone(day: date, starts: int, length: int, zone: str) -> None:
    span = Span(day, starts, starts + length)
    stretch = fitting(span, zone)
    if stretch is None:
        # Nothing but its length, give or take the hour by which a clock moves, keeps a shift out.
        assert length < 15 + 60 or length > 720 - 60
        return
    assert SHORTEST <= stretch[1] - stretch[0] <= LONGEST
    shown = to_span(stretch, zone)
    assert to_stretch(shown, zone) == stretch
    if shown != span:
        # Only a time that the clock jumps over is shown as another: the first one after the gap.
        for minute, seen in ((span.starts, shown.starts), (span.ends, shown.ends)):
            wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
            place = ZoneInfo(zone)
            back = wall.replace(tzinfo=place).astimezone(UTC).astimezone(place)
            assert minute == seen or back.replace(tzinfo=None) != wall


@given(DAYS, MINUTES, st.integers(15, 720), st.sampled_from(ZONES))
@settings(max_examples=100)
def test_a_copied_week_keeps_its_order_and_what_touched_still_does(
    day: date, starts: int, length: int, zone: str
) -> None:
    try:
        first = to_stretch(Span(day, starts, starts + length), zone)
        follows = to_span((first[1], first[1] + timedelta(hours=4)), zone)
        second = to_stretch(follows, zone)
        assume(second[0] == first[1])
        after = moved(first, 7, zone), moved(second, 7, zone)
    except Misfit:
        return
    assert after[0][1] <= after[1][0]
    before_wall, after_wall = to_span(first, zone), to_span(after[0], zone)
    offsets = {at.astimezone(ZoneInfo(zone)).utcoffset() for at in (*first, *after[0])}
    if len(offsets) == 1:
        assert (after_wall.starts, after_wall.ends) == (before_wall.starts, before_wall.ends)
        assert after[0][1] == after[1][0]
