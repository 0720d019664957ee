"""When a certification counts: by version and by date."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.certification import GRACE, SOON, Standing, judge_certification

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def judged(behind: int, changed: timedelta, ends: timedelta | None) -> Standing:
    """So many versions behind, changed so long ago, ending in so long."""
    return judge_certification(
        major=5 - behind,
        newest=5,
        changed_at=NOW - changed,
        expires_at=NOW + ends if ends is not None else None,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("behind", "changed", "ends", "state", "until", "reason"),
    [
        (0, DAY, None, "current", None, ""),
        (-1, DAY, None, "current", None, ""),
        (0, DAY, 40 * DAY, "current", 40 * DAY, "date"),
        (0, DAY, TICK, "current", TICK, "date"),
        (0, DAY, 0 * DAY, "grace", GRACE, "date"),
        (0, DAY, -GRACE + TICK, "grace", TICK, "date"),
        (0, DAY, -GRACE, "expired", 0 * DAY, "date"),
        (1, DAY, None, "grace", 6 * DAY, "version"),
        (1, GRACE - TICK, None, "grace", TICK, "version"),
        (1, GRACE, None, "expired", 0 * DAY, "version"),
        (2, 0 * DAY, None, "expired", 0 * DAY, "version"),
        # The sooner of the two ends is told.
        (1, DAY, 40 * DAY, "grace", 6 * DAY, "version"),
        (1, DAY, -3 * DAY, "grace", 4 * DAY, "date"),
        (1, 5 * DAY, -3 * DAY, "grace", 2 * DAY, "version"),
        (1, DAY, -8 * DAY, "expired", -DAY, "date"),
        (1, 9 * DAY, -3 * DAY, "expired", -2 * DAY, "version"),
    ],
)  # fmt: skip
def test_the_sooner_end_of_version_and_date_counts(
    behind: int,
    changed: timedelta,
    ends: timedelta | None,
    state: str,
    until: timedelta | None,
    reason: str,
) -> None:
    found = judged(behind, changed, ends)
    assert found == Standing(state, NOW + until if until is not None else None, reason)
    assert found.counts is (state != "expired")


def test_what_ends_within_30_days_ends_soon() -> None:
    assert judged(0, DAY, SOON).ends_soon(NOW)
    assert not judged(0, DAY, SOON + TICK).ends_soon(NOW)
    assert judged(1, DAY, None).ends_soon(NOW)
    assert not judged(0, DAY, None).ends_soon(NOW)
    assert not judged(2, DAY, None).ends_soon(NOW)


spans = st.timedeltas(-20 * DAY, 20 * DAY)


@given(st.integers(-1, 3), spans.map(abs), st.none() | spans, spans.map(abs))
def test_time_only_takes_away(behind: int, changed: timedelta, ends: timedelta | None, later: timedelta) -> None:
    facts = {
        "major": 5 - behind,
        "newest": 5,
        "changed_at": NOW - changed,
        "expires_at": NOW + ends if ends is not None else None,
    }
    before = judge_certification(**facts, now=NOW)
    after = judge_certification(**facts, now=NOW + later)
    order = ("current", "grace", "expired")
    assert order.index(after.state) >= order.index(before.state)
    if before.state == "grace":
        # It counts exactly until the moment that is told.
        assert before.until is not None
        assert judge_certification(**facts, now=before.until - TICK).counts
        assert not judge_certification(**facts, now=before.until).counts
