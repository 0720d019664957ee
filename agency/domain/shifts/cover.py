"""Is a company staffed by the plan? Whole days as bit masks: one bit per quarter of an hour, one integer per operator.

An operator counts for a quarter they are planned for the whole of; a company asks for every quarter in which it is open
at all. Answers are told in half hours: one is short if either of its quarters is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agency.domain.hours.hours import Stretch
from agency.domain.shifts.shift_times import merged

STEP = timedelta(minutes=15)
HALF_HOUR = 2 * STEP
# Every first quarter of a half hour in a year: more than any frame.
_FIRST_QUARTERS = int("01" * (366 * 48), 2)


@dataclass(frozen=True, slots=True)
class CoverFrame:
    """The time that is looked at: so many quarters from an instant on, which begins a half hour."""

    start: datetime
    steps: int

    @property
    def all(self) -> int:
        """The mask of every quarter."""
        return (1 << self.steps) - 1


@dataclass(frozen=True, slots=True)
class Shortage:
    """A stretch of half hours with the same number of people planned, too few of them."""

    starts_at: datetime
    ends_at: datetime
    planned: int

    @property
    def half_hours(self) -> int:
        """How many half hours it is long."""
        return (self.ends_at - self.starts_at) // HALF_HOUR


def frame_of(since: datetime, until: datetime) -> CoverFrame:
    """Frame all half hours (of UTC) that lie between two instants, the ones around both ends included."""
    past = since.astimezone(UTC)
    start = past - timedelta(minutes=past.minute % 30, seconds=past.second) - _micro(past)
    half_hours = -((start - until) // HALF_HOUR)
    return CoverFrame(start, 2 * max(0, half_hours))


def covered(frame: CoverFrame, stretches: Iterable[Stretch]) -> int:
    """Mask the quarters that lie wholly in these stretches. Stretches that touch count as one."""
    return _mask(
        frame,
        ((-((frame.start - start) // STEP), (end - frame.start) // STEP) for start, end in merged(stretches)),
    )


def touched(frame: CoverFrame, stretches: Iterable[Stretch]) -> int:
    """Mask the quarters of which any part lies in these stretches."""
    return _mask(
        frame,
        (((start - frame.start) // STEP, -((frame.start - end) // STEP)) for start, end in stretches),
    )


def levels(masks: Iterable[int], most: int) -> list[int]:
    """Count planned people per quarter, up to `most`: bit q of levels[k] says that more than k are planned."""
    counters = [0] * most
    for mask in masks:
        carry = mask
        for k in range(most):
            counters[k], carry = counters[k] | carry, counters[k] & carry
            if not carry:
                break
    return counters


def count_planned(masks: Iterable[int], steps: int) -> list[int]:
    """Count how many of the masks hold each of so many quarters."""
    # In binary, a mask per digit: 400 people take 9 additions each, not one for each of 672 quarters.
    digits: list[int] = []
    for mask in masks:
        carry = mask
        for place, digit in enumerate(digits):
            digits[place], carry = digit ^ carry, digit & carry
            if not carry:
                break
        if carry:
            digits.append(carry)
    return [sum((digit >> quarter & 1) << place for place, digit in enumerate(digits)) for quarter in range(steps)]


def shortages(frame: CoverFrame, open_: int, masks: Sequence[int], needed: int) -> list[Shortage]:
    """Return where a company has fewer people planned than it needs, in order.

    Args:
        open_: the quarters in which the company is open (`touched`).
        masks: of each operator certified for it, the quarters they are planned for (`covered`).
        needed: people there must be, 1 or more.
    """
    # Half hours with fewer than k planned lie in those with fewer than k + 1: their differences have k exactly.
    fewer = 0
    found = []
    for planned, enough in enumerate(levels(masks, needed)):
        short = _half_hours(open_ & ~enough)
        for first, last in _runs(short & ~fewer):
            found.append(Shortage(frame.start + first * STEP, frame.start + last * STEP, planned))
        fewer = short
    return sorted(found, key=lambda one: one.starts_at)


def _mask(frame: CoverFrame, ranges: Iterable[tuple[int, int]]) -> int:
    mask = 0
    for start, end in ranges:
        first, last = max(0, start), min(frame.steps, end)
        if first < last:
            mask |= (1 << last) - (1 << first)
    return mask


def _half_hours(mask: int) -> int:
    """Widen each set quarter to its half hour: quarters 2n and 2n + 1."""
    first = (mask | mask >> 1) & _FIRST_QUARTERS
    return first | first << 1


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of set bits as (first, last + 1): adding the lowest bit of one carries through to its end."""
    while mask:
        lowest = mask & -mask
        over = mask + lowest
        end = over & ~mask
        yield lowest.bit_length() - 1, (end & -end).bit_length() - 1
        mask &= over


def _micro(at: datetime) -> timedelta:
    return timedelta(microseconds=at.microsecond)
