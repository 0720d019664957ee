"""Whether the books agree: what a company's schema says of its chats beside what the agency says of them."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from tenants.context import in_company
from tenants.models import Company

# One statement per company, so it sees one moment: every close, settling and rating is a transaction of its own and is in
# it whole or not at all.
_COMPARE = """
    WITH entry AS (SELECT chat_id, state FROM agency_poolentry WHERE company_id = %(company)s),
         record AS (SELECT chat_id, number, closed_at, settled_at FROM agency_chatrecord
                    WHERE company_id = %(company)s),
         rated AS (SELECT record_id, value FROM agency_recordevent
                   WHERE company_id = %(company)s AND kind = 'rating'),
         outgoing AS (SELECT object_id, state FROM agency_outboxrow
                      WHERE company_id = %(company)s AND kind = 'mail')
    SELECT 'open_chat_without_entry', c.id FROM chat_chat c
        LEFT JOIN entry e ON e.chat_id = c.id AND e.state <> 'wrap_up'
        WHERE c.closed_at IS NULL AND e.chat_id IS NULL
    UNION ALL SELECT 'entry_without_open_chat', e.chat_id FROM entry e
        LEFT JOIN chat_chat c ON c.id = e.chat_id AND c.closed_at IS NULL
        WHERE e.state <> 'wrap_up' AND c.id IS NULL
    UNION ALL SELECT 'closed_chat_without_record', c.id FROM chat_chat c
        LEFT JOIN record r ON r.chat_id = c.id WHERE c.closed_at IS NOT NULL AND r.chat_id IS NULL
    UNION ALL SELECT 'record_without_closed_chat', r.chat_id FROM record r
        LEFT JOIN chat_chat c ON c.id = r.chat_id AND c.closed_at IS NOT NULL WHERE c.id IS NULL
    UNION ALL SELECT 'record_differs_from_chat', r.chat_id FROM record r JOIN chat_chat c ON c.id = r.chat_id
        WHERE (r.number, r.closed_at) IS DISTINCT FROM (c.number, c.closed_at)
    UNION ALL SELECT 'unsettled_record_without_wrap_up', r.chat_id FROM record r
        LEFT JOIN entry e ON e.chat_id = r.chat_id AND e.state = 'wrap_up'
        WHERE r.settled_at IS NULL AND e.chat_id IS NULL
    UNION ALL SELECT 'wrap_up_without_unsettled_record', e.chat_id FROM entry e
        LEFT JOIN record r ON r.chat_id = e.chat_id AND r.settled_at IS NULL
        WHERE e.state = 'wrap_up' AND r.chat_id IS NULL
    UNION ALL SELECT 'rating_differs_from_event', coalesce(g.chat_id, d.record_id) FROM chat_rating g
        FULL JOIN rated d ON d.record_id = g.chat_id WHERE d.value IS DISTINCT FROM g.good::int
    UNION ALL SELECT 'request_without_mail', q.id FROM chat_transcriptrequest q
        JOIN chat_chat c ON c.id = q.chat_id WHERE c.closed_at IS NOT NULL AND q.delivery_id IS NULL
    UNION ALL SELECT 'unsent_mail_outside_the_outbox', m.id FROM chat_delivery m
        LEFT JOIN outgoing o ON o.object_id = m.id WHERE o.object_id IS NULL AND m.sent_at IS NULL
    UNION ALL SELECT 'outbox_row_without_mail', o.object_id FROM outgoing o
        LEFT JOIN chat_delivery m ON m.id = o.object_id WHERE m.id IS NULL
    UNION ALL SELECT 'done_and_never_sent', o.object_id FROM outgoing o
        JOIN chat_delivery m ON m.id = o.object_id WHERE o.state = 'done' AND m.sent_at IS NULL
"""

# A seat counts the chats its operator is in the middle of, and the offers to them.
_SEATS = """
    SELECT s.operator_id FROM agency_seat s LEFT JOIN (
        SELECT coalesce(operator_id, offered_to_id) AS operator_id, count(*) AS used FROM agency_poolentry
        WHERE state IN ('open', 'offered') GROUP BY 1
    ) e USING (operator_id) WHERE s.used <> coalesce(e.used, 0)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two books say differently. `company` is empty where it is the agency's own."""

    company: str
    kind: str
    object_id: UUID

    def __str__(self) -> str:
        return f"{self.company or 'agency'} {self.kind} {self.object_id}"


def list_differences() -> list[Difference]:
    """Every difference in every company and in the pool: none, when all is well. One query per company and one more.

    What is changing at this moment may be among them, because companies are read one after the other; who asks looks
    a second time.
    """
    found: list[Difference] = []
    for company in Company.objects.filter(ready=True).order_by("slug"):
        with in_company(company), connection.cursor() as cursor:
            cursor.execute(_COMPARE, {"company": company.pk})
            found += [Difference(company.slug, kind, id_) for kind, id_ in cursor.fetchall()]
    with connection.cursor() as cursor:
        cursor.execute(_SEATS)
        found += [Difference("", "seat_miscounted", id_) for (id_,) in cursor.fetchall()]
    return found
