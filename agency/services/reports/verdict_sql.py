"""The one SQL in which finished chats are judged, for every report, and its parts that are counted over them.

The verdict is that of `agency.services.verdict`; the cause is that of `agency.domain.promise.causes.cause`, said once
more so that a month of the agency is counted where it lies; tests hold the two against each other.

A period reads by index (company and arrival, or arrival alone) in one pass, in which spam and ratings are joined by
hash: nothing is looked up per chat. However many parts a report has, `read_parts` judges each chat once: the judged
chats are kept for the one statement, in which each part goes over them. All that is known of a chat goes into one small
number, its `code`, so that PostgreSQL groups by two values it can hash (with a column each it would sort 150,000 rows
on disk); what each figure counts is said in `levels`, over a few thousand rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from agency.domain.hours.periods import day_bounds
from agency.domain.promise.causes import IN_TIME_SHARE, Cause
from agency.services.spam import IS_SPAM, newest_marks
from agency.services.verdict import IN_BASE, NUMBERS, VERDICT, WITHIN, facts_of
from tenants.models import Company

# Local days begin and end at most this far from UTC's: zones lie between -12:00 and +14:00.
_ZONES_APART = timedelta(hours=15)

_CAUSES = tuple(Cause)
# Bits of a code above its verdict (3 bits) and its cause (3 bits, 0: none).
_FLAGS = {
    "in_hours": "in_hours",
    "spam": "is_spam",
    "test": "is_test",
    "rated": "rating IS NOT NULL",
    "good": "coalesce(rating = 1, false)",
    "handled": "handled IS NOT NULL",
    "by_20": "waited <= 20",
    "by_30": "waited <= 30",
    "by_promise": "waited <= promise_seconds",
}
BITS = {name: 1 << (6 + place) for place, name in enumerate(_FLAGS)}

# OFFSET 0 keeps each step a step: else PostgreSQL puts the expressions into one another, and works out a wait a dozen
# times.
_FACTS = """
WITH judged AS (
    SELECT r.chat_id, r.number, r.company_id, r.arrived_at AT TIME ZONE {zone} AS local_at,
        r.in_hours, {is_spam} AS is_spam,
        r.outcome = 'test' AS is_test, {rating} AS rating,
        r.close_reason, r.seats, r.free_slots, r.bounces, r.concurrency, {judged},
        date_part('epoch', r.closed_at - r.arrived_at) AS lasted,
        r.arrived_at, r.assigned_at,
        date_part('epoch', r.settled_at - r.assigned_at) AS handled,
        {in_days} AS in_days, {in_own} AS in_own
    FROM public.agency_chatrecord r LEFT JOIN {marks} {joins}
    WHERE r.arrived_at >= %(starts)s AND r.arrived_at < %(ends)s AND ({in_days} OR {in_own}) {only}
    OFFSET 0
), named AS (
    SELECT *, in_hours AND NOT is_spam AS counts, local_at::date AS day, {verdict} AS verdict
    FROM judged
    OFFSET 0
), {name} AS (
    SELECT *,
        CASE
            WHEN verdict IN ({answered_within}, {short_abandon}) THEN 0
            WHEN verdict = {missed} AND close_reason IN ('operator', 'manager') THEN {closed_silently}
            WHEN date_part('epoch', assigned_at - arrived_at) <= promise_seconds * {in_time} THEN {slow_answer}
            WHEN seats = 0 THEN {no_seat}
            WHEN free_slots = 0 THEN {all_full}
            WHEN bounces > 0 THEN {bounced}
            ELSE {slow_accept}
        END AS cause
    FROM named
    OFFSET 0
)
"""
_NUMBERS = {
    **NUMBERS,
    **{str(cause): place for place, cause in enumerate(_CAUSES, 1)},
}
_RATING = """LEFT JOIN public.agency_recordevent rating
    ON rating.record_id = r.chat_id AND rating.kind = 'rating'"""
_DAYS = "(r.arrived_at >= %(first)s AND r.arrived_at < %(last)s)"
_OWN_DAYS = "((r.arrived_at AT TIME ZONE company.zone)::date BETWEEN %(since)s AND %(until)s)"
# Nearly every company keeps the agency's own calendar: one comparison instead of a conversion.
_OWN_BESIDE = f"CASE WHEN company.zone = %(zone)s THEN {_DAYS} ELSE {_OWN_DAYS} END"
_COMPANY = "JOIN public.tenants_company company ON company.id = r.company_id"
_CODE = " + ".join(["verdict", "cause * 8", *(f"({sql})::int * {BITS[name]}" for name, sql in _FLAGS.items())])

# Columns that the parts need of each chat, kept while the statement runs: `facts` of the days asked for, and `own`
# where each company has its own calendar.
_KEPT = f"""
, kept AS MATERIALIZED (
    SELECT chat_id, company_id, local_at, day, counts, answered, visitor_left, promise_seconds, waited, lasted,
        handled, concurrency, cause, in_days, in_own, {_CODE} AS code
    FROM every
), facts AS NOT MATERIALIZED (
    SELECT * FROM kept WHERE in_days
), own AS NOT MATERIALIZED (
    SELECT * FROM kept WHERE in_own
)
"""  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True)
class Part:
    """A question about the judged chats of a period: SQL over `facts` or `own`, and how many
    columns it answers with.
    """

    query: str
    columns: int


HALF_HOURS = Part(
    f"""
    SELECT date_part('isodow', at)::int - 1, date_part('hour', at)::int * 60 + date_part('minute', at)::int,
        sum(within)::int, sum(base)::int
    FROM (
        SELECT date_bin('30 minutes', local_at, timestamp '2000-01-01') AS at,
            count(*) FILTER (WHERE {WITHIN}) AS within, count(*) AS base
        FROM facts
        WHERE counts AND {IN_BASE}
        GROUP BY 1
    ) halves
    GROUP BY 1, 2 ORDER BY 1, 2
    """,  # noqa: S608 -- constants
    4,
)

WORST = Part(
    """
    SELECT company.name, w.cause, w.chat_id, r.number, w.company_id, w.local_at, w.waited, w.answered,
        r.seats, r.free_slots, r.bounces, date_part('epoch', r.assigned_at - r.arrived_at)
    FROM (
        SELECT chat_id, company_id, local_at, waited, answered, cause FROM facts
        WHERE counts AND cause > 0 ORDER BY waited DESC, local_at, chat_id LIMIT %(limit)s
    ) w JOIN public.agency_chatrecord r USING (chat_id)
        JOIN public.tenants_company company ON company.id = w.company_id
    ORDER BY w.waited DESC, w.local_at, w.chat_id
    """,
    12,
)

SPEED = """
SELECT percentile_disc(ARRAY[0.5, 0.9, 0.95, 1.0]) WITHIN GROUP (ORDER BY waited)
FROM facts WHERE counts AND answered
"""

RESPONSES = Part(
    """
    SELECT least(floor(waited / %(step)s)::int, %(steps)s), count(*)
    FROM facts WHERE counts AND answered GROUP BY 1
    """,
    2,
)


def read(
    query: str, *, company: Company | None, zone: str | None, since: date, until: date, **more: Any
) -> list[tuple[Any, ...]]:
    """Run `query` over `facts`: the judged chats of a period of local days, both included.

    Args:
        query: constants of this project with named parameters, never text from outside.
        zone: whose days; None: each company's own.
        more: values of the query's own. Of the facts: `operator` counts only the chats that this one held last, `rated`
            joins the ratings too.
    """
    facts = _facts("facts", company=company, zone=zone, own=False, **more)
    with connection.cursor() as cursor:
        cursor.execute(facts + query, _values(company, zone, since, until, **more))
        return list(cursor.fetchall())


def read_parts(
    parts: Mapping[str, Part],
    *,
    company: Company | None,
    zone: str | None,
    since: date,
    until: date,
    **more: Any,
) -> dict[str, list[list[Any]]]:
    """Answer several questions about a period in one statement, which judges each chat once. Rows come as JSON writes
    them.

    Args:
        zone: whose days `facts` are of; None: each company's own.
        more: as of `read`; `own`: beside `facts` there is `own`, the chats of these days by each company's own
            calendar.
    """
    facts = _facts("every", company=company, zone=zone, **more) + _KEPT
    answers = ", ".join(f"'{name}', ({_as_json(part)})" for name, part in parts.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"{facts} SELECT json_build_object({answers})",
            _values(company, zone, since, until, **more),
        )
        [(found,)] = cursor.fetchall()
    return {name: rows or [] for name, rows in found.items()}


def _as_json(part: Part) -> str:
    columns = ", ".join(f"c{place}" for place in range(part.columns))
    return f"SELECT json_agg(json_build_array({columns})) FROM ({part.query}) part ({columns})"  # noqa: S608 -- constants


def _facts(
    name: str,
    *,
    company: Company | None,
    zone: str | None,
    own: bool = False,
    rated: bool = False,
    operator: object = None,
    **_more: Any,
) -> str:
    """The judged chats as the first part of a statement, under this name."""
    joins, only = [_RATING] if rated else [], []
    if company is not None:
        only.append("AND r.company_id = %(company)s")
    if operator is not None:
        only.append("AND r.operator_id = %(operator)s")
    if own or zone is None:
        joins.append(_COMPANY)
    return _FACTS.format(
        name=name,
        zone="company.zone" if zone is None else "%(zone)s",
        rating="rating.value" if rated else "NULL::smallint",
        in_days=_OWN_DAYS if zone is None else _DAYS,
        in_own=_OWN_BESIDE if own else "FALSE",
        joins=" ".join(joins),
        only=" ".join(only),
        is_spam=IS_SPAM,
        # A mark comes after the chat it is about, so `starts` bounds the marks as well.
        marks=newest_marks("at >= %(starts)s"),
        judged=facts_of("r"),
        verdict=VERDICT,
        in_time=IN_TIME_SHARE,
        **_NUMBERS,
    )


def _values(
    company: Company | None,
    zone: str | None,
    since: date,
    until: date,
    *,
    own: bool = False,
    **more: Any,
) -> dict[str, Any]:
    first, last = day_bounds(since, zone or "UTC")[0], day_bounds(until, zone or "UTC")[1]
    apart = _ZONES_APART if own or zone is None else timedelta()
    return {
        "company": company.pk if company else None,
        "zone": zone,
        "since": since,
        "until": until,
        "first": first,
        "last": last,
        "starts": first - apart,
        "ends": last + apart,
        **more,
    }


def cause_of(number: int) -> Cause:
    """The cause behind a number in a row."""
    return _CAUSES[number - 1]
