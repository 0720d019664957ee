"""How today goes so far: company by company for a manager, and for an operator their own chats."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from agency.domain.hours.hours import DEFAULT_ZONE
from agency.domain.hours.periods import local_day
from agency.domain.promise.figures import Level
from agency.services.reports import service_level
from agency.services.reports.levels import count_by
from agency.services.reports.service_level import CompanyLevel

# Companies that a first page shows at most. The report has them all.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Today:
    """The companies with finished chats to judge by, the worst first. `more` of them aren't shown, and `quiet` had
    none yet.
    """

    day: date
    lines: list[CompanyLevel]
    more: int
    quiet: int


def list_today(now: datetime) -> Today:
    """Compare today's share kept per company with its promise. Three queries.

    The worst is the one that is most chats short of its promise: 20 of 30 is worse than 0 of 1. Those that keep it come
    last, the one with most room at the end.
    """
    day = local_day(now, DEFAULT_ZONE)
    every = service_level.companies_overview(since=day, until=day)
    judged = [line for line in every if line.level.base]
    judged.sort(key=short_of, reverse=True)
    shown = judged[:SHOWN]
    return Today(day, shown, len(judged) - len(shown), len(every) - len(judged))


def own_level(operator_id: UUID, now: datetime) -> Level:
    """Count the chats of today that this operator held last, of all companies, by the rules of every report. One
    query.
    """
    day = local_day(now, DEFAULT_ZONE)
    whole = count_by("day", company=None, zone=DEFAULT_ZONE, since=day, until=day, operator=operator_id)
    return whole.get(None, Level())


def short_of(line: CompanyLevel) -> float:
    """Return how many chats a company is short of its promise, below 0 if it has room."""
    return line.level.base * line.promise.share - line.level.within_promise
