"""How soon first responses came, for pages that print it beside a service level.

    bins_of(counts) -> list[Bin]                                how soon, in steps of 2 s
    speed(*, company, since, until) -> Speed                    its percentiles alone

Days and chats are those of `service_level`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from agency.domain.promise.figures import Level
from agency.services.reports import verdict_sql
from agency.services.reports.period import check_period, zone_of
from tenants.models import Company

# The chart of first responses: steps of 2 s, and everything from 40 s on in one.
BIN_SECONDS, BINS = 2, 20


@dataclass(frozen=True, slots=True)
class Bin:
    """Chats answered from `starts` up to and not including the next step, in seconds."""

    starts: int
    count: int


@dataclass(frozen=True, slots=True)
class Speed:
    """First responses of answered chats, in seconds, None without any."""

    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    longest: float | None = None

    @classmethod
    def of(cls, level: Level) -> "Speed":
        """Those of a counted period."""
        return cls(level.response_p50, level.response_p90, level.response_p95, level.response_max)


def bins_of(counts: Mapping[int, int]) -> list[Bin]:
    """List every step in order, of which these were counted. The last holds all from 40 s on."""
    return [Bin(index * BIN_SECONDS, counts.get(index, 0)) for index in range(BINS + 1)]


def speed(*, company: Company | None, since: date, until: date) -> Speed:
    """Percentiles of the first response alone, to set beside another period's. One query.

    Raises:
        BadPeriod: reversed, or over 400 days.
    """
    check_period(since, until)
    [(ranks,)] = verdict_sql.read(verdict_sql.SPEED, company=company, zone=zone_of(company), since=since, until=until)
    return Speed(*ranks) if ranks else Speed()
