"""The one SQL in which finished chats are judged and counted, for every report.

The verdict is that of `agency.domain.sla.verdict` and the cause that of `agency.domain.metrics.cause`, said once more so
that a month of the agency is counted where it lies; tests hold the two against each other.

A period of one zone reads by index (company and arrival, or arrival alone) and makes one pass, in which spam and ratings
are joined by hash: few rows, found by kind. Nothing is looked up per chat.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from agency.domain.metrics import FIXED_TARGETS, IN_TIME_SHARE, Cause, Level
from agency.domain.periods import day_bounds
from agency.domain.sla import SHORT_ABANDON_SECONDS
from tenants.models import Company

# Companies may lie in other zones than the agency: a local day begins and ends at most this far from UTC's.
_ZONES_APART = timedelta(hours=15)

# A fact of a kind comes after the chat it is about, so `starts` bounds the events as well.
_FACTS = """
WITH spam AS (
    SELECT DISTINCT ON (record_id) record_id, value
    FROM public.agency_recordevent
    WHERE kind = 'spam' AND at >= %(starts)s
    ORDER BY record_id, at DESC
), judged AS (
    SELECT r.*, company.name AS company_name,
        r.arrived_at AT TIME ZONE {zone} AS local_at,
        coalesce(spam.value = 1, r.outcome = 'spam') AS is_spam,
        rating.value AS rating,
        extract(epoch FROM coalesce(r.first_human_at, r.closed_at) - r.arrived_at)::float8 AS waited,
        CASE
            WHEN r.first_human_at <= r.arrived_at + r.promise_seconds * interval '1 second'
                THEN 'answered_within'
            WHEN r.first_human_at IS NOT NULL THEN 'answered_late'
            WHEN r.visitor_left_at IS NULL THEN 'missed'
            WHEN r.closed_at <= r.arrived_at + {short} * interval '1 second' THEN 'short_abandon'
            ELSE 'abandoned'
        END AS verdict
    FROM public.agency_chatrecord r
    JOIN public.tenants_company company ON company.id = r.company_id
    LEFT JOIN spam ON spam.record_id = r.chat_id
    LEFT JOIN public.agency_recordevent rating
        ON rating.record_id = r.chat_id AND rating.kind = 'rating'
    WHERE r.arrived_at >= %(starts)s AND r.arrived_at < %(ends)s {company} {local}
), facts AS (
    SELECT *,
        in_hours AND NOT is_spam AS counts,
        local_at::date AS day,
        CASE
            WHEN verdict IN ('answered_within', 'short_abandon') THEN NULL
            WHEN verdict = 'missed' AND close_reason IN ('operator', 'manager') THEN 'closed_silently'
            WHEN assigned_at <= arrived_at + promise_seconds * {in_time} * interval '1 second'
                THEN 'slow_answer'
            WHEN seats = 0 THEN 'no_seat'
            WHEN free_slots = 0 THEN 'all_full'
            WHEN bounces > 0 THEN 'bounced'
            ELSE 'slow_accept'
        END AS cause
    FROM judged
)
"""

_ANSWERED = "verdict IN ('answered_within', 'answered_late')"
_HANDLED = "counts AND assigned_at IS NOT NULL AND settled_at IS NOT NULL"


def _count(condition: str) -> str:
    return f"count(*) FILTER (WHERE counts AND {condition})"


def _within(seconds: str) -> str:
    return _count(f"first_human_at <= arrived_at + {seconds} * interval '1 second'")


def _lost_after(seconds: str) -> str:
    """Left after T without an answer, or closed by our side, however soon: nobody of ours can blame patience."""
    late = f"closed_at > arrived_at + {seconds} * interval '1 second'"
    return _count(f"(verdict = 'missed' OR verdict = 'abandoned' AND {late})")


def _percentiles(value: str) -> str:
    """The nearest ranks: percentile_disc is the first value whose cumulative share reaches the one asked."""
    return (
        f"percentile_disc(ARRAY[0.5, 0.9, 0.95, 1.0]) WITHIN GROUP (ORDER BY {value}) "
        f"FILTER (WHERE counts AND {_ANSWERED})"
    )


# Field of Level -> its aggregate. Percentiles and causes come after them, see `_level`.
_MEASURES = {
    "offered": "count(*) FILTER (WHERE counts)",
    "answered": _count(_ANSWERED),
    "within_promise": _count("verdict = 'answered_within'"),
    **{f"within_{target}": _within(str(target)) for target in FIXED_TARGETS},
    "abandoned": _count("verdict = 'abandoned'"),
    "short_abandons": _count("verdict = 'short_abandon'"),
    "closed_unanswered": _count("verdict = 'missed'"),
    "lost_after_promise": _lost_after("promise_seconds"),
    **{f"lost_after_{target}": _lost_after(str(target)) for target in FIXED_TARGETS},
    "tests": _count("outcome = 'test'"),
    "handled": f"count(*) FILTER (WHERE {_HANDLED})",
    "handle_seconds": f"avg(extract(epoch FROM settled_at - assigned_at)) FILTER (WHERE {_HANDLED})",
    "concurrency": f"avg(concurrency) FILTER (WHERE {_HANDLED} AND concurrency > 0)",
    "good": "count(*) FILTER (WHERE NOT is_spam AND rating = 1)",
    "rated": "count(*) FILTER (WHERE NOT is_spam AND rating IS NOT NULL)",
    "askable": "count(*) FILTER (WHERE NOT is_spam)",
    "spam": "count(*) FILTER (WHERE is_spam)",
    "out_of_hours": "count(*) FILTER (WHERE NOT is_spam AND NOT in_hours)",
}
_MEANS = frozenset({"handle_seconds", "concurrency"})
_OF = {"missed_by": "first_human_at IS NULL", "late_by": "first_human_at IS NOT NULL"}
_CAUSES = [(field, cause) for field in _OF for cause in Cause]
_COLUMNS = [
    *_MEASURES.values(),
    _percentiles("waited"),
    _percentiles("extract(epoch FROM closed_at - arrived_at)::float8"),
    *(_count(f"{_OF[field]} AND cause = '{cause}'") for field, cause in _CAUSES),
]

# What the service level at the promise divides by.
_BASE = f"""counts AND ({_ANSWERED} OR verdict = 'missed'
    OR verdict = 'abandoned' AND closed_at > arrived_at + promise_seconds * interval '1 second')"""

HALF_HOURS = f"""
SELECT (extract(isodow FROM local_at) - 1)::int AS weekday,
    (extract(hour FROM local_at) * 60 + floor(extract(minute FROM local_at) / 30) * 30)::int AS minute,
    count(*) FILTER (WHERE verdict = 'answered_within'),
    count(*)
FROM facts WHERE {_BASE} GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 -- constants

WORST = """
SELECT chat_id, number, company_id, company_name, local_at, waited, first_human_at IS NOT NULL, cause,
    seats, free_slots, bounces, extract(epoch FROM assigned_at - arrived_at)::float8
FROM facts WHERE counts AND cause IS NOT NULL ORDER BY waited DESC, arrived_at, chat_id LIMIT %(limit)s
"""

RESPONSES = """
SELECT least(floor(waited / %(step)s)::int, %(last)s), count(*)
FROM facts WHERE counts AND first_human_at IS NOT NULL GROUP BY 1
"""


def count_groups(
    *, company: Company | None, zone: str | None, since: date, until: date, groups: Sequence[str]
) -> list[tuple[tuple[Any, ...], Level]]:
    """Count the chats that arrived on these local days, once for each grouping.

    Args:
        company: None: of all companies.
        zone: whose days; None: each company's own.
        groups: SQL groupings, such as `(day)`; only constants of this project. `()` is everything.

    Returns:
        (the values of all grouped columns, those of other groupings None), counts.
    """
    columns = sorted({name for group in groups for name in group.strip("()").split(", ") if name})
    select = ", ".join([*columns, *_COLUMNS])
    rows = read(
        f"SELECT {select} FROM facts GROUP BY GROUPING SETS ({', '.join(groups)})",  # noqa: S608 -- constants
        company=company,
        zone=zone,
        since=since,
        until=until,
    )
    return [(tuple(row[: len(columns)]), _level(row[len(columns) :])) for row in rows]


def read(
    query: str, *, company: Company | None, zone: str | None, since: date, until: date, **more: Any
) -> list[tuple[Any, ...]]:
    """Run `query` over `facts`: the judged chats of a period of local days, both included.

    Args:
        query: constants of this project with named parameters, never text from outside.
    """
    starts, ends = day_bounds(since, zone or "UTC")[0], day_bounds(until, zone or "UTC")[1]
    local = ""
    if zone is None:
        starts, ends = starts - _ZONES_APART, ends + _ZONES_APART
        local = "AND (r.arrived_at AT TIME ZONE company.zone)::date BETWEEN %(since)s AND %(until)s"
    facts = _FACTS.format(
        zone="company.zone" if zone is None else "%(zone)s",
        short=SHORT_ABANDON_SECONDS,
        in_time=IN_TIME_SHARE,
        company="" if company is None else "AND r.company_id = %(company)s",
        local=local,
    )
    values: dict[str, Any] = {
        "starts": starts,
        "ends": ends,
        "zone": zone,
        "company": company.pk if company else None,
        "since": since,
        "until": until,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(facts + query, values)
        return list(cursor.fetchall())


def _level(row: Sequence[Any]) -> Level:
    plain: dict[str, Any] = dict(zip(_MEASURES, row, strict=False))
    for name in _MEANS:
        plain[name] = None if plain[name] is None else float(plain[name])
    response, duration, *counts = row[len(_MEASURES) :]
    plain |= {name: {} for name in _OF}
    for (name, cause), count in zip(_CAUSES, counts, strict=True):
        plain[name][cause] = count
    p50, p90, p95, longest = response or (None,) * 4
    return Level(
        **plain,
        response_p50=p50,
        response_p90=p90,
        response_p95=p95,
        response_max=longest,
        duration_p50=duration[0] if duration else None,
        duration_p90=duration[1] if duration else None,
    )
