"""The chats behind a report's number: the rows that `levels` counts, one by one. Facts of the shared schema, never a
word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from agency.domain.promise.causes import CAUSE_NAMES, Cause
from agency.domain.promise.sla import ANSWERED, UNANSWERED, Verdict
from agency.models import Operator
from agency.services.reports import verdict_sql
from agency.services.reports.period import check_period, zone_of
from agency.services.verdict import IN_BASE, NUMBERS, VERDICTS
from tenants.models import Company, Site

SHOWN = 50


def _is(*verdicts: Verdict) -> str:
    return f"counts AND verdict IN ({', '.join(str(NUMBERS[verdict]) for verdict in verdicts)})"


# Each number of a report, as the chats that are counted in it; `levels` says the same of one chat.
WHAT: Mapping[str, str] = {
    "offered": "counts",
    "answered": _is(*ANSWERED),
    "within": _is(Verdict.ANSWERED_WITHIN),
    "late": _is(Verdict.ANSWERED_LATE),
    "missed": _is(*UNANSWERED),
    "abandoned": _is(Verdict.ABANDONED),
    "closed": _is(Verdict.MISSED),
    "short": _is(Verdict.SHORT_ABANDON),
    "base": f"counts AND {IN_BASE}",
    "out_of_hours": "NOT in_hours AND NOT is_spam",
    "spam": "is_spam",
    "rated": "NOT is_spam AND rating IS NOT NULL",
    "rated_good": "NOT is_spam AND rating = 1",
    "rated_bad": "NOT is_spam AND rating = 0",
}
_CAUSES = {cause: place for place, cause in enumerate(Cause, 1)}
_ROWS = """
, asked AS (
    SELECT * FROM facts WHERE {what}
      AND (%(cause)s::int IS NULL OR cause = %(cause)s)
      AND (%(weekday)s::int IS NULL OR date_part('isodow', local_at)::int - 1 = %(weekday)s)
      AND (%(minute)s::int IS NULL
           OR date_part('hour', local_at)::int * 60 + date_part('minute', local_at)::int / 30 * 30 = %(minute)s)
)
SELECT a.chat_id, a.number, a.company_id, a.local_at, a.waited, a.answered, a.verdict, a.cause, a.counts, a.is_spam,
       r.site_id, r.operator_id, r.outcome, (SELECT count(*) FROM asked)
FROM (SELECT * FROM asked ORDER BY local_at DESC, chat_id LIMIT %(limit)s OFFSET %(start)s) a
     JOIN public.agency_chatrecord r USING (chat_id)
ORDER BY a.local_at DESC, a.chat_id
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which chats of a report: those counted as `what`, one of WHAT.

    `cause`: only those whose promise broke for it. `weekday`: only those that arrived on it, 0 is Monday. `minute`:
    only in the half hour of the local day that begins then.
    """

    what: str
    cause: Cause | None = None
    weekday: int | None = None
    minute: int | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """One finished chat. `waited`: seconds to the first human text, or to the end without one. `cause`: of a broken
    promise.
    """

    chat_id: UUID
    number: int
    company: Company
    site: str
    local_at: datetime
    waited: float
    answered: bool
    operator: str
    outcome: str
    verdict: Verdict
    cause: Cause | None
    is_spam: bool

    @property
    def cause_name(self) -> str:
        """The cause as an English msgid, "" for none."""
        return CAUSE_NAMES[self.cause] if self.cause else ""


@dataclass(frozen=True, slots=True)
class ReportedPage:
    """Some of the chats, the newest first, and the number of all, which is 0 where these are beyond the last."""

    lines: list[Reported]
    total: int


def list_reported(
    *,
    company: Company | None,
    since: date,
    until: date,
    selection: Selection,
    window: slice = slice(0, SHOWN),
) -> ReportedPage:
    """List some of the chats that a report of these days counts under the selection. Four queries.

    Args:
        window: which of them; beyond the last, none.

    Raises:
        BadPeriod: reversed, or over 400 days.
    """
    check_period(since, until)
    what, cause = selection.what, selection.cause
    facts: dict[str, Any] = {
        "cause": None if cause is None else _CAUSES[cause],
        "weekday": selection.weekday,
        "minute": selection.minute,
        "limit": window.stop - window.start,
        "start": window.start,
    }
    rows = verdict_sql.read(
        _ROWS.format(what=WHAT[what]),
        company=company,
        zone=zone_of(company),
        since=since,
        until=until,
        rated=what.startswith("rated"),
        **facts,
    )
    return ReportedPage(_lines(rows), rows[0][-1] if rows else 0)


def _lines(rows: list[tuple[Any, ...]]) -> list[Reported]:
    companies = Company.objects.in_bulk({row[2] for row in rows})
    sites = Site.objects.in_bulk({row[10] for row in rows})
    operators = Operator.objects.in_bulk({row[11] for row in rows if row[11]})
    return [
        Reported(
            chat_id=row[0],
            number=row[1],
            company=companies[row[2]],
            site=sites[row[10]].name if row[10] in sites else "",
            local_at=row[3],
            waited=row[4],
            answered=row[5],
            operator=operators[row[11]].public_name if row[11] else "",
            outcome=row[12],
            verdict=VERDICTS[row[6]],
            cause=verdict_sql.cause_of(row[7]) if row[7] and row[8] else None,
            is_spam=row[9],
        )
        for row in rows
    ]
