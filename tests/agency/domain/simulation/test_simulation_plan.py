"""The days that may be simulated: a recorded one is read, and anything that can't be is refused by name."""

import pytest

from agency.domain.simulation.day import first_hours, read_day
from tests.agency.domain.simulation.test_simulation import HOUR, plan

CSV = """date,interval_start,weekday,contacts
2003-03-03,07:30,Mon,10
2003-03-03,07:00,Mon,20
2003-03-04,07:00,Tue,5
2003-03-04,08:00,Tue,7
"""


def test_a_recorded_day_is_read_with_its_gaps():
    first = read_day(CSV.splitlines())
    assert (first.date, first.begins) == ("2003-03-03", "07:00")
    assert [(rate.start, rate.per_hour) for rate in first.rates] == [(0.0, 40.0), (1800.0, 20.0)]

    second = read_day(CSV.splitlines(), date="2003-03-04", scale=2.0)
    assert [(rate.start, rate.per_hour) for rate in second.rates] == [(0.0, 20.0), (HOUR, 28.0)]
    assert [rate.end for rate in first_hours(second.rates, 1.25)] == [1800.0, 4500.0]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("a,b\n1,2\n", "arrivals: needs the columns"),
        ("date,interval_start,offered\n", "arrivals: no rows"),
        ("date,interval_start,offered\n2003-03-03,7 uur,3\n", "arrivals: interval_start"),
        ("date,interval_start,offered\n2003-03-03,07:00,many\n", "arrivals: a count"),
        ("date,interval_start,offered\n2003-03-03,07:00,nan\n", "arrivals: a count"),
        ("date,interval_start,offered\n2003-03-03,07:00\n", "arrivals: a count"),
        ("date,interval_start,offered\n2003-03-03,07:00,1\n2003-03-03,07:15,1\n", "twice"),
    ],
)
def test_a_file_that_is_not_one_is_refused_by_name(text, field):
    with pytest.raises(ValueError, match=field):
        read_day(text.splitlines())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"companies": 0}, "companies"),
        ({"concurrency": 7}, "concurrency: 1 to 6"),
        ({"factors": (1.0, 0.9)}, "factors"),
        ({"breadth": 0.0}, "breadth"),
        ({"breadth": 1.5}, "breadth"),
        ({"beginners": -0.1}, "beginners"),
        ({"pools": 11}, "pools"),
        ({"aht_s": float("nan")}, "aht"),
        ({"patience_s": 0.0}, "patience"),
        ({"warmup_s": 2 * HOUR}, "warmup"),
        ({"promises": (20, 0)}, "promises"),
        ({"accept_s": 10.0}, "accept"),
        ({"bounce": 1.0}, "bounce"),
        ({"silent": 2.0}, "silent"),
        ({"drain_s": -1.0}, "drain"),
        ({"per_hour": 0.0}, "poisson"),
        ({"per_hour": 1e8}, "arrivals"),
        ({"hours": 0.0}, "hours"),
        ({"operators": 0}, "operators"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_the_field_that_is_wrong(wrong, field):
    with pytest.raises(ValueError, match=field):
        plan(**wrong)
