from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agency.domain.hours.hours import (
    DEFAULT_WEEK,
    DEFAULT_ZONE,
    Hours,
    HoursOnDate,
    Window,
    after_open_time,
    closes_at,
    is_open,
    opens_at,
    to_utc,
)
from tests.agency.domain.hours.open_time import open_seconds

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AGENCY = Hours(DEFAULT_ZONE, DEFAULT_WEEK)
ROUND_THE_CLOCK = tuple(Window(weekday, 0, 1440) for weekday in range(7))
TICK = timedelta(microseconds=1)

SPRING = date(2026, 3, 29)  # 02:00 CET -> 03:00 CEST, at 01:00 UTC
AUTUMN = date(2026, 10, 25)  # 03:00 CEST -> 02:00 CET, at 01:00 UTC


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def one_day(day: date, opens: int, closes: int) -> Hours:
    return Hours(DEFAULT_ZONE, (), (HoursOnDate(day, day, opens, closes),))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-02T06:59:59.999999", False),
        ("2026-03-02T07:00:00", True),
        ("2026-03-02T22:59:50", True),
        ("2026-03-02T22:59:59.999999", True),
        ("2026-03-02T23:00:00", False),
        ("2026-03-08T12:00:00", True),
    ],
)
def test_the_agency_is_open_from_seven_up_to_eleven_and_not_at_eleven(at: str, expected: bool) -> None:
    assert is_open(AGENCY, local(at)) is expected


def test_the_closing_time_is_the_same_for_every_way_to_write_the_instant() -> None:
    at = local("2026-07-01T12:00:00")
    for same in (at, at.astimezone(UTC), at.astimezone(ZoneInfo("Asia/Tokyo"))):
        closes = closes_at(AGENCY, same)
        assert closes == utc("2026-07-01T21:00:00")
        assert closes.utcoffset() == timedelta(0)


def test_a_closed_company_says_when_it_opens_and_not_when_it_closes() -> None:
    night = local("2026-03-02T23:00:00")
    assert closes_at(AGENCY, night) is None
    assert opens_at(AGENCY, night) == local("2026-03-03T07:00:00")
    noon = local("2026-03-02T12:00:00")
    assert opens_at(AGENCY, noon) is noon


def test_windows_that_touch_are_one_stretch_over_lunch_and_over_midnight() -> None:
    hours = Hours(
        DEFAULT_ZONE,
        (Window(0, 540, 720), Window(0, 720, 1440), Window(1, 0, 120), Window(1, 121, 180)),
    )
    monday = local("2026-03-02T10:00:00")
    assert closes_at(hours, monday) == local("2026-03-03T02:00:00")
    assert closes_at(hours, local("2026-03-03T02:01:00")) == local("2026-03-03T03:00:00")
    assert opens_at(hours, local("2026-03-03T02:00:00")) == local("2026-03-03T02:01:00")


def test_windows_that_overlap_are_counted_once() -> None:
    hours = Hours(DEFAULT_ZONE, (Window(0, 600, 720), Window(0, 540, 660), Window(0, 570, 580)))
    day = local("2026-03-02T00:00:00"), local("2026-03-03T00:00:00")
    assert open_seconds(hours, *day) == 3 * 3600
    assert closes_at(hours, local("2026-03-02T09:00:00")) == local("2026-03-02T12:00:00")


def test_who_never_closes_gets_the_end_of_the_eighth_day_all_day_long() -> None:
    hours = Hours(DEFAULT_ZONE, ROUND_THE_CLOCK)
    ends = {closes_at(hours, local(f"2026-06-01T{hour:02}:30:00")) for hour in range(24)}
    assert ends == {local("2026-06-09T00:00:00")}


def test_the_last_listed_dated_hours_win_over_earlier_ones_and_the_week() -> None:
    hours = Hours(
        DEFAULT_ZONE,
        DEFAULT_WEEK,
        (
            HoursOnDate(date(2026, 12, 24), date(2026, 12, 26), None, None, "Kerst"),
            HoursOnDate(date(2026, 12, 24), date(2026, 12, 24), 540, 960, "tot vier uur"),
        ),
    )
    assert is_open(hours, local("2026-12-23T22:30:00"))
    assert not is_open(hours, local("2026-12-24T08:30:00"))
    assert closes_at(hours, local("2026-12-24T09:00:00")) == local("2026-12-24T16:00:00")
    assert opens_at(hours, local("2026-12-24T16:00:00")) == local("2026-12-27T07:00:00")

    closed_after_all = Hours(DEFAULT_ZONE, DEFAULT_WEEK, hours.dated[::-1])
    assert not is_open(closed_after_all, local("2026-12-24T12:00:00"))


def test_a_dated_day_may_be_open_all_round_and_join_its_neighbours() -> None:
    hours = Hours(
        DEFAULT_ZONE,
        (Window(1, 0, 60),),
        (HoursOnDate(date(2026, 3, 2), date(2026, 3, 2), 0, 1440),),
    )
    assert closes_at(hours, local("2026-03-02T03:00:00")) == local("2026-03-03T01:00:00")


def test_an_opening_is_looked_for_sixty_days_ahead() -> None:
    at = local("2026-01-01T12:00:00")
    near = one_day(date(2026, 3, 2), 720, 780)
    assert opens_at(near, at) == local("2026-03-02T12:00:00")
    assert opens_at(one_day(date(2026, 3, 2), 721, 780), at) is None
    assert opens_at(Hours(DEFAULT_ZONE, ()), at) is None


@pytest.mark.parametrize(
    ("opens", "closes", "starts", "ends"),
    [
        (420, 1380, "2026-03-29T05:00", "2026-03-29T21:00"),
        (0, 1440, "2026-03-28T23:00", "2026-03-29T22:00"),
        (60, 150, "2026-03-29T00:00", "2026-03-29T01:00"),
        (150, 240, "2026-03-29T01:00", "2026-03-29T02:00"),
        (150, 190, "2026-03-29T01:00", "2026-03-29T01:10"),
        (120, 181, "2026-03-29T01:00", "2026-03-29T01:01"),
    ],
)
def test_in_the_spring_night_a_missing_minute_is_the_first_that_exists(
    opens: int, closes: int, starts: str, ends: str
) -> None:
    hours = one_day(SPRING, opens, closes)
    assert opens_at(hours, utc("2026-03-28T12:00")) == utc(starts)
    assert closes_at(hours, utc(starts)) == utc(ends)
    assert is_open(hours, utc(ends) - TICK)
    assert not is_open(hours, utc(ends))
    assert open_seconds(hours, utc("2026-03-28T00:00"), utc("2026-03-31T00:00")) == int(
        (utc(ends) - utc(starts)).total_seconds()
    )


def test_a_window_that_lies_wholly_in_the_missing_hour_does_not_open() -> None:
    hours = one_day(SPRING, 120, 180)
    assert opens_at(hours, utc("2026-03-28T12:00")) is None
    assert open_seconds(hours, utc("2026-03-28T00:00"), utc("2026-03-31T00:00")) == 0


@pytest.mark.parametrize(
    ("opens", "closes", "starts", "ends"),
    [
        (420, 1380, "2026-10-25T06:00", "2026-10-25T22:00"),
        (0, 1440, "2026-10-24T22:00", "2026-10-25T23:00"),
        (60, 150, "2026-10-24T23:00", "2026-10-25T00:30"),
        (60, 180, "2026-10-24T23:00", "2026-10-25T02:00"),
        (150, 240, "2026-10-25T00:30", "2026-10-25T03:00"),
        (135, 165, "2026-10-25T00:15", "2026-10-25T00:45"),
    ],
)
def test_in_the_autumn_night_a_repeated_minute_is_its_first_time(
    opens: int, closes: int, starts: str, ends: str
) -> None:
    hours = one_day(AUTUMN, opens, closes)
    assert opens_at(hours, utc("2026-10-24T12:00")) == utc(starts)
    assert closes_at(hours, utc(starts)) == utc(ends)
    assert not is_open(hours, utc(ends))
    assert open_seconds(hours, utc("2026-10-24T00:00"), utc("2026-10-27T00:00")) == int(
        (utc(ends) - utc(starts)).total_seconds()
    )


def test_the_second_half_past_two_is_not_the_first() -> None:
    hours = one_day(AUTUMN, 135, 165)
    assert is_open(hours, local("2026-10-25T02:30:00", fold=0))
    assert not is_open(hours, local("2026-10-25T02:30:00", fold=1))


def test_a_zone_that_loses_midnight_or_a_whole_day_still_opens() -> None:
    santiago = ZoneInfo("America/Santiago")  # 24:00 -> 01:00 on 6 September 2026
    assert to_utc(date(2026, 9, 6), 0, santiago) == to_utc(date(2026, 9, 6), 60, santiago)
    apia = Hours("Pacific/Apia", ROUND_THE_CLOCK)  # had no 30 December 2011
    start, end = utc("2011-12-28T00:00"), utc("2012-01-02T00:00")
    assert open_seconds(apia, start, end) == int((end - start).total_seconds())


def test_an_hour_repeated_over_midnight_belongs_to_the_day_that_had_begun() -> None:
    # St. John's, 7 November 2010: at 00:01 on Sunday the clock went back to 23:01 on Saturday.
    sunday = Hours("America/St_Johns", (Window(6, 0, 60),))
    begin, end = utc("2010-11-07T02:30"), utc("2010-11-07T04:30")
    assert opens_at(sunday, utc("2010-11-06T12:00")) == begin
    saturday_again = utc("2010-11-07T03:15")
    assert saturday_again.astimezone(ZoneInfo("America/St_Johns")).day == 6
    assert is_open(sunday, saturday_again)
    assert closes_at(sunday, saturday_again) == end
    assert open_seconds(sunday, begin, saturday_again) == 45 * 60


def test_seconds_between_instants_the_wrong_way_round_are_none() -> None:
    noon = local("2026-03-02T12:00:00")
    assert open_seconds(AGENCY, noon, noon) == 0
    assert open_seconds(AGENCY, noon, noon - timedelta(hours=1)) == 0
    assert open_seconds(AGENCY, noon, noon + timedelta(seconds=90)) == 90


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        is_open(AGENCY, datetime(2026, 3, 2, 12))


@pytest.mark.parametrize("zone", ["", "Europe", "Europe/Utrecht", "../etc/passwd", "Mars\x00"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        Hours(zone, DEFAULT_WEEK)


@pytest.mark.parametrize(
    ("weekday", "opens", "closes"),
    [(7, 0, 60), (-1, 0, 60), (0, -1, 60), (0, 60, 60), (0, 0, 1441)],
)
def test_a_window_that_is_none_is_refused(weekday: int, opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match=r"weekday|minutes"):
        Window(weekday, opens, closes)


@pytest.mark.parametrize(
    ("ends_on", "opens", "closes"),
    [(1, 540, 600), (2, 540, None), (2, None, 600), (2, 600, 540), (1, None, None)],
)
def test_dated_hours_that_are_none_are_refused(ends_on: int, opens: int | None, closes: int | None) -> None:
    with pytest.raises(ValueError, match="hours"):
        HoursOnDate(date(2026, 3, 2), date(2026, 3, ends_on), opens, closes)


def test_open_time_runs_over_nights_and_closed_days() -> None:
    office = Hours(DEFAULT_ZONE, tuple(Window(weekday, 9 * 60, 17 * 60) for weekday in range(5)))
    friday = local("2026-11-27 16:30")
    assert after_open_time(office, friday, timedelta(minutes=30)) == local("2026-11-27 17:00")
    assert after_open_time(office, friday, timedelta(minutes=60)) == local("2026-11-30 09:30")
    assert after_open_time(office, local("2026-11-28 12:00"), timedelta(hours=9)) == local("2026-12-01 10:00")


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        # Five hours from midnight: the second hour of the spring night is missing, the autumn one comes twice.
        ("2026-03-29 00:00", 5, "2026-03-29 06:00"),
        ("2026-10-25 00:00", 5, "2026-10-25 04:00"),
    ],
)
def test_open_time_is_real_time_on_both_nights_when_the_clock_moves(begin: str, hours: int, end: str) -> None:
    always = Hours(DEFAULT_ZONE, ROUND_THE_CLOCK)
    assert after_open_time(always, local(begin), timedelta(hours=hours)) == local(end)
    # Closed from 02:00 to 03:00, the hour in question: it counts neither way.
    around = Hours(DEFAULT_ZONE, tuple(w for day in range(7) for w in (Window(day, 0, 120), Window(day, 180, 1440))))
    gained = timedelta(hours=1 if begin == "2026-10-25 00:00" else 0)
    assert after_open_time(around, local(begin), timedelta(hours=4) - gained) is not None


def test_open_time_of_who_never_opens_has_no_end() -> None:
    assert after_open_time(Hours(DEFAULT_ZONE, ()), local("2026-11-27 16:30"), timedelta(minutes=5)) is None
    one_hour = one_day(date(2026, 12, 1), 540, 600)
    assert after_open_time(one_hour, local("2026-11-27 16:30"), timedelta(minutes=60)) == local("2026-12-01 10:00")
    assert after_open_time(one_hour, local("2026-11-27 16:30"), timedelta(minutes=61)) is None
