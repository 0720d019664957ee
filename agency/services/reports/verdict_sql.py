"""The one SQL in which finished chats are judged and counted, for every report.

The verdict is that of `agency.domain.promise.sla.verdict` and the cause that of `agency.domain.promise.metrics.cause`, said
once more so that a month of the agency is counted where it lies; tests hold the two against each other.

A period reads by index (company and arrival, or arrival alone) in one pass, in which spam and ratings are joined by hash:
nothing is looked up per chat. All that is known of a chat goes into one small number, its `code`, so that PostgreSQL
groups by two values it can hash (with a column each it would sort 150,000 rows on disk); what each figure counts is said
in `_count`, over a few thousand rows.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from agency.domain.hours.periods import day_bounds
from agency.domain.promise.metrics import IN_TIME_SHARE, Cause, Level
from agency.domain.promise.sla import SHORT_ABANDON_SECONDS, Verdict
from tenants.models import Company

# Local days begin and end at most this far from UTC's: zones lie between -12:00 and +14:00.
_ZONES_APART = timedelta(hours=15)

_VERDICTS = tuple(Verdict)
_CAUSES = tuple(Cause)
_ANSWERED = frozenset({Verdict.ANSWERED_WITHIN, Verdict.ANSWERED_LATE})
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
_BITS = {name: 1 << (6 + place) for place, name in enumerate(_FLAGS)}

# A fact of a kind comes after the chat it is about, so `starts` bounds the events as well.
_FACTS = """
WITH spam AS (
    SELECT DISTINCT ON (record_id) record_id, value
    FROM public.agency_recordevent
    WHERE kind = 'spam' AND at >= %(starts)s
    ORDER BY record_id, at DESC
), judged AS (
    SELECT r.chat_id, r.number, r.company_id, r.arrived_at AT TIME ZONE {zone} AS local_at,
        r.in_hours, coalesce(spam.value = 1, r.outcome = 'spam') AS is_spam,
        r.outcome = 'test' AS is_test, {rating} AS rating,
        r.close_reason, r.seats, r.free_slots, r.bounces, r.concurrency, r.promise_seconds,
        r.first_human_at IS NOT NULL AS answered, r.visitor_left_at IS NOT NULL AS visitor_left,
        date_part('epoch', coalesce(r.first_human_at, r.closed_at) - r.arrived_at) AS waited,
        date_part('epoch', r.closed_at - r.arrived_at) AS lasted,
        date_part('epoch', r.assigned_at - r.arrived_at) AS accepted_after,
        date_part('epoch', r.settled_at - r.assigned_at) AS handled
    FROM public.agency_chatrecord r LEFT JOIN spam ON spam.record_id = r.chat_id {joins}
    WHERE r.arrived_at >= %(starts)s AND r.arrived_at < %(ends)s {only}
), named AS (
    SELECT *, in_hours AND NOT is_spam AS counts, local_at::date AS day,
        CASE
            WHEN answered AND waited <= promise_seconds THEN {answered_within}
            WHEN answered THEN {answered_late}
            WHEN NOT visitor_left THEN {missed}
            WHEN waited <= {short} THEN {short_abandon}
            ELSE {abandoned}
        END AS verdict
    FROM judged
), facts AS (
    SELECT *,
        CASE
            WHEN verdict IN ({answered_within}, {short_abandon}) THEN 0
            WHEN verdict = {missed} AND close_reason IN ('operator', 'manager') THEN {closed_silently}
            WHEN accepted_after <= promise_seconds * {in_time} THEN {slow_answer}
            WHEN seats = 0 THEN {no_seat}
            WHEN free_slots = 0 THEN {all_full}
            WHEN bounces > 0 THEN {bounced}
            ELSE {slow_accept}
        END AS cause
    FROM named
)
"""
_NUMBERS = {
    **{str(verdict): place for place, verdict in enumerate(_VERDICTS)},
    **{str(cause): place for place, cause in enumerate(_CAUSES, 1)},
}
_RATING = """LEFT JOIN public.agency_recordevent rating
    ON rating.record_id = r.chat_id AND rating.kind = 'rating'"""
_COMPANY = "JOIN public.tenants_company company ON company.id = r.company_id"
_CODE = " + ".join(
    ["verdict", "cause * 8", *(f"({sql})::int * {_BITS[name]}" for name, sql in _FLAGS.items())]
)

# What reports are grouped by, besides the whole.
Group = Literal["day", "company_id"]

_CODES: dict[Group, str] = {
    by: f"""SELECT {by}, {_CODE}, count(*), sum(handled), sum(concurrency),
        count(*) FILTER (WHERE concurrency > 0) FROM facts GROUP BY 1, 2"""  # noqa: S608 -- constants
    for by in ("day", "company_id")
}
# Nearest ranks: percentile_disc is the first value whose cumulative share reaches the one asked.
_RANKS: dict[Group, str] = {
    by: f"""SELECT {by},
        percentile_disc(ARRAY[0.5, 0.9, 0.95, 1.0]) WITHIN GROUP (ORDER BY waited),
        percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY lasted)
        FROM facts WHERE counts AND answered GROUP BY GROUPING SETS (({by}), ())"""  # noqa: S608 -- constants
    for by in ("day", "company_id")
}

HALF_HOURS = """
SELECT date_part('isodow', local_at)::int - 1,
    date_part('hour', local_at)::int * 60 + date_part('minute', local_at)::int / 30 * 30,
    count(*) FILTER (WHERE answered AND waited <= promise_seconds), count(*)
FROM facts
WHERE counts AND (answered OR NOT visitor_left OR waited > promise_seconds)
GROUP BY 1, 2 ORDER BY 1, 2
"""

WORST = """
SELECT chat_id, number, company_id, local_at, waited, answered, cause,
    seats, free_slots, bounces, accepted_after
FROM facts WHERE counts AND cause > 0 ORDER BY waited DESC, local_at, chat_id LIMIT %(limit)s
"""

SPEED = """
SELECT percentile_disc(ARRAY[0.5, 0.9, 0.95, 1.0]) WITHIN GROUP (ORDER BY waited)
FROM facts WHERE counts AND answered
"""

RESPONSES = """
SELECT least(floor(waited / %(step)s)::int, %(last)s), count(*)
FROM facts WHERE counts AND answered GROUP BY 1
"""


def count(
    *,
    company: Company | None,
    zone: str | None,
    since: date,
    until: date,
    by: Group,
    operator: UUID | None = None,
) -> dict[Any, Level]:
    """Count the chats that arrived on these local days, by day or by company; None is the whole. Two queries.

    Args:
        company: None: of all companies.
        zone: whose days; None: each company's own.
        operator: whoever held the chat last; None: anybody, or nobody.
    """
    period: dict[str, Any] = {
        "company": company, "zone": zone, "since": since, "until": until, "operator": operator,
    }  # fmt: skip
    rows: defaultdict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for key, *row in read(_CODES[by], rated=True, **period):
        rows[key].append(tuple(row))
        rows[None].append(tuple(row))
    ranks = {key: (waits, lengths) for key, waits, lengths in read(_RANKS[by], **period)}
    return {key: _level(found, *ranks.get(key, (None, None))) for key, found in rows.items()}


def read(
    query: str,
    *,
    company: Company | None,
    zone: str | None,
    since: date,
    until: date,
    rated: bool = False,
    **more: Any,
) -> list[tuple[Any, ...]]:
    """Run `query` over `facts`: the judged chats of a period of local days, both included.

    Args:
        query: constants of this project with named parameters, never text from outside.
        rated: join the ratings too.
        more: values of the query's own; `operator`: count only the chats that this one held last.
    """
    starts, ends = day_bounds(since, zone or "UTC")[0], day_bounds(until, zone or "UTC")[1]
    only = []
    if company is not None:
        only.append("AND r.company_id = %(company)s")
    if more.get("operator") is not None:
        only.append("AND r.operator_id = %(operator)s")
    if zone is None:
        starts, ends = starts - _ZONES_APART, ends + _ZONES_APART
        local = "(r.arrived_at AT TIME ZONE company.zone)::date"
        only.append(f"AND {local} BETWEEN %(since)s AND %(until)s")
    facts = _facts(own_zones=zone is None, rated=rated, only=" ".join(only))
    values = {"starts": starts, "ends": ends, "zone": zone, "since": since, "until": until, **more}
    values["company"] = company.pk if company else None
    with connection.cursor() as cursor:
        cursor.execute(facts + query, values)
        return list(cursor.fetchall())


def _facts(*, own_zones: bool, rated: bool, only: str) -> str:
    joins = [_RATING] if rated else []
    if own_zones:
        joins.append(_COMPANY)
    return _FACTS.format(
        zone="company.zone" if own_zones else "%(zone)s",
        rating="rating.value" if rated else "NULL::smallint",
        joins=" ".join(joins),
        only=only,
        short=SHORT_ABANDON_SECONDS,
        in_time=IN_TIME_SHARE,
        **_NUMBERS,
    )


def cause_of(number: int) -> Cause:
    """The cause behind a number in a row."""
    return _CAUSES[number - 1]


def _level(
    rows: Iterable[tuple[Any, ...]], waits: list[float] | None, lengths: list[float] | None
) -> Level:
    """Add up the rows of a day, a company or everything."""
    sums: defaultdict[str, int] = defaultdict(int)
    missed_by, late_by = dict.fromkeys(Cause, 0), dict.fromkeys(Cause, 0)
    seconds, together, together_n = 0.0, 0, 0
    for code, n, handled, concurrency, concurrency_n in rows:
        verdict, cause = _VERDICTS[code & 7], code >> 3 & 7
        flags = {name for name, bit in _BITS.items() if code & bit}
        for name in _count(verdict, flags):
            sums[name] += n
        if "in_hours" not in flags or "spam" in flags:
            continue
        if cause:
            (late_by if verdict in _ANSWERED else missed_by)[cause_of(cause)] += n
        if "handled" in flags:
            seconds += float(handled)
            together += concurrency
            together_n += concurrency_n
    p50, p90, p95, longest = waits or (None,) * 4
    duration_p50, duration_p90 = lengths or (None,) * 2
    return Level(
        **sums,
        missed_by=missed_by,
        late_by=late_by,
        response_p50=p50,
        response_p90=p90,
        response_p95=p95,
        response_max=longest,
        duration_p50=duration_p50,
        duration_p90=duration_p90,
        handle_seconds=seconds / sums["handled"] if sums["handled"] else None,
        concurrency=together / together_n if together_n else None,
    )


def _count(verdict: Verdict, flags: set[str]) -> Iterable[str]:
    """Name the fields of `Level` in which a chat is counted."""
    if "spam" in flags:
        yield "spam"
        return
    yield "askable"
    yield from flags & {"rated", "good"}
    if "in_hours" not in flags:
        yield "out_of_hours"
        return
    yield "offered"
    if "test" in flags:
        yield "tests"
    if "handled" in flags:
        yield "handled"
    reached = {"by_20": "20", "by_30": "30", "by_promise": "promise"}
    if verdict in _ANSWERED:
        yield "answered"
        yield from (f"within_{name}" for flag, name in reached.items() if flag in flags)
        return
    if verdict is Verdict.SHORT_ABANDON:
        yield "short_abandons"
        return
    yield "closed_unanswered" if verdict is Verdict.MISSED else "abandoned"
    # Who left after T, and whom our side closed, however soon: nobody of ours can blame their patience.
    ours = verdict is Verdict.MISSED
    yield from (f"lost_after_{name}" for flag, name in reached.items() if ours or flag not in flags)
