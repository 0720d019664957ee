"""The length of opening hours: the sum of the stretches of a time."""

from datetime import datetime, timedelta

from agency.domain.hours.hours import Hours, stretches


def open_seconds(hours: Hours, start: datetime, end: datetime) -> int:
    """Count the real open seconds between two instants. 0 when `end` is not after `start`."""
    if end <= start:
        return 0
    parts = (min(closes, end) - max(opens, start) for opens, closes in stretches(hours, start, end))
    return sum(parts, timedelta()) // timedelta(seconds=1)
