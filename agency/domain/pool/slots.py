"""Free slots of many seats, counted as bits: who could take one more chat of a company.

Seats have numbers; a set of seats (those certified for a company, those who speak a language) is one whole number with
a bit each. A plane per slot holds the seats that have more than so many free, so the free slots of a set are a few bit
counts, whatever the number of seats: 1,000 companies over 400 operators take milliseconds, not 400,000 comparisons.
"""

from collections.abc import Iterable, Mapping, Sequence


class Slots:
    """Free slots per seat number. Setting chats down changes it, and `count` never does."""

    def __init__(self, free: Mapping[int, int] | None = None) -> None:
        self._planes: list[int] = []
        for seat, slots in (free or {}).items():
            for plane in range(slots):
                if plane == len(self._planes):
                    self._planes.append(0)
                self._planes[plane] |= 1 << seat

    def count(self, seats: int, most: Mapping[int, int] | None = None) -> int:
        """The free slots of a set of seats.

        Args:
            most: seats of which only so many slots may be used for this company.
        """
        found = sum((plane & seats).bit_count() for plane in self._planes)
        for seat, slots in (most or {}).items():
            if seats >> seat & 1:
                found -= max(0, self._of(seat) - max(0, slots))
        return found

    def take(self, seats: int) -> bool:
        """Set one chat down on the seat of the set with most slots free, of equals the lowest number. False if all are
        full.

        So one slot fewer beforehand leaves at most one slot fewer afterwards, on one seat, and never one more: both
        runs choose alike until the run with fewer would need the missing slot, and then the difference moves to another
        seat.
        """
        for plane in reversed(range(len(self._planes))):
            possible = self._planes[plane] & seats
            if possible:
                self._planes[plane] ^= possible & -possible
                return True
        return False

    def take_all(self, chats: Iterable[int]) -> int:
        """Set chats down one by one, each given as its set of seats. Returns how many found a slot."""
        return sum(self.take(seats) for seats in chats)

    def _of(self, seat: int) -> int:
        return sum(plane >> seat & 1 for plane in self._planes)


def bits(numbers: Sequence[int]) -> int:
    """The set of these seat numbers."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found
