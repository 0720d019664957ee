"""The picture of chats per day: its bars stand on the line, fit under the top, and say what the table says."""

from datetime import date, timedelta

import pytest

from agency.domain.promise.figures import Level
from agency.services.reports.service_level import Day
from balie.pages.day_bars import BOTTOM, TOP, WIDTH, day_bars


def days(*counts: tuple[int, int]) -> list[Day]:
    return [
        Day(date(2026, 11, 1) + timedelta(index), Level(answered=answered, abandoned=missed))
        for index, (answered, missed) in enumerate(counts)
    ]


@pytest.mark.parametrize("most", [0, 1, 3, 4, 5, 39, 60, 812, 99_999])
def test_every_bar_fits(most):
    picture = day_bars(days((most, 0), (most // 2, most // 4), (0, 1), (0, 0)))
    for bar in picture.bars:
        assert bar.x + bar.width <= WIDTH
        assert bar.answered_y + bar.answered_height == pytest.approx(BOTTOM, abs=0.2)
        assert bar.answered_y >= TOP - 0.1
        assert (bar.missed_height > 0) == (bar.missed > 0)
    assert 1 <= len(picture.lines) <= 5
    assert picture.missed == most // 4 + 1


def test_the_sentence_has_the_mean_and_the_fullest_day():
    picture = day_bars(days((10, 2), (20, 0), (0, 0), (4, 0)))
    assert picture.mean == 9
    assert picture.most is not None
    assert picture.most.day == date(2026, 11, 2)


def test_a_month_without_chats_is_a_bare_line():
    picture = day_bars(days((0, 0)))
    assert picture.most is None
    assert not any(bar.answered_height or bar.missed_height for bar in picture.bars)
