"""The plan of a week against its forecast: chats, people needed and people planned, half hour by half hour."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from agency.domain.hours.hours import DAY, Stretch, to_utc
from agency.domain.hours.periods import HALF_HOUR_MINUTES, day_bounds
from agency.domain.promise.sla import PromiseTerms as Target
from agency.domain.shifts.cover import STEP, CoverFrame, count_planned, covered, frame_of
from agency.domain.shifts.need import people_needed
from agency.domain.shifts.shift_times import LONGEST, WEEK, Span
from agency.models import PoolRule
from agency.services.certification.rules import DEFAULT_MIN_CERTIFIED
from agency.services.hours.agreement import list_hours
from agency.services.shifts.forecast import HALF_HOURS, Outlook, find_usual_promise, forecast_week
from agency.services.shifts.gaps import open_masks
from agency.services.shifts.shifts import ZONE, ShiftRow, by_operator, list_week_rows
from tenants.models import Company

_NONE = timedelta()
# A half hour with fewer is one in which nobody comes but by chance.
_FEW_CHATS = 0.05


@dataclass(frozen=True, slots=True)
class HalfHour:
    """One half hour of the wall. `chats`: forecast. `came`: counted, None if it isn't over. `planned`: for all of it.

    `least`: what a company that is open then must have certified.
    """

    minute: int
    chats: float
    came: int | None
    least: int
    need: int
    planned: int
    length: timedelta
    is_past: bool

    @property
    def over(self) -> int:
        """People planned above the need, below 0 where so many are short."""
        return self.planned - self.need

    @property
    def short(self) -> timedelta:
        """People's time that is missing and can still be planned."""
        return timedelta() if self.is_past else self.length * max(0, -self.over)


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day's half hours from the first to the last that matters in the week. Lengths are of people's time."""

    day: date
    halves: list[HalfHour]
    chats: float
    came: int | None
    needed: timedelta
    planned: timedelta
    short: timedelta


@dataclass(frozen=True, slots=True)
class Opening:
    """A stretch of a day with too few planned: at its worst `short` of `need`, `length` of people's time in all.

    `chats`: how many come meanwhile.
    """

    span: Span
    short: int
    need: int
    length: timedelta
    chats: float


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """A week against its forecast. `short` and `over`, people's time, count from now on: what is past stays so.

    `gaps`: what is short, those first where most is missing while most visitors come.
    """

    outlook: Outlook
    promise: Target
    days: list[PlannedDay] = field(default_factory=list)
    gaps: list[Opening] = field(default_factory=list)
    needed: timedelta = _NONE
    planned: timedelta = _NONE
    short: timedelta = _NONE
    over: timedelta = _NONE
    shifts: list[Stretch] = field(default_factory=list)

    @property
    def chats(self) -> float:
        """Forecast of the whole week."""
        return sum(day.chats for day in self.days)


def plan_week(*, monday: date, now: datetime, rows: Iterable[ShiftRow] | None = None) -> WeekPlan:
    """Compare the plan of a week with the chats forecast for it. Seven queries.

    A half hour needs what its chats need at the usual promise, and from the first to the last that is used in the week
    no fewer than any company that is open then must have certified. Somebody counts as planned for a half hour who is
    planned for all of it. Without a forecast there are no days. `rows`: those of `list_week_rows`, if they are read
    already.
    """
    outlook = forecast_week(monday=monday, now=now)
    companies = list(Company.objects.filter(ready=True, live_at__isnull=False).only("name", "zone"))
    promise = find_usual_promise(companies, now)
    if outlook.forecast is None:
        return WeekPlan(outlook, promise)
    week = day_bounds(monday, ZONE)[0], day_bounds(monday + WEEK, ZONE)[0]
    frame = frame_of(*week)
    shifts = by_operator(list_week_rows(monday) if rows is None else rows)
    masks = [covered(frame, stretches) for stretches in shifts.values()]
    board = _Board(
        outlook,
        promise,
        frame,
        count_planned(masks, frame.steps),
        _least(companies, frame, week[1]),
    )
    dates = [monday + n * DAY for n in range(7)]
    whole = {day: list(board.halves(day, now)) for day in dates}
    days = [_day(day, halves, outlook.came) for day, halves in _trimmed(whole).items()]
    coming = [half for day in days for half in day.halves if not half.is_past]
    gaps = [gap for day in days for gap in _gaps(day.day, day.halves)]
    return WeekPlan(
        outlook=outlook,
        promise=promise,
        days=days,
        gaps=sorted(gaps, key=lambda gap: -gap.length * (1 + gap.chats)),
        needed=sum((day.needed for day in days), _NONE),
        planned=_paid(shifts, week),
        short=sum((day.short for day in days), _NONE),
        over=sum((half.length * max(0, half.over) for half in coming), _NONE),
        shifts=[stretch for stretches in shifts.values() for stretch in stretches],
    )


@dataclass(frozen=True, slots=True)
class _Board:
    """The inputs of a week's half hours: `people` planned and the `least` there must be, by quarter."""

    outlook: Outlook
    promise: Target
    frame: CoverFrame
    people: list[int]
    least: list[int]

    def halves(self, day: date, now: datetime) -> Iterator[HalfHour]:
        """List a day's half hours, without those the clock jumps over."""
        assert self.outlook.forecast is not None
        expected = self.outlook.forecast.days[day]
        came = self.outlook.came.get(day)
        place = ZoneInfo(ZONE)
        for n in range(HALF_HOURS):
            minute = n * HALF_HOUR_MINUTES
            start = to_utc(day, minute, place)
            end = to_utc(day, minute + HALF_HOUR_MINUTES, place)
            if end <= start:
                continue
            quarters = slice((start - self.frame.start) // STEP, (end - self.frame.start) // STEP)
            least = max(self.least[quarters])
            # Nobody is open: who comes all the same finds a form and no chat.
            chats = expected[n] if least else 0.0
            yield HalfHour(
                minute=minute,
                chats=chats,
                came=None if came is None else round(came[n]),
                least=least,
                need=self._people(chats),
                planned=min(self.people[quarters]),
                length=end - start,
                is_past=end <= now,
            )

    def _people(self, chats: float) -> int:
        return people_needed(
            chats,
            pace=self.outlook.pace,
            share=self.promise.share,
            within_s=self.promise.seconds,
        )


def _trimmed(week: Mapping[date, Sequence[HalfHour]]) -> dict[date, list[HalfHour]]:
    """Return the half hours from the first to the last of the week with chats or people. Each needs at least its least.

    A company that is open all night without visitors lacks nobody here. `gaps.py` tells of companies without their
    people.
    """
    used = [half.minute for halves in week.values() for half in halves if half.chats >= _FEW_CHATS or half.planned]
    first, last = min(used, default=0), max(used, default=-1)
    return {
        day: [replace(half, need=max(half.need, half.least)) for half in halves if first <= half.minute <= last]
        for day, halves in week.items()
    }


def _day(day: date, halves: list[HalfHour], came: Mapping[date, Sequence[float]]) -> PlannedDay:
    return PlannedDay(
        day=day,
        halves=halves,
        chats=sum(half.chats for half in halves),
        came=round(sum(came[day])) if day in came else None,
        needed=sum((half.length * half.need for half in halves), _NONE),
        planned=sum((half.length * half.planned for half in halves), _NONE),
        short=sum((half.short for half in halves), _NONE),
    )


def _gaps(day: date, halves: Sequence[HalfHour]) -> Iterator[Opening]:
    """The stretches of a day that are short, none longer than a shift may be."""
    most = LONGEST // timedelta(minutes=HALF_HOUR_MINUTES)
    run: list[HalfHour] = []
    for half in [*halves, None]:
        is_short = half is not None and half.over < 0 and not half.is_past
        if run and (not is_short or len(run) == most):
            worst = min(run, key=lambda one: one.over)
            yield Opening(
                Span(day, run[0].minute, run[-1].minute + HALF_HOUR_MINUTES),
                -worst.over,
                worst.need,
                sum((one.short for one in run), _NONE),
                sum(one.chats for one in run),
            )
            run = []
        if half is not None and is_short:
            run.append(half)


def _least(companies: Sequence[Company], frame: CoverFrame, until: datetime) -> list[int]:
    """Return the largest number of certified people needed by a company that is open, by quarter. Three queries."""
    needs = dict(PoolRule.objects.values_list("company", "min_certified"))
    open_: defaultdict[int, int] = defaultdict(int)
    for company_id, mask in open_masks(list_hours(companies), frame, until).items():
        open_[needs.get(company_id, DEFAULT_MIN_CERTIFIED)] |= mask
    return [
        max((least for least, mask in open_.items() if mask >> quarter & 1), default=0)
        for quarter in range(frame.steps)
    ]


def _paid(shifts: Mapping[UUID, Sequence[Stretch]], week: Stretch) -> timedelta:
    """Real time of the shifts that lies in the week."""
    return sum(
        (min(end, week[1]) - max(start, week[0]) for stretches in shifts.values() for start, end in stretches),
        _NONE,
    )
