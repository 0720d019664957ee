"""A site's day as stretches without a gap: what it offered, and when nobody knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agency.domain.facts.stretches import cover
from agency.domain.pool import reasons
from agency.domain.pool.reasons import PoolReason

# Nobody looked: no process of ours was there to give an answer, or none that could say so.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Offered:
    """One answer for some time. `mode`: chat, form, phone, hidden or unknown. `level`: see domain.pool.overflow."""

    mode: str
    level: str
    reason: PoolReason
    starts_at: datetime
    ends_at: datetime

    @property
    def lasts(self) -> timedelta:
        """How long it was given."""
        return self.ends_at - self.starts_at


def fill_gaps(offered: Iterable[Offered], begin: datetime, end: datetime) -> list[Offered]:
    """Cover a time with the answers of a site, `unknown` wherever there is none. Their sum is that time.

    Raises:
        ValueError: two of them overlap.
    """
    return cover(offered, begin, end, _unknown)


def sum_up(day: Iterable[Offered]) -> Mapping[tuple[str, str], timedelta]:
    """How long each answer was given for each reason: (mode, code), where a chat and the unknown have no code."""
    lasted: dict[tuple[str, str], timedelta] = {}
    for one in day:
        key = (one.mode, one.reason.code)
        lasted[key] = lasted.get(key, timedelta()) + one.lasts
    return lasted


def _unknown(starts: datetime, ends: datetime) -> Offered:
    return Offered(UNKNOWN, "", reasons.NONE, starts, ends)
