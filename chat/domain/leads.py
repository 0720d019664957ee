"""A lead: somebody who wants to hear from a company, how and when they can be reached, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from agency.domain.hours.hours import to_utc
from agency.domain.hours.periods import local_day

# A name for a call that is planned further ahead belongs in the company's own diary.
MOST_DAYS_AHEAD = 60
REASON_LIMIT = 200
CONSENT_LIMIT = 300
# A call at an exact time stands in a diary for this long.
CALL_LASTS = timedelta(minutes=15)


class LeadSource(StrEnum):
    """The door through which a lead came."""

    CHAT = "chat"
    QUESTION = "question"
    CALL_BACK = "call_back"


class Channel(StrEnum):
    """How somebody wants to be reached."""

    MAIL = "mail"
    PHONE = "phone"


class LeadState(StrEnum):
    """The state of a lead. It goes from new to acknowledged, and from there to won or lost."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    WON = "won"
    LOST = "lost"


# The results, between which a mistake can be put right.
RESULTS = frozenset({LeadState.WON, LeadState.LOST})


class DayPart(StrEnum):
    """A part of a day in which somebody can be called."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


# From and until, in minutes of the company's local time.
PART_MINUTES = {
    DayPart.MORNING: (9 * 60, 12 * 60),
    DayPart.AFTERNOON: (12 * 60, 17 * 60),
    DayPart.EVENING: (17 * 60, 21 * 60),
}


class BadTime(ValueError):
    """Raised for a time at which nobody can be called: over, too far ahead, or said in two ways."""


@dataclass(frozen=True, slots=True)
class BestTime:
    """When somebody wants to be called, on the company's clock. Without a day: as soon as possible.

    `part` and `at` exclude each other; with neither the whole day is meant.
    """

    day: date | None = None
    part: str = ""
    at: time | None = None


def check_best_time(best: BestTime, zone: str, now: datetime) -> None:
    """Accept a time that can still come.

    Raises:
        BadTime: see there.
    """
    if best.part and best.at is not None:
        raise BadTime("a part of the day or an exact time, not both")
    if best.day is None:
        if best.part or best.at is not None:
            raise BadTime("a part of the day or a time needs a day")
        return
    today = local_day(now, zone)
    if not today <= best.day <= today + timedelta(days=MOST_DAYS_AHEAD):
        raise BadTime(f"a day from today up to {MOST_DAYS_AHEAD} days ahead")
    if call_window(best, zone)[1] <= now:
        raise BadTime("that part of today is over")


def call_window(best: BestTime, zone: str) -> tuple[datetime, datetime]:
    """Return from when until when (UTC) a person with a day in mind can be called.

    Times that a clock skips or shows twice are read as opening hours are (`agency/domain/hours/hours.py`).
    """
    assert best.day is not None
    place = ZoneInfo(zone)
    if best.at is not None:
        start = to_utc(best.day, best.at.hour * 60 + best.at.minute, place)
        return start, start + CALL_LASTS
    if best.part:
        opens, closes = PART_MINUTES[DayPart(best.part)]
    else:
        opens, closes = PART_MINUTES[DayPart.MORNING][0], PART_MINUTES[DayPart.EVENING][1]
    return to_utc(best.day, opens, place), to_utc(best.day, closes, place)
