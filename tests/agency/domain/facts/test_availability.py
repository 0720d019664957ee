"""A day of a site has no gap and no overlap, whatever was written of it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agency.domain.facts.availability import UNKNOWN, Offered, fill_gaps, sum_up
from agency.domain.hours.periods import day_bounds
from agency.domain.pool import reasons, site_reasons

REASONS = [reasons.NONE, site_reasons.outside_hours(), site_reasons.nobody_here(of=2)]
# The days of both clock changes, one without, and what the zone has to say of them.
DAYS = st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 23)])
# How long each stretch lasts, how long nobody knew after it, and what it was, by number.
STRETCHES = st.lists(st.tuples(st.integers(0, 40_000), st.sampled_from([0, 0, 1, 7_000]), st.integers(0, 2)))


def told(day: date, stretches: list[tuple[int, int, int]]) -> list[Offered]:
    """Stretches as they would be kept, from two hours before the day on."""
    at = day_bounds(day, "Europe/Amsterdam")[0] - timedelta(hours=2)
    found = []
    for lasts, gap, what in stretches:
        ends = at + timedelta(seconds=lasts)
        found.append(Offered("form" if what else "chat", "full", REASONS[what], at, ends))
        at = ends + timedelta(seconds=gap)
    return found


@given(DAYS, STRETCHES)
def test_a_day_is_as_long_as_its_clock(day: date, stretches: list[tuple[int, int, int]]) -> None:
    begin, end = day_bounds(day, "Europe/Amsterdam")
    found = told(day, stretches)
    whole = fill_gaps(found, begin, end)
    assert [one.starts_at for one in whole] == [begin, *(one.ends_at for one in whole[:-1])]
    assert whole[-1].ends_at == end
    assert sum(sum_up(whole).values(), timedelta()) == end - begin
    known = sum(
        (max(timedelta(), min(one.ends_at, end) - max(one.starts_at, begin)) for one in found if one.lasts),
        timedelta(),
    )
    assert end - begin - sum_up(whole).get((UNKNOWN, ""), timedelta()) == known


def test_what_is_summed_up_is_told_apart_by_answer_and_reason() -> None:
    day = date(2026, 11, 23)
    begin, end = day_bounds(day, "Europe/Amsterdam")
    found = told(day, [(7_200 + 60, 0, 1), (60, 5, 0), (60, 0, 2), (60, 0, 0)])
    sums = {key: lasted.total_seconds() for key, lasted in sum_up(fill_gaps(found, begin, end)).items()}
    assert sums == {
        ("form", "outside_hours"): 60,
        ("chat", ""): 120,
        ("form", "nobody_here"): 60,
        (UNKNOWN, ""): 86_400 - 240,
    }
