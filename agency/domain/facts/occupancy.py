"""How busy people were: occupancy in three ways, concurrency and handling time, from presence and from what was held.

The definitions are the product's: (a) the share of staffed time with a chat, (b) weighted slots used of all slots,
(c) the share of staffed time at the cap. Concurrency is the mean over time while somebody holds one chat or more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from agency.domain.facts.presence import FULL, STAFFED, PresenceStretch
from agency.domain.pool.capacity import WAITING_FOR_ME, WRAP_UP

_NONE = timedelta()


@dataclass(frozen=True, slots=True)
class Held:
    """A chat in one person's hands, from taking it until it left them, and its wrap-up if it closed there.

    An end that is still to come is None.
    """

    held_from: datetime
    held_to: datetime | None
    wrap_up_from: datetime | None = None
    wrap_up_to: datetime | None = None

    def handling(self) -> timedelta | None:
        """From taking it to the end of its wrap-up, or None while either lasts."""
        if self.held_to is None or (self.wrap_up_from is not None and self.wrap_up_to is None):
            return None
        wrap_up = self.wrap_up_to - self.wrap_up_from if self.wrap_up_from and self.wrap_up_to else _NONE
        return self.held_to - self.held_from + wrap_up


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Sums of time, so that people and days add up. Slots are in slot-time: one slot in use for a second is one.

    `with_chat`, `at_cap`: of the staffed time. `holding`: time with one chat or more, staffed or not; `chats`: the same
    times the chats held, for concurrency.
    """

    staffed: timedelta = _NONE
    with_chat: timedelta = _NONE
    at_cap: timedelta = _NONE
    slots: timedelta = _NONE
    weighted: timedelta = _NONE
    holding: timedelta = _NONE
    chats: timedelta = _NONE

    def __add__(self, other: "Occupancy") -> "Occupancy":
        return Occupancy(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def share_with_chat(self) -> float | None:
        """Occupancy (a)."""
        return _share(self.with_chat, self.staffed)

    @property
    def share_of_slots(self) -> float | None:
        """Occupancy (b)."""
        return _share(self.weighted, self.slots)

    @property
    def share_at_cap(self) -> float | None:
        """Occupancy (c)."""
        return _share(self.at_cap, self.staffed)

    @property
    def concurrency(self) -> float | None:
        """The mean number of chats while there was one or more."""
        return _share(self.chats, self.holding)


def measure(stretches: Iterable[PresenceStretch], held: Iterable[Held], begin: datetime, end: datetime) -> Occupancy:
    """Measure one person's time from `begin` to `end`.

    A held chat weighs 1.0 and a wrap-up 0.2. How long a visitor was silent in it isn't a fact of the pool, so its 0.3
    isn't used here. At the cap is who holds as many chats as their capacity, and who is full with an offer among them.
    """
    changes: defaultdict[datetime, Counter[str]] = defaultdict(Counter)

    def note(starts_at: datetime, ends_at: datetime | None, **amounts: int) -> None:
        starts_at, ends_at = max(starts_at, begin), min(ends_at or end, end)
        if starts_at < ends_at:
            changes[starts_at].update(amounts)
            changes[ends_at].subtract(amounts)

    for stretch in stretches:
        if stretch.state in STAFFED:
            full = int(stretch.state == FULL)
            note(stretch.starts_at, stretch.ends_at, staffed=1, slots=stretch.capacity, full=full)
    for one in held:
        note(one.held_from, one.held_to, held=1)
        if one.wrap_up_from is not None:
            note(one.wrap_up_from, one.wrap_up_to, wrap_up=1)
    counts: Counter[str] = Counter()
    sums = Occupancy()
    for moment, following in pairwise(sorted(changes)):
        counts.update(changes[moment])
        sums += _piece(following - moment, counts)
    return sums


def handling_by_concurrency(held: Sequence[Held]) -> dict[int, tuple[int, timedelta]]:
    """How many chats of one person were finished at each concurrency, and how long their handling took together.

    A chat's concurrency is the mean number of chats in the person's hands while it was, rounded. What still lasts isn't
    counted.
    """
    found: dict[int, tuple[int, timedelta]] = {}
    for one in held:
        handling = one.handling()
        if handling is None or one.held_to is None:
            continue
        beside = sum((_overlap(one, other, one.held_to) for other in held if other is not one), _NONE)
        mean = 1 + (_share(beside, one.held_to - one.held_from) or 0.0)
        count, total = found.get(round(mean), (0, _NONE))
        found[round(mean)] = count + 1, total + handling
    return found


def _piece(lasts: timedelta, counts: Counter[str]) -> Occupancy:
    """A piece of time in which nothing changed."""
    held, staffed = counts["held"], counts["staffed"] > 0
    weight = held * WAITING_FOR_ME + counts["wrap_up"] * WRAP_UP
    return Occupancy(
        staffed=lasts if staffed else _NONE,
        with_chat=lasts if staffed and held else _NONE,
        at_cap=lasts if staffed and (counts["full"] or held >= counts["slots"]) else _NONE,
        slots=lasts * counts["slots"] if staffed else _NONE,
        weighted=lasts * weight if staffed else _NONE,
        holding=lasts if held else _NONE,
        chats=lasts * held,
    )


def _overlap(one: Held, other: Held, until: datetime) -> timedelta:
    begin, end = max(one.held_from, other.held_from), min(until, other.held_to or until)
    return max(_NONE, end - begin)


def _share(part: timedelta, whole: timedelta) -> float | None:
    return part / whole if whole else None
