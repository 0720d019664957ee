"""A person's day at the desk, from the stretches that their seat left: what they did when, without gap or overlap."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agency.domain.facts.stretches import cover

FREE, FULL, BREAK, TRAINING, DRAIN, AWAY = "free", "full", "break", "training", "drain", "away"
STATES = frozenset({FREE, FULL, BREAK, TRAINING, DRAIN, AWAY})
# States in which somebody is at their desk for visitors: the staffed time of occupancy.
STAFFED = frozenset({FREE, FULL, DRAIN})


@dataclass(frozen=True, slots=True)
class PresenceStretch:
    """A time in which one person stood one way. `reason`: of a break or a drain."""

    state: str
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    capacity: int = 0

    @property
    def lasts(self) -> timedelta:
        """How long it is, in real time."""
        return self.ends_at - self.starts_at


def state_of(*, paused: bool, pause_reason: str, draining: bool, used: int, capacity: int) -> str:
    """The state of a seat with a lease. A break goes before a drain, which goes before the slots.

    The database decides by the same rule (`agency_presence_state`); a test holds the two together.
    """
    if paused:
        return TRAINING if pause_reason == TRAINING else BREAK
    if draining:
        return DRAIN
    return FULL if used >= capacity else FREE


def timeline(stretches: Iterable[PresenceStretch], begin: datetime, end: datetime) -> list[PresenceStretch]:
    """Cover the time from `begin` to `end` with one person's stretches, in order. What they leave open is away.

    Raises:
        ValueError: two of the stretches overlap.
    """
    return cover(stretches, begin, end, lambda starts_at, ends_at: PresenceStretch(AWAY, starts_at, ends_at))


def time_in(stretches: Iterable[PresenceStretch], states: Iterable[str]) -> timedelta:
    """Return the time that was spent in any of these states."""
    wanted = frozenset(states)
    return sum((stretch.lasts for stretch in stretches if stretch.state in wanted), timedelta())
