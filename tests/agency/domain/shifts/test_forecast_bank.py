"""The forecast on a real history: half-hourly calls of a large bank."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean

import pytest

from agency.domain.shifts.backtest import Backtest, backtest
from agency.domain.shifts.forecast import Counts, History, forecast
from agency.domain.shifts.shift_times import monday_of
from tests.conftest import SHARED_DATA

# The product reads sixteen weeks (agency/services/shifts/forecast.py).
HISTORY = timedelta(weeks=16)


@pytest.fixture(scope="module")
def bank() -> dict[date, tuple[float, ...]]:
    """Half-hourly calls of a large bank on 112 weekdays of 2003."""
    found: dict[date, list[float]] = {}
    with (SHARED_DATA / "arrivals_bank2003.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(date.fromisoformat(row["date"]), []).append(float(row["contacts"]))
    return {day: tuple(counts) for day, counts in found.items()}


def five_days(bank: History) -> list[list[date]]:
    """60 days to learn from at least, then five at a time, until the days end."""
    days = sorted(bank)
    return [days[n : n + 5] for n in range(60, len(days), 5)]


def calendar_weeks(bank: History) -> list[list[date]]:
    """Return the weeks from Monday on with 60 days before them at least."""
    days = sorted(bank)
    mondays = sorted({monday_of(day) for day in days})
    return [
        [day for day in days if monday_of(day) == monday]
        for monday in mondays
        if sum(day < monday for day in days) >= 60
    ]


def as_used(before: History, window: Sequence[date]) -> Mapping[date, Counts]:
    """Return the forecast with as much history as the product reads."""
    known = {day: counts for day, counts in before.items() if day >= window[0] - HISTORY}
    made = forecast(known, window)
    assert made is not None
    return made.days


def floor(last: int | None, bank: History) -> float:
    """Measure how far the mean of that weekday's last so many days misses. None: of all."""

    def mean(before: History, window: Sequence[date]) -> Mapping[date, Counts]:
        found = {}
        for day in window:
            alike = [counts for one, counts in before.items() if one.weekday() == day.weekday()]
            columns = zip(*(alike if last is None else alike[-last:]), strict=True)
            found[day] = tuple(map(fmean, columns))
        return found

    found = backtest(bank, five_days(bank), method=mean)
    assert found is not None
    return round(100 * found.half_hours, 1)


@pytest.mark.shared_data
def test_a_bank_is_forecast_within_six_percent(bank: dict[date, tuple[float, ...]]) -> None:
    found = backtest(bank, five_days(bank), method=as_used)
    weekly = backtest(bank, calendar_weeks(bank), method=as_used)
    assert isinstance(found, Backtest)
    assert isinstance(weekly, Backtest)
    print(f"each five weekdays: {found}\ncalendar weeks: {weekly}")
    assert (found.windows, weekly.windows) == (11, 11)
    # 5.48 and 5.82 % before jumps, growth and openings were looked for.
    assert found.half_hours <= 0.0549
    assert weekly.half_hours <= 0.0583
    assert found.days <= 0.0396
    assert len(found.by_day_ahead) == 5
    # The figures without a forecast, on the same days. Last week alone and a fixed profile are the
    # figures this goal was set by; four and six weeks come out better than they did there (7.0 and 6.8).
    floors = {last: floor(last, bank) for last in (1, 4, 6, None)}
    assert floors == {1: 8.6, 4: 6.7, 6: 6.4, None: 6.2}


@pytest.mark.shared_data
@pytest.mark.parametrize("times", [2.5, 0.45])
def test_a_banks_new_level_is_followed_from_its_fourth_day_on(
    bank: dict[date, tuple[float, ...]], times: float
) -> None:
    days = sorted(bank)
    missed = {}
    for begins in range(60, len(days) - 3):
        target = days[begins + 3]
        off = []
        for factor in (1.0, times):
            known = {day: bank[day] for day in days[:begins]}
            known |= {day: tuple(factor * count for count in bank[day]) for day in days[begins : begins + 3]}
            expected = sum(as_used(known, [target])[target])
            off.append(abs(expected / (factor * sum(bank[target])) - 1))
        missed[target] = off
    # Where even an undisturbed forecast misses by a tenth, three days can't do better.
    hard = {target for target, (usual, _) in missed.items() if usual > 0.1}
    assert len(hard) <= 3
    assert all(off <= 0.15 for target, (_, off) in missed.items() if target not in hard)
    assert fmean(off for _, off in missed.values()) < 0.05


@pytest.mark.shared_data
def test_the_bank_windows_follow_each_other(bank: dict[date, tuple[float, ...]]) -> None:
    windows = five_days(bank)
    assert sum(map(len, windows)) == len(bank) - 60
    assert all(before[-1] < after[0] for before, after in pairwise(windows))
