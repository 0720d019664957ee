"""Hours as people write them."""

from datetime import date

import pytest

from agency.domain.hours.hours import DEFAULT_WEEK, Hours, HoursOnDate
from agency.domain.hours.hours_as_text import (
    BadHours,
    days_ahead,
    format_days,
    format_windows,
    parse_days,
    parse_windows,
    week_of,
)


@pytest.mark.parametrize(
    ("typed", "windows"),
    [
        ("", ()),
        ("  ", ()),
        ("9-17", ((540, 1020),)),
        ("09:00-17:30", ((540, 1050),)),
        ("9.00 - 17.30", ((540, 1050),)),
        ("0930\u20131200", ((570, 720),)),
        ("13-18, 9-12:30", ((540, 750), (780, 1080))),
        ("9-12 en 13-18", ((540, 720), (780, 1080))),
        ("9 tot 12", ((540, 720),)),
        ("00:00-24:00", ((0, 1440),)),
        ("9-12,12-13", ((540, 720), (720, 780))),
    ],
)
def test_a_day_is_read_in_the_ways_people_write_it(typed, windows):
    assert parse_windows(typed) == windows
    assert parse_windows(format_windows(windows)) == windows


# As lines of the log have them, which are never written anew.
@pytest.mark.parametrize(
    ("kept", "days"),
    [
        ("2026-12-25", (date(2026, 12, 25), date(2026, 12, 25))),
        ("2026-12-31 - 2027-01-02", (date(2026, 12, 31), date(2027, 1, 2))),
    ],
)
def test_days_are_read_as_the_log_keeps_them(kept, days):
    assert parse_days(kept) == days
    assert format_days(*days) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("17-9", "reversed"),
        ("9-9", "reversed"),
        ("24:00-24:00", "no_such_time"),
        ("9-24:01", "no_such_time"),
        ("9:60-10", "no_such_time"),
        ("9-12, 11-13", "overlap"),
        ("always", "unreadable"),
        ("9", "unreadable"),
        ("-9-12", "unreadable"),
        ("\u0669-\u0661\u0667", "unreadable"),
        ("1-2," * 7, "too_many"),
    ],
)
def test_what_cannot_be_is_named(typed, code):
    with pytest.raises(BadHours) as problem:
        parse_windows(typed)
    assert problem.value.code == code


def test_the_next_days_come_out_with_dated_hours_in_place_of_the_week():
    days = [[(540, 720)]] * 6 + [[]]
    kept = Hours(
        "Europe/Amsterdam",
        week_of(days),
        (
            HoursOnDate(date(2026, 12, 25), date(2026, 12, 26), None, None, "Christmas"),
            HoursOnDate(date(2026, 12, 26), date(2026, 12, 26), 600, 660, "Sale"),
        ),
    )
    assert days_ahead(kept, date(2026, 12, 24), 4) == [
        (date(2026, 12, 24), "09:00-12:00", ""),
        (date(2026, 12, 25), "", "Christmas"),
        (date(2026, 12, 26), "10:00-11:00", "Sale"),
        (date(2026, 12, 27), "", ""),
    ]


def test_the_default_week_can_be_typed():
    assert week_of([parse_windows("07:00-23:00")] * 7) == DEFAULT_WEEK
