"""The demo's past before it was installed: chats of the last 35 days, drawn from a fixed seed. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from balie.demo import dialogues
from balie.demo.dialogues import OPERATOR, VISITOR, DemoDialogue
from tenants.zone import AGENCY_ZONE

DAYS = 35
CHATS_A_DAY = 12
ZONE = ZoneInfo(AGENCY_ZONE)
# Local hours and how many chats of a hundred come in each: a late morning and an evening peak.
_HOURS = {8: 4, 9: 7, 10: 9, 11: 10, 12: 8, 13: 8, 14: 8, 15: 8, 16: 8, 17: 6, 19: 8, 20: 9, 21: 7}
# Of a hundred chats: left unanswered, left at once, answered late, spam, come back within a day, mailed, rated.
_ABANDONED, _SHORT, _LATE, _SPAM, _AGAIN, _MAILED, _RATED = 3, 1, 6, 2, 6, 18, 42


@dataclass(frozen=True, slots=True)
class DemoText:
    """One text and its moment."""

    side: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DemoHold:
    """The operator who answered, by place among the demo's, and since when they had the chat."""

    operator: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Rated:
    """The visitor's words about it afterwards."""

    good: bool
    words: str
    at: datetime


@dataclass(slots=True)
class Past:
    """One finished chat. Without a holder nobody answered it."""

    id: UUID
    visitor: UUID
    name: str
    path: str
    title: str
    language: str
    arrived_at: datetime
    said: list[DemoText]
    closed_at: datetime
    settled_at: datetime
    reason: str
    outcome: str = "unset"
    held: DemoHold | None = None
    seats: int = 1
    free_slots: int = 0
    concurrency: int = 0
    bounces: int = 0
    rated: Rated | None = None
    mailed_to: str = ""

    @property
    def first_human_at(self) -> datetime | None:
        """The first text of a person on our side."""
        return next((said.at for said in self.said if said.side == OPERATOR), None)


def happened(talks: Sequence[DemoDialogue], *, operators: int, seed: str, now: datetime) -> list[Past]:
    """Every chat of one company that was settled before `now`, in order of arrival.

    Args:
        operators: how many people of the demo answer for this company.
        seed: the same seed gives the same chats for the same day.
    """
    draw = Random(seed)
    found: list[Past] = []
    for arrived_at in _arrivals(draw, now):
        past = _chat(draw, talks, arrived_at, operators)
        earlier = [one for one in found[-10:] if _is_yesterday_or_later(one, arrived_at)]
        if earlier and draw.randrange(100) < _AGAIN:
            first = draw.choice(earlier)
            past.visitor, past.name = first.visitor, first.name
        found.append(past)
    return [past for past in found if past.settled_at < now]


def _arrivals(draw: Random, now: datetime) -> Iterator[datetime]:
    today = now.astimezone(ZONE).date()
    hours, weights = list(_HOURS), list(_HOURS.values())
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        weekend = day.weekday() >= 5
        count = draw.randint(CHATS_A_DAY - 3, CHATS_A_DAY + 3) - (4 if weekend else 0)
        moments = [
            datetime(
                day.year,
                day.month,
                day.day,
                draw.choices(hours, weights)[0],
                draw.randrange(60),
                draw.randrange(60),
                draw.randrange(1_000_000),
                tzinfo=ZONE,
            ).astimezone(UTC)
            for _ in range(count)
        ]
        yield from sorted(moments)


def _chat(draw: Random, talks: Sequence[DemoDialogue], at: datetime, operators: int) -> Past:
    fate = draw.randrange(100)
    if fate < _ABANDONED + _SHORT:
        return _lonely(draw, at, short=fate >= _ABANDONED)
    if fate < _ABANDONED + _SHORT + _SPAM:
        spam = DemoDialogue("/contact", "Contact", "spam", ((VISITOR, draw.choice(dialogues.SPAM)),))
        return _answered(draw, spam, at, operators, late=False)
    late = fate >= 100 - _LATE
    return _answered(draw, draw.choice(talks), at, operators, late=late)


def _lonely(draw: Random, at: datetime, *, short: bool) -> Past:
    waited = draw.uniform(2, 5) if short else draw.uniform(9, 70)
    closed_at = at + timedelta(seconds=waited)
    past = Past(
        id=_id(draw),
        visitor=_id(draw),
        name="",
        path="/",
        title="Home",
        language="nl",
        arrived_at=at,
        said=[DemoText(VISITOR, draw.choice(dialogues.LONELY), at)],
        closed_at=closed_at,
        reason="visitor" if short else draw.choice(["visitor", "left"]),
        settled_at=closed_at,
    )
    past.bounces = 0 if short else draw.choice([0, 0, 1])
    # Only who has room is offered a chat.
    past.free_slots = 2 if short else past.bounces
    return past


def _answered(draw: Random, talk: DemoDialogue, at: datetime, operators: int, *, late: bool) -> Past:
    waited = draw.uniform(21, 75) if late else min(19.5, draw.lognormvariate(2.1, 0.45))
    name = draw.choice(dialogues.NAMES) if draw.random() < 0.7 else ""
    said = _talk(draw, talk, name, at, waited)
    end = said[-1].at + timedelta(seconds=draw.uniform(8, 40))
    reason = draw.choices(["operator", "visitor", "idle"], [80, 15, 5])[0]
    closed_at = end + timedelta(seconds=600 if reason == "idle" else 0)
    past = Past(
        id=_id(draw),
        visitor=_id(draw),
        name=name,
        path=talk.path,
        title=talk.title,
        language=talk.language,
        arrived_at=at,
        said=said,
        closed_at=closed_at,
        reason=reason,
        outcome=talk.outcome,
        held=DemoHold(draw.randrange(operators), at + timedelta(seconds=waited * draw.uniform(0.2, 0.6))),
        settled_at=closed_at + timedelta(seconds=draw.uniform(6, 60)),
        seats=draw.randint(1, operators),
        free_slots=0 if late and draw.random() < 0.6 else draw.randint(1, 4),
        concurrency=draw.choices([1, 2, 3, 4], [45, 30, 17, 8])[0],
        bounces=int(late and draw.random() < 0.3),
    )
    if past.bounces:
        past.free_slots = max(1, past.free_slots)
    if talk.outcome != "spam":
        _say_afterwards(draw, past, late=late)
    return past


def _talk(draw: Random, talk: DemoDialogue, name: str, at: datetime, waited: float) -> list[DemoText]:
    said: list[DemoText] = []
    moment = at
    for place, (side, body) in enumerate(talk.lines):
        if place and not any(one.side == OPERATOR for one in said) and side == OPERATOR:
            moment = at + timedelta(seconds=waited)
        elif place:
            moment += timedelta(seconds=draw.uniform(10, 45))
        plain = body.replace(", {name}", f", {name}" if name else "")
        said.append(DemoText(side, plain, moment))
    return said


def _say_afterwards(draw: Random, past: Past, *, late: bool) -> None:
    if draw.randrange(100) < _RATED:
        good = draw.random() < (0.55 if late else 0.92)
        some = dialogues.GOOD_WORDS if good else dialogues.BAD_WORDS
        words = draw.choice(some) if draw.random() < 0.35 else ""
        at = past.closed_at + timedelta(seconds=draw.uniform(3, 30))
        past.rated = Rated(good, words, at)
        past.settled_at = max(past.settled_at, at)
    if draw.randrange(100) < _MAILED:
        past.mailed_to = f"{(past.name or 'bezoeker').lower()}.{past.visitor.hex[:6]}@mail.test"


def _is_yesterday_or_later(one: Past, at: datetime) -> bool:
    return timedelta(minutes=5) < at - one.closed_at < timedelta(hours=20)


def _id(draw: Random) -> UUID:
    return UUID(int=draw.getrandbits(128), version=4)
