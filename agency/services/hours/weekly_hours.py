"""The promise to a company as a manager sets it: weekly hours, seconds to a first answer."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from agency.domain.hours.hours import DEFAULT_WEEK, Window
from agency.domain.hours.hours_as_text import format_windows
from agency.models import OpeningHours, Promise, User
from agency.services.audit import note_change
from tenants.models import Company

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@transaction.atomic
def set_week(*, company: Company, week: Iterable[Window], by: User, now: datetime) -> bool:
    """Replace a company's weekly hours. Widgets follow within 2 s, and open chats go on. False if nothing differs."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    new = tuple(week)
    rows = OpeningHours.objects.filter(company=company)
    old = tuple(Window(row.weekday, row.opens, row.closes) for row in rows) or DEFAULT_WEEK
    if _by_day(old) == _by_day(new):
        return False
    rows.delete()
    write_week(company, new)
    before, after = _by_day(old), _by_day(new)
    changes = {day: (before[day], after[day]) for day in WEEKDAYS if before[day] != after[day]}
    note_change(actor=by, action="hours.changed", now=now, company=company, about=company, changes=changes)
    return True


def write_week(company: Company, week: Iterable[Window]) -> None:
    """Write the weekly windows of a company that has none."""
    OpeningHours.objects.bulk_create(
        OpeningHours(company=company, weekday=w.weekday, opens=w.opens, closes=w.closes) for w in week
    )


@transaction.atomic
def set_promise(*, company: Company, seconds: int, share: Decimal, by: User | None, now: datetime) -> Promise | None:
    """Make a new version of the promise from now on. Chats that began before keep theirs. None if it says the same.

    Args:
        share: the part of chats that is to be answered within `seconds`, 0.5 to 1.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    last = Promise.objects.filter(company=company).order_by("-version").first()
    if last is not None and (last.seconds, last.share) == (seconds, share):
        return None
    made = Promise.objects.create(
        company=company,
        version=last.version + 1 if last else 1,
        seconds=seconds,
        share=share,
        valid_from=now,
    )
    changes = {
        "seconds": (last.seconds if last else None, seconds),
        "share": (f"{last.share:.1%}" if last else None, f"{share:.1%}"),
    }
    changes = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
    note_change(actor=by, action="promise.changed", now=now, company=company, about=company, changes=changes)
    return made


def _by_day(week: Iterable[Window]) -> dict[str, str]:
    days: dict[str, list[tuple[int, int]]] = {day: [] for day in WEEKDAYS}
    for window in week:
        days[WEEKDAYS[window.weekday]].append((window.opens, window.closes))
    return {day: format_windows(sorted(windows)) for day, windows in days.items()}
