"""When a lead can be called, on the company's clock."""

from datetime import UTC, date, datetime, time

import pytest

from chat.domain.leads import BadTime, BestTime, call_window, check_best_time

ZONE = "Europe/Amsterdam"
# A Monday, 14:00 in Amsterdam.
NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "best",
    [
        BestTime(),
        BestTime(TODAY),
        BestTime(TODAY, "afternoon"),
        BestTime(TODAY, "evening"),
        BestTime(TODAY, at=time(14, 0)),
        BestTime(date(2026, 11, 24), "morning"),
        BestTime(date(2027, 1, 22)),
    ],
)
def test_a_time_that_can_still_come_is_taken(best: BestTime) -> None:
    check_best_time(best, ZONE, NOW)


@pytest.mark.parametrize(
    "best",
    [
        BestTime(part="morning"),
        BestTime(at=time(9, 0)),
        BestTime(TODAY, "morning"),
        BestTime(TODAY, at=time(13, 30)),
        BestTime(date(2026, 11, 22)),
        BestTime(date(2027, 1, 23)),
        BestTime(date(9999, 12, 31)),
        BestTime(TODAY, "evening", time(20, 0)),
    ],
)
def test_a_time_that_is_over_too_far_off_or_said_twice_is_not(best: BestTime) -> None:
    with pytest.raises(BadTime):
        check_best_time(best, ZONE, NOW)


@pytest.mark.parametrize(
    ("best", "start", "end"),
    [
        (BestTime(TODAY, "evening"), "2026-11-23T16:00", "2026-11-23T20:00"),
        (BestTime(TODAY, at=time(15, 30)), "2026-11-23T14:30", "2026-11-23T14:45"),
        (BestTime(TODAY), "2026-11-23T08:00", "2026-11-23T20:00"),
        # 02:30 doesn't exist in the spring night and comes twice in the autumn night.
        (BestTime(date(2026, 3, 29), at=time(2, 30)), "2026-03-29T01:00", "2026-03-29T01:15"),
        (BestTime(date(2026, 10, 25), at=time(2, 30)), "2026-10-25T00:30", "2026-10-25T00:45"),
        (BestTime(date(2026, 10, 25), "morning"), "2026-10-25T08:00", "2026-10-25T11:00"),
        (BestTime(date(2026, 10, 24), "morning"), "2026-10-24T07:00", "2026-10-24T10:00"),
    ],
)
def test_the_window_of_a_call_is_in_the_company_s_zone(best: BestTime, start: str, end: str) -> None:
    window = tuple(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    assert call_window(best, ZONE) == window
