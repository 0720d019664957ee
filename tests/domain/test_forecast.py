"""The forecast: what a history must teach it, what it must not, and how far it misses on a real one."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agency.domain.backtest import Backtest, backtest
from agency.domain.forecast import Counts, History, forecast
from tests.conftest import SHARED_DATA

MONDAY = date(2026, 9, 7)
DAY = timedelta(days=1)
# Chats of a day in four parts, by weekday.
WEEK = [(10, 30, 40, 20)] * 5 + [(0, 20, 20, 10)] * 2


def weeks(n: int, *, until: date = MONDAY) -> dict[date, tuple[float, ...]]:
    first = until - n * 7 * DAY
    return {first + k * DAY: tuple(map(float, WEEK[k % 7])) for k in range(7 * n)}


def week_of(history: History, **facts: object) -> list[tuple[float, ...]]:
    days = [MONDAY + n * DAY for n in range(7)]
    made = forecast(history, days, **facts)  # type: ignore[arg-type]
    assert made is not None
    return [made.days[day] for day in days]


def near(found: Sequence[Counts], expected: Sequence[Counts], by: float = 1e-9) -> bool:
    return all(
        one == pytest.approx(other, rel=by) for one, other in zip(found, expected, strict=True)
    )


def test_a_steady_week_comes_again() -> None:
    assert near(week_of(weeks(5)), WEEK)


def test_nothing_known_is_no_forecast_and_no_zero() -> None:
    assert forecast({}, [MONDAY]) is None
    assert forecast(dict.fromkeys(weeks(3), (0.0,) * 4), [MONDAY]) is None


def test_less_than_two_weeks_says_so() -> None:
    history = weeks(2)
    made = forecast(history, [MONDAY])
    assert made is not None
    assert not made.is_thin
    del history[MONDAY - DAY]
    thin = forecast(history, [MONDAY])
    assert thin is not None
    assert thin.is_thin
    assert thin.known_days == 13


def test_a_weekday_never_seen_is_like_those_like_it() -> None:
    only = {day: counts for day, counts in weeks(1).items() if day.weekday() == 1}
    assert near(week_of(only)[:5], WEEK[:5])
    no_sunday = {day: counts for day, counts in weeks(4).items() if day.weekday() != 6}
    assert near(week_of(no_sunday), WEEK)


def test_days_that_are_missing_teach_nothing() -> None:
    history = weeks(6)
    for n in (3, 4, 11, 20, 30):
        del history[MONDAY - n * DAY]
    assert near(week_of(history), WEEK)


def test_a_weekday_that_is_always_closed_stays_so() -> None:
    closed = {day: (0.0,) * 4 if day.weekday() == 6 else counts for day, counts in weeks(5).items()}
    found = week_of(closed)
    assert found[6] == (0.0,) * 4
    assert near(found[:5], WEEK[:5])


def test_one_mad_day_changes_nothing() -> None:
    history = weeks(6)
    history[MONDAY - 5 * DAY] = (900.0, 10.0, 10.0, 10.0)
    history[MONDAY - 15 * DAY] = (0.0, 1.0, 0.0, 0.0)
    assert near(week_of(history), WEEK)


def test_a_holiday_is_like_a_sunday_and_teaches_ordinary_days_nothing() -> None:
    history = weeks(6)
    wednesday = MONDAY + 2 * DAY
    feast = wednesday - 14 * DAY
    assert near([week_of(history, holidays={wednesday})[2]], [WEEK[6]])
    history[feast] = (0.0, 24.0, 24.0, 12.0)
    found = week_of(history, holidays={feast, wednesday})
    # Its own factor: 60 that day and a Sunday's 50, halfway; in the shape of a Sunday.
    assert sum(found[2]) == pytest.approx(55)
    assert found[2][0] == 0
    assert near([*found[:2], *found[3:]], [*WEEK[:2], *WEEK[3:]])


def test_the_level_follows_a_step_by_half_in_a_week() -> None:
    history = {
        day: tuple(count * (1.5 if day >= MONDAY - 7 * DAY else 1) for count in counts)
        for day, counts in weeks(10).items()
    }
    found = sum(map(sum, week_of(history))) / sum(map(sum, WEEK))
    assert 1.2 < found < 1.35


def test_the_turn_of_the_month_is_learnt_and_drawn_to_the_middle() -> None:
    busy = {
        day: tuple(count * (1.4 if day.day <= 3 or day.day >= 29 else 1) for count in counts)
        for day, counts in weeks(26).items()
    }
    made = forecast(busy, [date(2026, 9, 15), date(2026, 10, 1)])
    assert made is not None
    middle, turn = (sum(counts) for counts in made.days.values())
    assert 1.15 < turn / middle < 1.4


def test_days_of_different_lengths_and_counts_that_cant_be_are_refused() -> None:
    for wrong in ((1.0,), (-1.0, 0.0, 0.0, 0.0), (float("nan"),) * 4, (float("inf"),) * 4):
        with pytest.raises(ValueError, match="history"):
            forecast({**weeks(2), MONDAY - DAY: wrong}, [MONDAY])


histories = st.dictionaries(
    st.integers(1, 90).map(lambda back: MONDAY - back * DAY),
    st.tuples(*[st.integers(0, 400).map(float)] * 4),
    max_size=60,
)
feasts = st.sets(st.integers(-90, 6).map(lambda n: MONDAY + n * DAY), max_size=6)
DAYS = [MONDAY + n * DAY for n in range(7)]


@settings(max_examples=60)
@given(history=histories, holidays=feasts, order=st.randoms(use_true_random=False))
def test_any_history_gives_chats_that_can_be(history, holidays, order) -> None:  # type: ignore[no-untyped-def]
    made = forecast(history, DAYS, holidays=holidays)
    if made is None:
        assert not any(sum(counts) for day, counts in history.items() if day not in holidays)
        return
    assert all(0 <= count < float("inf") for counts in made.days.values() for count in counts)
    # Twice the chats are twice the forecast, exactly: only ratios of chats are taken.
    doubled = {day: tuple(2 * count for count in counts) for day, counts in history.items()}
    twice = forecast(doubled, DAYS, holidays=holidays)
    assert twice is not None
    assert twice.days == {
        day: tuple(2 * count for count in counts) for day, counts in made.days.items()
    }
    tripled = {day: tuple(3 * count for count in counts) for day, counts in history.items()}
    thrice = forecast(tripled, DAYS, holidays=holidays)
    assert thrice is not None
    for day, counts in made.days.items():
        assert thrice.days[day] == pytest.approx([3 * count for count in counts], rel=1e-6)
    shuffled = list(history.items())
    order.shuffle(shuffled)
    assert forecast(dict(shuffled), DAYS, holidays=holidays) == made


def test_a_backtest_sees_nothing_of_the_days_it_forecasts() -> None:
    history = weeks(8)
    days = sorted(history)
    windows = [days[35:42], days[42:49]]
    spoilt = {
        day: tuple(9 * count for count in counts) if day >= days[49] else counts
        for day, counts in history.items()
    }
    assert backtest(spoilt, windows) == backtest(history, windows)
    seen: list[date] = []

    def nosy(before: History, window: Sequence[date]) -> Mapping[date, Counts]:
        seen.append(max(before))
        return dict.fromkeys(window, (1.0,) * 4)

    backtest(history, windows, method=nosy)
    assert seen == [days[34], days[41]]


def test_what_a_backtest_counts() -> None:
    history = {MONDAY - 2 * DAY: (9.0, 9.0), MONDAY - DAY: (6.0, 4.0), MONDAY: (0.0, 10.0)}

    def five(_: History, window: Sequence[date]) -> Mapping[date, Counts]:
        return dict.fromkeys(window, (5.0, 5.0))

    found = backtest(history, [[MONDAY - DAY, MONDAY]], method=five)
    assert found is not None
    assert (found.windows, found.chats) == (1, 20)
    assert found.half_hours == pytest.approx((1 + 1 + 5 + 5) / 20)
    assert found.days == 0
    assert found.by_day_ahead == (pytest.approx(0.2), pytest.approx(1.0))
    # Of a mean of 5 chance leaves 2 e^-5 5^6 / 5! = 1.7547.
    assert found.chance == pytest.approx(4 * 1.7547 / 20, abs=1e-4)
    assert backtest({}, []) is None
    assert backtest(history, [[MONDAY - 2 * DAY]]) is None


@pytest.fixture(scope="module")
def bank() -> dict[date, tuple[float, ...]]:
    """Half-hourly calls of a large bank on 112 weekdays of 2003."""
    found: dict[date, list[float]] = {}
    with (SHARED_DATA / "arrivals_bank2003.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(date.fromisoformat(row["date"]), []).append(float(row["contacts"]))
    return {day: tuple(counts) for day, counts in found.items()}


def bank_windows(bank: History) -> list[list[date]]:
    """60 days to learn from at least, then five at a time, until the days end."""
    days = sorted(bank)
    return [days[n : n + 5] for n in range(60, len(days), 5)]


def floor(last: int | None, bank: History) -> float:
    """Missed by the mean of that weekday's last so many days; None: of all."""

    def mean(before: History, window: Sequence[date]) -> Mapping[date, Counts]:
        found = {}
        for day in window:
            alike = [counts for one, counts in before.items() if one.weekday() == day.weekday()]
            columns = zip(*(alike if last is None else alike[-last:]), strict=True)
            found[day] = tuple(map(fmean, columns))
        return found

    found = backtest(bank, bank_windows(bank), method=mean)
    assert found is not None
    return round(100 * found.half_hours, 1)


@pytest.mark.shared_data
def test_a_bank_is_forecast_within_six_percent(bank: dict[date, tuple[float, ...]]) -> None:
    found = backtest(bank, bank_windows(bank))
    assert isinstance(found, Backtest)
    print(found)
    assert found.windows == 11
    assert found.half_hours <= 0.060
    assert round(100 * found.half_hours, 1) == 5.5
    assert round(100 * found.days, 1) == 4.0
    assert len(found.by_day_ahead) == 5
    # What one gets without a forecast, on the same days. Last week alone and a fixed profile are the
    # figures this goal was set by; four and six weeks come out better than they did there (7.0 and 6.8).
    floors = {last: floor(last, bank) for last in (1, 4, 6, None)}
    assert floors == {1: 8.6, 4: 6.7, 6: 6.4, None: 6.2}


@pytest.mark.shared_data
def test_the_bank_windows_follow_each_other(bank: dict[date, tuple[float, ...]]) -> None:
    windows = bank_windows(bank)
    assert sum(map(len, windows)) == len(bank) - 60
    assert all(before[-1] < after[0] for before, after in pairwise(windows))
