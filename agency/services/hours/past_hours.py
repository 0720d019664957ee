"""A company's hours as they were: today's, with the changes that the log tells of taken back one by one."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.db.models import Q

from agency.domain.hours import hours as clock
from agency.domain.hours.hours import DEFAULT_WEEK, Hours, Stretch
from agency.domain.hours.hours import HoursOnDate as Dated
from agency.domain.hours.hours_as_text import parse_days, parse_windows, week_of
from agency.models import DatedHours, LogEntry, OpeningHours
from agency.services.hours.weekly_hours import WEEKDAYS
from tenants.models import Company

_WEEK, _ADDED, _REMOVED = "hours.changed", "dated_hours.added", "dated_hours.removed"
_ALWAYS = datetime.min.replace(tzinfo=UTC)


class PastHours:
    """The hours of one company at any time in the past."""

    def __init__(self, states: Iterable[tuple[datetime, Hours]]) -> None:
        """Keep the states in order of time. Each holds from its instant on."""
        self._since, self._hours = zip(*states, strict=True)
        self._days: dict[tuple[int, date], list[Stretch]] = {}

    def answers(self, at: datetime, start: datetime, end: datetime) -> set[bool]:
        """Whether it was open at an instant, by each of the hours that held between two others."""
        first, last = bisect_right(self._since, start) - 1, bisect_right(self._since, end)
        return {self._is_open(state, at) for state in range(first, last)}

    def _is_open(self, state: int, at: datetime) -> bool:
        # A day's stretches once: the arithmetic of zones takes 60 us, and a company has thousands of chats.
        day = at.astimezone(UTC).date()
        found = self._days.get((state, day))
        if found is None:
            start = datetime.combine(day, time(), UTC)
            found = clock.stretches(self._hours[state], start, start + clock.DAY)
            self._days[state, day] = found
        return any(opens <= at < closes for opens, closes in found)


class _Book:
    """Weekly and dated hours as they stand at one moment of the log, which is read forwards or backwards."""

    def __init__(self, company: Company) -> None:
        self._zone = company.zone
        own = OpeningHours.objects.filter(company=company)
        windows = list(own.values_list("weekday", "opens", "closes"))
        windows = windows or [(w.weekday, w.opens, w.closes) for w in DEFAULT_WEEK]
        self._week = {
            day: [(opens, closes) for weekday, opens, closes in windows if weekday == number]
            for number, day in enumerate(WEEKDAYS)
        }
        # Of the agency, and of the company: each in the order in which they were added.
        self._dated: dict[UUID | None, list[Dated]] = {None: [], company.pk: []}
        rows = DatedHours.objects.filter(Q(company=company) | Q(company__isnull=True))
        for row in rows.order_by("pk"):
            self._dated[row.company_id].append(Dated(row.starts_on, row.ends_on, row.opens, row.closes))

    def read(self, entry: LogEntry, *, back: bool = False) -> None:
        """Apply a line of the log, or with `back` undo it."""
        if entry.action == _WEEK:
            side = 0 if back else 1
            self._week |= {day: list(parse_windows(pair[side] or "")) for day, pair in entry.changes.items()}
            return
        rows, row = self._dated[entry.company_id], _row(entry)
        if (entry.action == _ADDED) != back:
            # Rows older than the log, or removed from it, come before all that the log added.
            rows.insert(0 if back else len(rows), row)
        elif row in rows:
            # The newest of equal ones.
            del rows[len(rows) - 1 - rows[::-1].index(row)]

    def hours(self) -> Hours:
        """Return the company's hours at this moment. Its own days go before the agency's."""
        days = (row for rows in self._dated.values() for row in rows)
        return Hours(self._zone, week_of(self._week[day] for day in WEEKDAYS), tuple(days))


def read_past_hours(company: Company) -> PastHours:
    """A company's hours in all their states, from the log. Three queries."""
    # A line whose company was erased has none either; the agency's own never had one.
    agency = Q(company__isnull=True, object_id="")
    log = LogEntry.objects.filter(Q(company=company) | agency, action__in=(_WEEK, _ADDED, _REMOVED)).order_by(
        "at", "id"
    )
    changes, book = list(log), _Book(company)
    for entry in reversed(changes):
        book.read(entry, back=True)
    states = [(_ALWAYS, book.hours())]
    for entry in changes:
        book.read(entry)
        states.append((entry.at, book.hours()))
    return PastHours(states)


def _row(entry: LogEntry) -> Dated:
    first, last = parse_days(entry.object_name)
    hours = next(side for side in entry.changes["hours"] if side is not None)
    opens, closes = parse_windows(hours)[0] if hours else (None, None)
    return Dated(first, last, opens, closes)
