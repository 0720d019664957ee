"""Other hours on given days: of one company, or of all of them when the agency itself is closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from agency.domain.hours.hours_as_text import format_days, format_windows
from agency.models import DatedHours, User
from agency.services.audit import Subject, note_change
from tenants.models import Company

# Ten years of public holidays, one row each.
MOST_DATED = 200

# Hours of a day: a window in minutes of local wall time, None for closed, USUAL for those that hold without a row.
Wanted = tuple[int, int] | str | None
USUAL = "usual"


class TooMany(Exception):
    """There are as many dated hours as there may be."""


class WithinLonger(Exception):
    """A day can't be as usual: it lies in dated hours of several days, `row`."""

    def __init__(self, row: DatedHours) -> None:
        super().__init__(format_days(row.starts_on, row.ends_on))
        self.row = row


@dataclass(frozen=True, slots=True)
class OtherHours:
    """Hours that differ from the week's, first and last day included.

    `window`: minutes of local wall time; None is closed.
    """

    starts_on: date
    ends_on: date
    window: tuple[int, int] | None
    note: str = ""


@transaction.atomic
def add_dated(*, company: Company | None, hours: OtherHours, by: User, now: datetime) -> DatedHours:
    """Other hours on certain days, both included. Of two that overlap the newest holds, a company's own before the
    agency's.

    Args:
        company: None for every company.

    Raises:
        TooMany: the company, or the agency, has 200 already.
    """
    _lock(company)
    if DatedHours.objects.filter(company=company).count() >= MOST_DATED:
        raise TooMany
    opens, closes = hours.window or (None, None)
    made = DatedHours.objects.create(
        company=company,
        starts_on=hours.starts_on,
        ends_on=hours.ends_on,
        opens=opens,
        closes=closes,
        note=hours.note,
    )
    changes = {"hours": (None, hours_of(made)), "note": (None, made.note)}
    _note("dated_hours.added", made, changes, by, now)
    return made


@transaction.atomic
def remove_dated(*, company: Company | None, starts_on: date, ends_on: date, by: User, now: datetime) -> bool:
    """Remove the newest dated hours of exactly these days. False if there are none."""
    rows = DatedHours.objects.filter(company=company, starts_on=starts_on, ends_on=ends_on)
    row = rows.order_by("-pk").first()
    if row is None:
        return False
    _remove(row, by, now)
    return True


@transaction.atomic
def set_days(
    *,
    company: Company | None,
    days: Mapping[date, Wanted],
    names: Mapping[date, str],
    by: User,
    now: datetime,
) -> int:
    """Set for single days whether they are as usual, closed or have other hours: all of them or none.

    Args:
        days: what each is to be; those that are so already stay untouched.
        names: of each day, kept as its note.

    Returns:
        How many days changed.

    Raises:
        TooMany: more than 200 rows.
        WithinLonger: a day that is to be as usual lies in dated hours of several days.
    """
    _lock(company)
    own = list(DatedHours.objects.filter(company=company).order_by("pk"))
    changed = 0
    for day, wanted in days.items():
        if wanted == found_on(own, day):
            continue
        _clear_day(own, day, wanted, by, now)
        if not isinstance(wanted, str):
            hours = OtherHours(day, day, wanted, names[day][:100])
            add_dated(company=company, hours=hours, by=by, now=now)
        changed += 1
    return changed


def _clear_day(own: list[DatedHours], day: date, wanted: Wanted, by: User, now: datetime) -> None:
    """Take away what these rows say of this day alone.

    Raises:
        WithinLonger: it is to be as usual and lies in dated hours of several days.
    """
    longer = [row for row in own if _covers(row, day) and row.starts_on != row.ends_on]
    if wanted == USUAL and longer:
        raise WithinLonger(longer[-1])
    for row in [row for row in own if row.starts_on == row.ends_on == day]:
        _remove(row, by, now)


def list_dated(company: Company | None, today: date) -> list[DatedHours]:
    """Those that aren't over, soonest first."""
    rows = DatedHours.objects.filter(company=company, ends_on__gte=today)
    return list(rows.order_by("starts_on", "pk"))


def found_on(rows: list[DatedHours], day: date) -> Wanted:
    """Return the hours of a day by these rows, oldest first."""
    row = next((row for row in reversed(rows) if _covers(row, day)), None)
    if row is None:
        return USUAL
    return None if row.opens is None or row.closes is None else (row.opens, row.closes)


def hours_of(row: DatedHours) -> str:
    """Return the hours of dated hours as text, "" when closed."""
    if row.opens is None or row.closes is None:
        return ""
    return format_windows([(row.opens, row.closes)])


def _covers(row: DatedHours, day: date) -> bool:
    return row.starts_on <= day <= row.ends_on


def _lock(company: Company | None) -> None:
    """One change at a time per company. Two at once of the agency's leave two rows that say what both managers said."""
    if company is not None:
        Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _remove(row: DatedHours, by: User, now: datetime) -> None:
    changes = {"hours": (hours_of(row), None), "note": (row.note, None)}
    _note("dated_hours.removed", row, changes, by, now)
    row.delete()


def _note(
    action: str,
    row: DatedHours,
    changes: dict[str, tuple[Any, Any]],
    by: User,
    now: datetime,
) -> None:
    note_change(
        actor=by,
        action=action,
        now=now,
        company=row.company,
        about=Subject(row.company, format_days(row.starts_on, row.ends_on)),
        changes=changes,
    )
