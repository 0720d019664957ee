"""The promise: how long a visitor may wait for the first human text, and what became of it.

One clock for all of it, the visitor clock: from the server's receipt of the first visitor message
to the first human text. Greetings, canned auto-sends, typing, accepting and bots don't stop it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Urgency = Literal["calm", "attention", "now", "late"]

# The promise where nothing was agreed.
DEFAULT_PROMISE_SECONDS = 20

# A visitor who leaves this fast could not have been answered: out of the denominator, but printed.
SHORT_ABANDON_SECONDS = 5

ATTENTION_SHARE = 0.5
NOW_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class PromiseTerms:
    """A target in force: `share` of the chats answered within `seconds`, counted by `formula`."""

    seconds: int = DEFAULT_PROMISE_SECONDS
    share: float = 0.90
    formula: str = "abandoned_after_target"

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError(f"a promise needs a positive number of seconds, not {self.seconds}")
        if not 0 < self.share <= 1:
            raise ValueError(f"a share lies above 0 and at most at 1, not {self.share}")


class Verdict(StrEnum):
    """The verdict on one finished chat's promise."""

    ANSWERED_WITHIN = "answered_within"
    ANSWERED_LATE = "answered_late"
    ABANDONED = "abandoned"
    SHORT_ABANDON = "short_abandon"
    MISSED = "missed"


ANSWERED = frozenset({Verdict.ANSWERED_WITHIN, Verdict.ANSWERED_LATE})
# The report's "missed": a promise broken without an answer.
UNANSWERED = frozenset({Verdict.ABANDONED, Verdict.MISSED})


def seconds_left(promise: PromiseTerms, arrived_at: datetime, now: datetime) -> float:
    """Return the seconds until the promise is broken, negative once it is."""
    return promise.seconds - (now - arrived_at).total_seconds()


def urgency(promise: PromiseTerms, arrived_at: datetime, now: datetime) -> Urgency:
    """Name how pressing a waiting chat is: attention at 50 %, now at 80 %, late at 100 %."""
    passed = (now - arrived_at).total_seconds() / promise.seconds
    if passed >= 1:
        return "late"
    if passed >= NOW_SHARE:
        return "now"
    if passed >= ATTENTION_SHARE:
        return "attention"
    return "calm"


def first_response_seconds(arrived_at: datetime, first_human_at: datetime | None) -> float | None:
    """Return the seconds from the first visitor message to the first human text, or None if there was none."""
    if first_human_at is None:
        return None
    return (first_human_at - arrived_at).total_seconds()


def verdict(
    promise: PromiseTerms,
    *,
    arrived_at: datetime,
    first_human_at: datetime | None,
    closed_at: datetime,
    visitor_left: bool,
) -> Verdict:
    """Judge one finished chat by the promise that was in force when it arrived.

    Args:
        first_human_at: the first text a person wrote, or None. Closing silently is not an answer.
        closed_at: the end; for a visitor who went away the last moment they were seen.
        visitor_left: the visitor ended it or went away, rather than anybody on our side.
    """
    waited = first_response_seconds(arrived_at, first_human_at)
    if waited is not None:
        return Verdict.ANSWERED_WITHIN if waited <= promise.seconds else Verdict.ANSWERED_LATE
    if not visitor_left:
        return Verdict.MISSED
    if (closed_at - arrived_at).total_seconds() <= SHORT_ABANDON_SECONDS:
        return Verdict.SHORT_ABANDON
    return Verdict.ABANDONED
