"""The periods that reports and invoices count in: a local half hour, day and month.

The report day is the local date of arrival; an invoice's month is the local month of the close.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from agency.domain.hours.hours import DAY, to_utc

HALF_HOUR_MINUTES = 30


def local_day(at: datetime, zone: str) -> date:
    """Return the date that a wall calendar in this zone shows at an aware instant."""
    return _local(at, zone).date()


def local_month(at: datetime, zone: str) -> date:
    """Return the first day of the local month of an aware instant."""
    return local_day(at, zone).replace(day=1)


def half_hour(at: datetime, zone: str) -> datetime:
    """Return the start (UTC) of the local half hour around an aware instant.

    Subtracted in real time, so the hour that comes twice in autumn stays two hours.
    """
    local = _local(at, zone)
    past = timedelta(
        minutes=local.minute % HALF_HOUR_MINUTES,
        seconds=local.second,
        microseconds=local.microsecond,
    )
    return at.astimezone(UTC) - past


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return start and end (UTC, end excluded) of a local day: 23, 24 or 25 hours."""
    place = ZoneInfo(zone)
    return to_utc(day, 0, place), to_utc(day + DAY, 0, place)


def _local(at: datetime, zone: str) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(ZoneInfo(zone))
