"""A day of chats for the service report, with its figures worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from agency.domain.promise.figures import Level
from agency.models import ChatRecord, RecordEvent
from agency.services.reports import service_level
from tenants.models import Company
from tests.agency.services.records import finish, note

DAY = date(2026, 11, 23)

MICRO = 0.000001

SPAM, RATING = RecordEvent.Kind.SPAM, RecordEvent.Kind.RATING


def on(hour: int, minute: int = 0, second: float = 0, *, day: date = DAY) -> datetime:
    """Return a moment of winter's Amsterdam, one hour before UTC's."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)
    return start + timedelta(hours=hour, minutes=minute, seconds=second)


def day_of(company: Company | None, day: date = DAY) -> Level:
    """One day's total."""
    return service_level.service_level(company=company, since=day, until=day).total


def whole(company: Company | None, day: date = DAY) -> dict[str, Any]:
    """One day, as arguments."""
    return {"company": company, "since": day, "until": day}


def by_hand(acme: Company) -> None:
    """Make that day."""
    finish(acme, on(9), answer=8, end=300, accept=4, settle=340, concurrency=1, rating=1)
    finish(acme, on(9, 10), answer=20, end=600, accept=10, settle=650, concurrency=2, rating=1)
    finish(acme, on(9, 20), answer=20 + MICRO, end=400, accept=10)
    finish(acme, on(9, 45), answer=31, end=500, accept=25, free_slots=0, rating=0)
    finish(acme, on(10), end=5, by="left")
    finish(acme, on(10, 5), end=5 + MICRO, by="visitor")
    finish(acme, on(10, 10), end=25, by="left", seats=0, free_slots=0)
    finish(acme, on(10, 20), end=12, by="operator", accept=2)
    finish(acme, on(11), answer=2, outcome="spam", rating=1)
    late = finish(acme, on(11, 5), answer=40)
    note(late, SPAM, 1, after=86_400)
    back = finish(acme, on(11, 10), answer=3, end=200, outcome="spam")
    note(back, SPAM, 1, after=300)
    note(back, SPAM, 0, after=400)
    finish(acme, on(23, 30), answer=50, end=60, in_hours=False, rating=1)
    finish(acme, on(12), answer=10, end=100, outcome="test")


_EDGES = [0.0, 4.999999, 5.0, 5.000001, 9.999999, 10.0, 10.000001, 19.999999, 20.0, 20.000001]
_EDGES += [29.999999, 30.0, 30.000001, 45.0, 599.999999]

_waits = st.one_of(st.sampled_from(_EDGES), st.integers(0, 90_000_000).map(lambda us: us / 1e6))

random_facts = st.fixed_dictionaries(
    {
        "answer": st.none() | _waits,
        "end": _waits,
        "accept": st.none() | _waits,
        "by": st.sampled_from(["operator", "visitor", "idle", "left", "end_of_hours", "nobody", "manager"]),
        "settle": st.none() | _waits,
        "promise_seconds": st.sampled_from([5, 20, 25, 30]),
        "seats": st.integers(0, 2),
        "free_slots": st.integers(0, 2),
        "bounces": st.integers(0, 2),
        "concurrency": st.integers(0, 3),
        "in_hours": st.booleans(),
        "outcome": st.sampled_from(["", "resolved", "spam", "test"]),
        "rating": st.none() | st.integers(0, 1),
        "later": st.lists(st.integers(0, 1), max_size=2),
    }
)


def finish_any(company: Company, chats: list[dict[str, Any]]) -> list[ChatRecord]:
    """Write chats of random facts, one each minute of DAY from noon."""
    made = []
    for number, chat in enumerate(chats):
        facts = dict(chat)
        marks = facts.pop("later")
        record = finish(company, on(12, number), **facts)
        for step, value in enumerate(marks):
            note(record, SPAM, value, after=1000 + step)
        made.append(record)
    return made
