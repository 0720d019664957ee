"""Who is here for the companies that somebody waits for, counted in the database: of 400 desks each
chat finds its few.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from agency.domain.certification import GRACE
from agency.domain.pool.refusals import Crowd
from agency.services.certification.valid_certificates import counts_sql
from agency.services.pool import router_sql

# Refusals of `routing.choose` by kind. tests/agency/services/pool/test_refusal_counts.py holds the two together.
# People who were certified once are read by company; the conditions are those of `certifications`.
_CROWDS = f"""
WITH asked AS MATERIALIZED (
    SELECT DISTINCT company_id, language FROM agency_poolentry
    WHERE state = 'waiting' AND company_id = ANY(%(companies)s)
), here AS MATERIALIZED (
    SELECT s.operator_id, o.languages, s.paused, s.used, s.capacity
    FROM agency_seat s JOIN agency_operator o ON o.user_id = s.operator_id JOIN agency_user u ON u.id = s.operator_id
    WHERE s.lease_until > %(now)s AND u.is_active
)
SELECT company_id, language, kind, count(*) AS people, sum(used)::int AS used, sum(capacity)::int AS capacity
FROM (
    SELECT asked.company_id, asked.language, h.used, h.capacity,
           CASE WHEN h.paused THEN 'away' WHEN asked.language <> ALL(h.languages) THEN 'other'
                WHEN h.used >= h.capacity THEN 'full'
                WHEN c.chat_limit IS NOT NULL AND c.chat_limit <= (
                    SELECT count(*) FROM agency_poolentry e
                    WHERE e.company_id = c.company_id AND e.state <> 'wrap_up'
                      AND (e.operator_id = c.operator_id OR e.offered_to_id = c.operator_id)
                ) THEN 'limited' ELSE 'free' END AS kind
    FROM asked JOIN agency_certification c USING (company_id) JOIN agency_instructionversion v USING (company_id)
         JOIN here h USING (operator_id)
    WHERE {counts_sql("c", "v")}
) each_of_them
GROUP BY company_id, language, kind
"""  # noqa: S608 -- our own columns


def list_crowds(company_ids: Collection[UUID], now: datetime) -> defaultdict[tuple[UUID, str], Crowd]:
    """Count the operators for each of these companies and each language in which a chat of it waits. One query."""
    facts: dict[str, Any] = {"companies": list(company_ids), "now": now, "graced": now - GRACE}
    counted: defaultdict[tuple[UUID, str], Counter[str]] = defaultdict(Counter)
    for row in router_sql.fetch(_CROWDS, facts):
        crowd, people, kind = (
            counted[row["company_id"], row["language"]],
            row["people"],
            row["kind"],
        )
        crowd["here"] += people
        if kind != "other":
            crowd[kind] += people
        if kind in ("full", "limited"):
            crowd["used"] += row["used"]
            crowd["capacity"] += row["capacity"]
    return defaultdict(Crowd, {key: Crowd(**crowd) for key, crowd in counted.items()})
