"""One operator at work: their slots, and how fast each chat goes on while there are several."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from uuid import UUID

from agency.domain.simulation.day import SimulatedChat


@dataclass(slots=True)
class Used:
    """Seconds of counted time: staffed, with a chat, with every slot taken, after the shift. Then of slots, there and
    used.
    """

    staffed: float = 0.0
    busy: float = 0.0
    full: float = 0.0
    late: float = 0.0
    slots: float = 0.0
    used: float = 0.0

    def add(self, other: "Used") -> None:
        """Count another operator's seconds too."""
        self.staffed += other.staffed
        self.busy += other.busy
        self.full += other.full
        self.late += other.late
        self.slots += other.slots
        self.used += other.used


@dataclass(slots=True)
class SimulatedDesk:
    """An operator's seat.

    All chats of a desk go on at the same pace, `factors[n - 1] / n` with n of them (limited processor sharing). So one
    clock per desk is enough: `work` is what each chat has had since the day began, and a chat ends when that reaches
    its mark.
    """

    number: int
    operator_id: UUID
    companies: frozenset[int]
    slots: int
    load_limit: float
    factors: Sequence[float]
    starts: float
    ends: float
    counted_from: float
    here: bool = False
    draining: bool = False
    offers: int = 0
    # Without a chat or an offer since; and the last time one came or went.
    idle_since: float = 0.0
    changed_at: float = 0.0
    # Raised by each change of pace (an end that was foreseen before it isn't one), and by any change.
    pace: int = 0
    version: int = 0
    spent: Used = field(default_factory=Used)
    chats: dict[int, SimulatedChat] = field(default_factory=dict)
    _marks: list[tuple[float, int]] = field(default_factory=list)
    _work: float = 0.0
    _at: float = 0.0

    @property
    def used(self) -> int:
        """Slots taken: a chat and an offer take one each."""
        return len(self.chats) + self.offers

    @property
    def is_free(self) -> bool:
        """May be offered one more."""
        return self.here and len(self.chats) + self.offers < self.slots

    def pass_time(self, now: float) -> None:
        """Let the chats go on until now. Call it before anything changes."""
        elapsed = now - self._at
        if elapsed <= 0:
            return
        held = len(self.chats)
        if held:
            self._work += elapsed * self.factors[held - 1] / held
            self.spent.late += max(0.0, now - max(self._at, self.ends))
        counted = min(now, self.ends) - max(self._at, self.starts, self.counted_from)
        if counted > 0:
            used = self.used
            self.spent.staffed += counted
            self.spent.slots += counted * self.slots
            self.spent.used += counted * used
            self.spent.busy += counted if used else 0.0
            self.spent.full += counted if used >= self.slots else 0.0
        self._at = now

    def offer(self, now: float) -> None:
        """Keep a slot for an offer."""
        self.pass_time(now)
        self.offers += 1
        self.changed_at = now
        self.version += 1

    def take_back(self, now: float) -> None:
        """Give the slot of an offer back."""
        self.pass_time(now)
        self.offers -= 1
        self._note_change(now)

    def begin(self, chat: SimulatedChat, now: float) -> None:
        """Turn an offer into a chat."""
        self.pass_time(now)
        self.offers -= 1
        self.chats[chat.number] = chat
        heappush(self._marks, (self._work + chat.demand, chat.number))
        self.changed_at = now
        self.pace += 1
        self.version += 1

    def end_next(self, now: float) -> None:
        """End the chat that has had what it needed."""
        self.pass_time(now)
        _, number = heappop(self._marks)
        del self.chats[number]
        self._note_change(now)
        self.pace += 1

    def next_end(self) -> float | None:
        """When the next chat ends at this pace, or None without a chat."""
        if not self._marks:
            return None
        held = len(self.chats)
        left = max(0.0, self._marks[0][0] - self._work)
        return self._at + left * held / self.factors[held - 1]

    def _note_change(self, now: float) -> None:
        self.changed_at = now
        self.version += 1
        if not self.used:
            self.idle_since = now
