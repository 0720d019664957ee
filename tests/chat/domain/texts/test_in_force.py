"""The version in force depends on versions and time alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.texts.in_force import Dated, in_force, instants_of, next_change

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
moments = st.integers(0, 12).map(lambda hours: BEGIN + timedelta(hours=hours))
maybe = st.none() | moments
texts = st.sampled_from([("canned", "groet", "nl"), ("canned", "groet", "en"), ("notice", "dicht", "nl")])
histories = st.lists(
    st.tuples(texts, st.integers(1, 6), maybe, maybe, maybe), max_size=12, unique_by=lambda one: one[:2]
).map(lambda rows: [Dated(*row) for row in rows])


def witness(versions: list[Dated], text: tuple[str, str, str], now: datetime) -> Dated | None:
    """Go down from the highest version to the first that holds or held the text, word by word of the rule."""
    for one in sorted(versions, key=lambda one: -one.version):
        if one.text != text or one.published_at is None or now < one.published_at:
            continue
        if one.withdrawn_at is not None and one.withdrawn_at <= now:
            continue
        return None if one.until is not None and one.until <= now else one
    return None


@given(histories, moments)
def test_in_force_is_the_highest_version_published_by_then(versions: list[Dated], now: datetime) -> None:
    found = in_force(versions, now)
    for text in {one.text for one in versions}:
        assert found.get(text) == witness(versions, text, now)


@given(histories, moments)
def test_nothing_changes_by_itself_before_the_next_change(versions: list[Dated], now: datetime) -> None:
    # Withdrawing is done by somebody, never by the time.
    lasting = [one._replace(withdrawn_at=None) if (one.withdrawn_at or BEGIN) > now else one for one in versions]
    at = next_change(lasting, now) or BEGIN + timedelta(days=1)
    assert in_force(lasting, at - timedelta(microseconds=1)) == in_force(lasting, now)


@given(histories, moments)
def test_a_draft_never_holds(versions: list[Dated], now: datetime) -> None:
    assert all(one.published_at is not None for one in in_force(versions, now).values())


@pytest.mark.parametrize(
    ("wall", "hours"),
    [
        # The night of 29 March 2026 has no 02:30, the night of 25 October two.
        (datetime(2026, 3, 29, 2, 30), []),
        (datetime(2026, 3, 29, 3, 0), [1]),
        (datetime(2026, 10, 25, 2, 30), [0.5, 1.5]),
        (datetime(2026, 10, 25, 3, 0), [2]),
        (datetime(2026, 11, 30, 9, 0), [8]),
    ],
)
def test_a_wall_clock_shows_a_time_never_once_or_twice(wall: datetime, hours: list[float]) -> None:
    midnight = datetime(wall.year, wall.month, wall.day, tzinfo=UTC)
    assert instants_of(wall, "Europe/Amsterdam") == [midnight + timedelta(hours=one) for one in hours]
