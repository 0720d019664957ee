"""The chats of a week to come, forecast from the records: one query, whatever the number of chats."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean
from zoneinfo import ZoneInfo

from django.db import connection

from agency.domain.hours.hours import DAY
from agency.domain.hours.periods import HALF_HOUR_MINUTES, day_bounds, local_day
from agency.domain.promise.sla import PromiseTerms as Target
from agency.domain.shifts.backtest import Backtest, backtest
from agency.domain.shifts.forecast import SURE_DAYS, Forecast, forecast
from agency.domain.shifts.need import Pace
from agency.domain.shifts.shift_times import WEEK, monday_of
from agency.models import Promise
from agency.services.hours.holidays import HOME, list_holidays
from agency.services.shifts.shifts import ZONE
from tenants.models import Company

# Nearly four turns of the month, and every weekday 16 times. On a bank's 112 days ten weeks missed by 5.6 %, eight by
# 6.2 %, thirteen and all of them by 5.5 %: more history costs only time.
HISTORY = 16 * WEEK
# Weeks that are over, forecast again to tell by how much that missed.
TESTED_WEEKS = 4
# A level doesn't say more about a day further away.
MOST_AHEAD = 8 * WEEK
HALF_HOURS = 48

# How long chats take is measured over the last weeks, from so many chats on.
PACE_OVER = 4 * WEEK
ENOUGH_CHATS = 100
# With so many chats on a weekday, one without any happens less than once in a thousand: it wasn't counted then.
_SELDOM_NONE = 7.0

# By half hours of UTC, which are those of Amsterdam too: one value to hash, and no zone to look up per chat.
_COUNTED = """
    SELECT date_bin('30 minutes', arrived_at, timestamptz '2000-01-01 00:00+00') AS half_hour, count(*),
        count(*) FILTER (WHERE concurrency > 0 AND settled_at > assigned_at),
        coalesce(sum(extract(epoch FROM settled_at - assigned_at))
            FILTER (WHERE concurrency > 0 AND settled_at > assigned_at), 0)::float,
        coalesce(sum(concurrency) FILTER (WHERE settled_at > assigned_at), 0)::int
    FROM public.agency_chatrecord
    WHERE arrived_at >= %s AND arrived_at < %s AND in_hours
    GROUP BY 1
"""

Counts = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A week's forecast. `came`: the chats of its days that are over. `missed`: how far earlier weeks were off.

    `forecast` None: no chats to forecast from, or too far away (`is_far`).
    """

    monday: date
    forecast: Forecast | None
    came: dict[date, Counts]
    missed: Backtest | None
    pace: Pace
    is_far: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    days: dict[date, Counts]
    first: date | None
    pace: Pace


def forecast_week(*, monday: date, now: datetime) -> Outlook:
    """Forecast the chats of all companies of one week from the weeks before it. One query.

    What is known counts up to the week's Monday, for a coming week up to today: so a forecast stays as it is while its
    week runs, and can be held against what came. Days are local ones of the agency.
    """
    today = local_day(now, ZONE)
    if monday > monday_of(today) + MOST_AHEAD:
        return Outlook(monday, None, {}, None, Pace(), is_far=True)
    origin = min(monday, today)
    since = origin - HISTORY
    read = _read(since, min(monday + WEEK, today), origin)
    feasts = {one.day for one in list_holidays(HOME, since, monday + WEEK)}
    known = {day: counts for day, counts in read.days.items() if day < origin}
    if read.first is not None:
        # Its first day may have begun in the middle; a window that cuts a longer history doesn't.
        begins = read.first if read.first == since else read.first + DAY
        known = _counted(known, begins, origin, feasts)
    return Outlook(
        monday=monday,
        forecast=forecast(known, [monday + n * DAY for n in range(7)], holidays=feasts),
        came={
            day: read.days.get(day, (0.0,) * HALF_HOURS) for day in (monday + n * DAY for n in range(7)) if day < today
        },
        missed=_missed(known, origin, feasts),
        pace=read.pace,
    )


def find_usual_promise(companies: Iterable[Company], now: datetime) -> Target:
    """Return the promise that most of these companies have in force, the stricter of two as common. One query.

    The strictest of all would staff the pool for one company: chats are served by the seconds left on their own
    promise, so a stricter one goes first as it is.
    """
    companies = list(companies)
    rows = Promise.objects.filter(company__in=companies, valid_from__lte=now)
    own = {
        company_id: Target(seconds=seconds, share=float(share))
        for company_id, seconds, share in rows.order_by("company", "version").values_list("company", "seconds", "share")
    }
    found = Counter(own.get(company.pk, Target()) for company in companies)
    ranked = sorted(found, key=lambda one: (-found[one], one.seconds, -one.share))
    return ranked[0] if ranked else Target()


def _read(since: date, until: date, origin: date) -> _Read:
    """Count the chats in hours that arrived on these local days, `until` excluded, with their pace up to `origin`."""
    place = ZoneInfo(ZONE)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [day_bounds(since, ZONE)[0], day_bounds(until, ZONE)[0]])
        rows = cursor.fetchall()
    days: defaultdict[date, list[float]] = defaultdict(lambda: [0.0] * HALF_HOURS)
    handled, seconds, together = 0, 0.0, 0
    for at, chats, ended, took, held in rows:
        local = at.astimezone(place)
        day = local.date()
        days[day][(local.hour * 60 + local.minute) // HALF_HOUR_MINUTES] += chats
        if origin - PACE_OVER <= day < origin:
            handled, seconds, together = handled + ended, seconds + took, together + held
    pace = Pace()
    if handled >= ENOUGH_CHATS:
        pace = Pace(aht_s=seconds / handled, at_once=together / handled, chats=handled)
    return _Read({day: tuple(counts) for day, counts in days.items()}, min(days, default=None), pace)


def _counted(days: dict[date, Counts], begins: date, until: date, feasts: Collection[date]) -> dict[date, Counts]:
    """Every day from `begins` on, those without a chat too, where that is likely to be true.

    Where such a weekday has many chats otherwise the agency was closed or nothing was counted, and the day teaches
    nothing.
    """
    usual: defaultdict[int, list[float]] = defaultdict(list)
    for day, counts in days.items():
        usual[day.weekday()].append(sum(counts))
    found = {}
    for n in range((until - begins).days):
        day = begins + n * DAY
        if day in days:
            found[day] = days[day]
        elif day not in feasts:
            others = usual[day.weekday()]
            if not others or fmean(others) < _SELDOM_NONE:
                found[day] = (0.0,) * HALF_HOURS
    return found


def _missed(known: dict[date, Counts], origin: date, feasts: Collection[date]) -> Backtest | None:
    """Forecast the last weeks again, each from the days before its Monday, two weeks of them at least."""
    last = monday_of(origin)
    windows = []
    for back in range(TESTED_WEEKS, 0, -1):
        monday = last - back * WEEK
        if sum(day < monday for day in known) >= SURE_DAYS:
            windows.append([day for n in range(7) if (day := monday + n * DAY) in known])
    return backtest(known, [window for window in windows if window], holidays=feasts)
