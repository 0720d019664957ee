"""Whether the ledger agrees with the records, the prices and itself. Reads everything; changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from agency.models import ChatRecord
from billing.domain.pricing import ZONE
from billing.domain.turns import Wait
from billing.services import facts
from billing.services.charging import PAGE, decide_page, list_due, list_due_companies
from billing.services.corrections import list_unbooked
from billing.services.ledger import list_unpriced
from billing.services.prices import list_rates
from tenants.models import Company

# Three sweeps of 10 s, and one to be sure.
GRACE = timedelta(seconds=40)

# What two tables say of one chat, found by one query each: the name of the difference, and the rows that show it.
_CHECKS = {
    "marked as charged, but not on the ledger": """
        SELECT r.company_id, r.chat_id FROM agency_chatrecord r WHERE r.charged AND NOT EXISTS (
          SELECT FROM billing_charge c WHERE c.record_id = r.chat_id AND c.component = 'chat')""",
    "on the ledger, but not marked as charged": """
        SELECT r.company_id, r.chat_id FROM agency_chatrecord r
        JOIN billing_charge c ON c.record_id = r.chat_id AND c.component = 'chat'
        WHERE NOT r.charged""",
    "on the ledger, but not settled": """
        SELECT r.company_id, r.chat_id FROM agency_chatrecord r
        JOIN billing_charge c ON c.record_id = r.chat_id AND c.component = 'chat'
        WHERE r.settled_at IS NULL""",
    "on the ledger of another company": """
        SELECT c.company_id, c.record_id FROM billing_charge c
        JOIN agency_chatrecord r ON r.chat_id = c.record_id WHERE r.company_id <> c.company_id""",
    "charged in another month than that of its close": """
        SELECT c.company_id, c.record_id FROM billing_charge c
        JOIN agency_chatrecord r ON r.chat_id = c.record_id
        WHERE c.component = 'chat'
          AND c.month <> date_trunc('month', r.closed_at AT TIME ZONE %(zone)s)::date""",
    "charged at another price than that of its day": """
        SELECT c.company_id, c.record_id FROM billing_charge c
        JOIN agency_chatrecord r ON r.chat_id = c.record_id
        LEFT JOIN LATERAL (
          SELECT p.id, p.amount FROM billing_price p WHERE p.company_id = c.company_id
            AND p.valid_from <= (r.closed_at AT TIME ZONE %(zone)s)::date
          ORDER BY p.valid_from DESC LIMIT 1) p ON true
        WHERE c.component = 'chat' AND (p.id IS DISTINCT FROM c.price_id
          OR c.amount <> CASE c.reason WHEN 'billable' THEN p.amount ELSE 0 END)""",
    "adds up to less than nothing, or to more than its price": """
        SELECT c.company_id, c.record_id FROM billing_charge c
        JOIN billing_price p ON p.id = c.price_id
        GROUP BY c.company_id, c.record_id
        HAVING sum(c.amount) < 0 OR sum(c.amount) > max(p.amount)""",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One chat about which two books don't agree."""

    company_id: UUID
    chat_id: UUID
    what: str

    def __str__(self) -> str:
        return f"ledger: chat {self.chat_id} of {self.company_id}: {self.what}"


@dataclass(frozen=True, slots=True)
class Waits:
    """One settled chat that isn't charged, and may not be yet."""

    company_id: UUID
    chat_id: UUID
    why: Wait

    def __str__(self) -> str:
        return f"ledger: chat {self.chat_id} of {self.company_id} waits: {self.why}"


def list_differences(now: datetime) -> list[Difference]:
    """Every difference that the sweeps won't take away by themselves; empty when the books agree.

    Args:
        now: chats that settled and flags that came within the last 40 s are left to the sweeps.
    """
    found = [*_list_late(now), *_list_late_corrections(now)]
    with connection.cursor() as cursor:
        for what, query in _CHECKS.items():
            cursor.execute(query, {"zone": ZONE})
            found += [Difference(company, chat, what) for company, chat in cursor.fetchall()]
    return found


def list_waiting() -> list[Waits]:
    """Settled chats that rightly wait: for a price, or for an earlier chat of the same person."""
    settled = ChatRecord.objects.filter(charged=False, settled_at__isnull=False)
    companies = Company.objects.filter(pk__in=settled.values("company").distinct())
    return [
        Waits(company.pk, chat.chat_id, chat.wait)
        for company in companies
        for chat in list_unpriced(company)
    ] + [
        Waits(record.company_id, record.chat_id, wait)
        for record, wait in _decided()
        if wait is not None
    ]


def _list_late(now: datetime) -> Iterator[Difference]:
    for record, wait in _decided():
        if wait is None and record.settled_at and record.settled_at < now - GRACE:
            yield Difference(record.company_id, record.chat_id, "settled, but not charged")


def _list_late_corrections(now: datetime) -> Iterator[Difference]:
    for event in list_unbooked():
        if event.at < now - GRACE:
            what = "flagged or unflagged, but not corrected"
            yield Difference(event.company_id, event.record_id, what)


def _decided() -> Iterator[tuple[ChatRecord, Wait | None]]:
    """Each settled record with a price that isn't charged: why it waits, or None if it is due."""
    for company in list_due_companies():
        rates, after = list_rates(company), None
        while True:
            page = list_due(company, rates, after=after)
            by_id = {record.chat_id: record for record in page}
            for made in decide_page(company, page, rates, facts.list_spam_events(page)):
                yield by_id[made.facts.chat_id], made.wait
            if len(page) < PAGE:
                break
            after = (page[-1].arrived_at, page[-1].chat_id)
