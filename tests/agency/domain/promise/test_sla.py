from datetime import UTC, datetime, timedelta

import pytest

from agency.domain.promise.sla import (
    PromiseTerms,
    first_response_seconds,
    seconds_left,
    urgency,
    verdict,
)

ARRIVED = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROMISE = PromiseTerms()


def after(seconds: float) -> datetime:
    return ARRIVED + timedelta(seconds=seconds)


def test_the_default_promise_is_ninety_per_cent_within_twenty_seconds() -> None:
    assert (PROMISE.seconds, PROMISE.share) == (20, 0.90)
    assert PROMISE.formula == "abandoned_after_target"


@pytest.mark.parametrize(("seconds", "share"), [(0, 0.9), (-1, 0.9), (20, 0), (20, 1.01)])
def test_a_promise_that_means_nothing_is_refused(seconds: int, share: float) -> None:
    with pytest.raises(ValueError, match=r"promise|share"):
        PromiseTerms(seconds, share)


def test_the_clock_runs_on_below_zero_and_over_days() -> None:
    assert seconds_left(PROMISE, ARRIVED, after(0)) == 20
    assert seconds_left(PROMISE, ARRIVED, after(12.5)) == 7.5
    assert seconds_left(PROMISE, ARRIVED, after(86_420)) == -86_400


@pytest.mark.parametrize("seconds", [10, 20, 30])
def test_urgency_rises_at_half_four_fifths_and_the_whole(seconds: int) -> None:
    promise = PromiseTerms(seconds)
    named = [urgency(promise, ARRIVED, after(seconds * share)) for share in (0, 0.499, 0.5, 0.799, 0.8, 0.999, 1, 5)]
    calm, attention, now, late = "calm", "attention", "now", "late"
    assert named == [calm, calm, attention, attention, now, now, late, late]


def test_a_first_response_needs_a_human_text() -> None:
    assert first_response_seconds(ARRIVED, None) is None
    assert first_response_seconds(ARRIVED, after(11.25)) == 11.25


@pytest.mark.parametrize(
    ("answered", "closed", "left", "expected"),
    [
        (0.2, 300, True, "answered_within"),
        (20, 300, False, "answered_within"),
        (20.001, 300, False, "answered_late"),
        (90, 90, True, "answered_late"),
        (None, 5, True, "short_abandon"),
        (None, 5.001, True, "abandoned"),
        (None, 600, True, "abandoned"),
        (None, 600, False, "missed"),
        # An operator who closes silently, even at once, has missed it.
        (None, 2, False, "missed"),
        # Answered and gone within five seconds is answered, not a short abandon.
        (3, 4, True, "answered_within"),
    ],
)
def test_each_finished_chat_has_one_verdict(answered: float | None, closed: float, left: bool, expected: str) -> None:
    assert expected == verdict(
        PROMISE,
        arrived_at=ARRIVED,
        first_human_at=None if answered is None else after(answered),
        closed_at=after(closed),
        visitor_left=left,
    )


def test_the_verdict_follows_the_promise_in_force() -> None:
    facts = {"arrived_at": ARRIVED, "first_human_at": after(25), "closed_at": after(99)}
    assert verdict(PromiseTerms(20), visitor_left=True, **facts) == "answered_late"
    assert verdict(PromiseTerms(30), visitor_left=True, **facts) == "answered_within"
