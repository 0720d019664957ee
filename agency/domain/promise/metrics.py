"""Every figure of a service report: how it is counted, and its name and definition in words.

Page, CSV and glossary read the registry below, so a figure has one formula and one definition. The counts themselves
are made in SQL (agency/services/reports/verdict_sql.py); a test holds that SQL against the rules here, on random facts.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from agency.domain.promise.sla import Verdict

# Under this many chats a share of the promise is counts and an interval, no percentage; a cell of the heat map has no
# colour then, as 2 late of 4 is chance and no pattern.
FEW = 30
# The normal quantile of a two-sided 95 % interval.
Z_95 = 1.959963984540054
# Accepted with half of the promise left, there was time to write; from then on it is the answer that was slow.
IN_TIME_SHARE = 0.5

# Ended by one of ours with the chat in front of them; the other ends without a visitor are those of an empty desk.
_BY_HAND = frozenset({"operator", "manager"})


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogue; whoever prints it translates it."""
    return text


class Cause(StrEnum):
    """Why a promise broke: the first that holds, in the order of `cause`."""

    CLOSED_SILENTLY = "closed_silently"
    SLOW_ANSWER = "slow_answer"
    NO_SEAT = "no_seat"
    ALL_FULL = "all_full"
    BOUNCED = "bounced"
    SLOW_ACCEPT = "slow_accept"


CAUSE_NAMES: Mapping[Cause, str] = {
    Cause.NO_SEAT: gettext_noop("No seat"),
    Cause.ALL_FULL: gettext_noop("All full"),
    Cause.BOUNCED: gettext_noop("Passed on"),
    Cause.SLOW_ACCEPT: gettext_noop("Slow to accept"),
    Cause.SLOW_ANSWER: gettext_noop("Slow after accepting"),
    Cause.CLOSED_SILENTLY: gettext_noop("Closed in silence"),
}

CAUSE_DEFINITIONS: Mapping[Cause, str] = {
    Cause.NO_SEAT: gettext_noop("no certified operator was at a desk when the chat began"),
    Cause.ALL_FULL: gettext_noop("certified operators were there, all at their maximum"),
    Cause.BOUNCED: gettext_noop("there was room, but whoever was offered the chat didn't take it"),
    Cause.SLOW_ACCEPT: gettext_noop("there was room, but nobody accepted within half of the promised seconds"),
    Cause.SLOW_ANSWER: gettext_noop("accepted within half of the promised seconds; the text came late or never"),
    Cause.CLOSED_SILENTLY: gettext_noop("ended by an operator or manager without a text"),
}


@dataclass(frozen=True, slots=True)
class FinishedChat:
    """What a finished chat says of why it was answered no sooner.

    `assigned_at`: when an operator accepted it. `seats`: certified seats at arrival that could be offered a chat;
    `free_slots`: their free slots then.
    """

    arrived_at: datetime
    assigned_at: datetime | None
    promise_seconds: int
    close_reason: str
    seats: int
    free_slots: int
    bounces: int


def cause(verdict: Verdict, chat: FinishedChat) -> Cause | None:
    """Why this chat's promise broke, or None if it was kept or the visitor left within 5 s."""
    if verdict in {Verdict.ANSWERED_WITHIN, Verdict.SHORT_ABANDON}:
        return None
    if verdict is Verdict.MISSED and chat.close_reason in _BY_HAND:
        return Cause.CLOSED_SILENTLY
    if chat.assigned_at is not None:
        accepted_after = (chat.assigned_at - chat.arrived_at).total_seconds()
        if accepted_after <= chat.promise_seconds * IN_TIME_SHARE:
            return Cause.SLOW_ANSWER
    if chat.seats == 0:
        return Cause.NO_SEAT
    if chat.free_slots == 0:
        return Cause.ALL_FULL
    return Cause.BOUNCED if chat.bounces else Cause.SLOW_ACCEPT


def ratio(part: int, whole: int) -> float | None:
    """`part` of `whole`; None of nothing, which is no percentage."""
    return part / whole if whole else None


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share, or None of nothing.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), 209-212. Unlike the textbook interval it holds for few chats and near
    100 %.

    Raises:
        ValueError: `part` doesn't lie between 0 and `whole`.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    if whole == 0:
        return None
    share, spread = part / whole, Z_95**2 / whole
    middle = (share + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def nearest_rank(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of the values doesn't exceed; None of no values.

    The nearest-rank percentile: always a wait that really happened. PostgreSQL's percentile_disc is the same.

    Raises:
        ValueError: `share` isn't above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share lies above 0 and at most at 1, not {share}")
    if not values:
        return None
    return sorted(values)[math.ceil(share * len(values)) - 1]


@dataclass(frozen=True, slots=True)
class Level:
    """What became of the chats of a day, a period or a company. All but the last block: within opening hours, no spam.

    `lost_after_*` are the unanswered ones in the service level's denominator: left after T, or closed by our side.
    """

    offered: int = 0
    answered: int = 0
    within_promise: int = 0
    within_20: int = 0
    within_30: int = 0
    abandoned: int = 0
    short_abandons: int = 0
    closed_unanswered: int = 0
    lost_after_promise: int = 0
    lost_after_20: int = 0
    lost_after_30: int = 0
    missed_by: Mapping[Cause, int] = field(default_factory=dict)
    late_by: Mapping[Cause, int] = field(default_factory=dict)
    tests: int = 0
    # Seconds; None without a chat to measure.
    response_p50: float | None = None
    response_p90: float | None = None
    response_p95: float | None = None
    response_max: float | None = None
    duration_p50: float | None = None
    duration_p90: float | None = None
    handled: int = 0
    handle_seconds: float | None = None
    concurrency: float | None = None
    # Not spam, in hours or not.
    good: int = 0
    rated: int = 0
    askable: int = 0
    # Apart from everything above.
    spam: int = 0
    out_of_hours: int = 0

    @property
    def missed(self) -> int:
        """No human text and not a short abandon: whoever ended it."""
        return self.abandoned + self.closed_unanswered

    @property
    def late(self) -> int:
        """Answered, after the promised seconds."""
        return self.answered - self.within_promise

    @property
    def base(self) -> int:
        """What the service level at the promise divides by."""
        return self.answered + self.lost_after_promise

    @property
    def is_few(self) -> bool:
        """Whether there are chats to judge by, but too few for a percentage."""
        return 0 < self.base < FEW

    @property
    def service_level(self) -> float | None:
        """Share kept, by formula 4, each chat measured by the promise in force when it began."""
        return ratio(self.within_promise, self.base)

    @property
    def service_level_20(self) -> float | None:
        """The same formula at 20 s, whatever was promised."""
        return ratio(self.within_20, self.answered + self.lost_after_20)

    @property
    def service_level_30(self) -> float | None:
        """The same formula at 30 s."""
        return ratio(self.within_30, self.answered + self.lost_after_30)

    @property
    def strict(self) -> float | None:
        """Share of all offered chats, so that who left counts however soon (formula 3)."""
        return ratio(self.within_promise, self.offered)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the service level lies with 95 % confidence."""
        return wilson(self.within_promise, self.base)

    @property
    def satisfaction(self) -> float | None:
        """Good of rated."""
        return ratio(self.good, self.rated)

    @property
    def satisfaction_interval(self) -> tuple[float, float] | None:
        """Where satisfaction lies with 95 % confidence."""
        return wilson(self.good, self.rated)

    @property
    def response_rate(self) -> float | None:
        """Rated of those who could be asked."""
        return ratio(self.rated, self.askable)


Kind = Literal["count", "share", "seconds", "number"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of the report: English msgids for name and definition, its kind, and where its value is."""

    key: str
    name: str
    definition: str
    kind: Kind
    value: Callable[[Level], float | None]
