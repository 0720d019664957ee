"""Whether the ledger agrees with the records, the prices and itself: each line is worked out again. Changes nothing."""

import json
from collections import namedtuple
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from agency.models import ChatRecord, RecordEvent
from agency.services.reconcile import Difference, list_rows
from agency.services.spam import is_spam, list_marks
from billing.domain.pricing import REPEAT_WINDOW, ChargeFacts, Rate, find_rate, judge
from billing.domain.turns import Wait
from billing.models import Charge
from billing.services import facts
from billing.services.charging import (
    PAGE,
    charges_of,
    decide_page,
    list_due,
    list_due_companies,
)
from billing.services.corrections import correction_of, list_unbooked
from billing.services.ledger import list_unpriced
from billing.services.prices import list_rates
from tenants.models import Company

# Three sweeps of 10 s, and one to be sure.
GRACE = timedelta(seconds=40)

_MARKS = """
    SELECT 'marked as charged, but not on the ledger', r.chat_id FROM agency_chatrecord r
        WHERE r.company_id = %(company)s AND r.charged AND NOT EXISTS (
            SELECT FROM billing_charge c WHERE c.record_id = r.chat_id AND c.component = 'chat')
    UNION ALL SELECT v.what, c.record_id FROM billing_charge c LEFT JOIN agency_chatrecord r ON r.chat_id = c.record_id,
        LATERAL (VALUES
            ('on the ledger without a record', r.chat_id IS NULL),
            ('on the ledger of another company', r.company_id <> c.company_id),
            ('on the ledger, but not marked as charged', NOT r.charged),
            ('on the ledger, but not settled', r.chat_id IS NOT NULL AND r.settled_at IS NULL)
        ) v (what, differs) WHERE c.company_id = %(company)s AND v.differs
"""

# Each line with its chat's facts, all that was said of spam in order, and, a row each, the same person's chats nearby
# that were billed when the line was written. A line counts from its own time until the chat's next; lines of one time
# were one page, in order of arrival. `rows` is made once, and twice more joined to itself by who it was.
_LINES = """
    WITH said AS (
        SELECT record_id, jsonb_agg(jsonb_build_array(id, at, value) ORDER BY at, id) AS said FROM agency_recordevent
        WHERE company_id = %(company)s AND kind = 'spam' GROUP BY record_id
    ), line AS MATERIALIZED (
        SELECT c.id, c.record_id, c.component, c.reason, c.amount, c.price_id, c.event_id, c.repeat_of_id, c.evidence,
               c.month, c.created_at, r.arrived_at, r.closed_at, r.outcome, r.visitor_texts, r.operator_texts,
               r.first_human_at, r.in_hours, r.visitor_key, r.address_key,
               c.reason = 'billable' OR (c.reason = 'not_spam' AND c.evidence ->> 'verdict' = 'billable') AS billed,
               lead(c.created_at) OVER (
                   PARTITION BY c.record_id ORDER BY c.created_at, c.component <> 'chat', c.component) AS until
        FROM billing_charge c JOIN agency_chatrecord r ON r.chat_id = c.record_id
        WHERE c.company_id = %(company)s
    ), near AS (
        {by_visitor} UNION {by_address}
    )
    SELECT line.*, said.said, near.other_id, near.other_arrived_at, near.other_closed_at, near.other_visitor,
           near.other_address
    FROM line LEFT JOIN said USING (record_id) LEFT JOIN near ON near.id = line.id
    ORDER BY line.arrived_at, line.record_id, line.created_at, line.component <> 'chat', line.component, line.id
"""
_NEAR = """
    SELECT own.id, b.record_id AS other_id, b.arrived_at AS other_arrived_at, b.closed_at AS other_closed_at,
           b.visitor_key AS other_visitor, b.address_key AS other_address
    FROM line own JOIN line b ON b.{key} = own.{key} AND b.{key} <> '' AND b.billed AND b.record_id <> own.record_id
    WHERE b.closed_at >= own.arrived_at - %(window)s AND b.arrived_at <= own.closed_at + %(window)s
      AND (b.created_at, b.arrived_at, b.record_id) < (own.created_at, own.arrived_at, own.record_id)
      AND (b.until IS NULL OR b.until > own.created_at)
"""
_LINES = _LINES.format(by_visitor=_NEAR.format(key="visitor_key"), by_address=_NEAR.format(key="address_key"))
_Row = namedtuple(
    "_Row",
    "id chat_id component reason amount price_id event_id repeat_of_id evidence month created_at arrived_at closed_at "
    "outcome visitor_texts operator_texts first_human_at in_hours visitor_key address_key billed until said "
    "other_id other_arrived_at other_closed_at other_visitor other_address",
)
# The parts of a line that are worked out again.
_FIELDS = ("reason", "amount", "price_id", "repeat_of_id", "event_id", "month", "evidence")


@dataclass(frozen=True, slots=True)
class Waits:
    """One settled chat that isn't charged, and may not be yet."""

    company_id: UUID
    chat_id: UUID
    why: Wait

    def __str__(self) -> str:
        return f"ledger: chat {self.chat_id} of {self.company_id} waits: {self.why}"


def list_differences(company: Company, now: datetime) -> Iterator[Difference]:
    """Yield every difference of one company that the sweeps won't mend by themselves. Run it in a transaction.

    Args:
        now: chats that settled and flags that came within the last 40 s are left to the sweeps.
    """
    values = {"company": company.pk, "window": REPEAT_WINDOW}
    for record, wait in _decided(company):
        if wait is None and record.settled_at and record.settled_at < now - GRACE:
            yield Difference(company.slug, "settled, but not charged", record.chat_id)
    for event in list_unbooked(company):
        if event.at < now - GRACE:
            what = "flagged or unflagged, but not corrected"
            yield Difference(company.slug, what, event.record_id)
    for what, chat_id in list_rows(_MARKS, values):
        yield Difference(company.slug, what, chat_id)
    rates = list_rates(company)
    rows = (_Row(*row) for row in list_rows(_LINES, values))
    for chat_id, own in groupby(rows, key=lambda row: row.chat_id):
        for what in _check_chat(company, list(own), rates):
            yield Difference(company.slug, what, chat_id)


def list_waiting() -> list[Waits]:
    """Settled chats that rightly wait: for a price, or for an earlier chat of the same person."""
    settled = ChatRecord.objects.filter(charged=False, settled_at__isnull=False)
    companies = Company.objects.filter(pk__in=settled.values("company").distinct())
    return [Waits(company.pk, chat.chat_id, chat.wait) for company in companies for chat in list_unpriced(company)] + [
        Waits(record.company_id, record.chat_id, wait)
        for company in list_due_companies()
        for record, wait in _decided(company)
        if wait is not None
    ]


def _check_chat(company: Company, rows: list[Any], rates: list[Rate]) -> Iterator[str]:
    """Yield what is wrong with the lines of one chat, given in the order of writing."""
    by_line = [list(own) for _id, own in groupby(rows, key=lambda row: row.id)]
    charge, *others = by_line
    corrections = [line for line in others if line[0].component == Charge.Component.CORRECTION]
    on_top = [line[0] for line in others if line[0].component != Charge.Component.CORRECTION]
    first = charge[0]
    said = [_event(first.chat_id, *one) for one in json.loads(first.said or "[]")]
    known = json.loads(first.evidence).get("events", [])
    if first.component != Charge.Component.CHAT:
        yield "corrected without a charge"
        return
    rate = find_rate(rates, first.closed_at)
    if rate is None:
        yield "charged without a price"
        return
    if known != [str(event.pk) for event in said[: len(known)]]:
        yield "charge knows of a flag that isn't there"
        return
    chat = facts.facts_of(first, spam=is_spam(first.outcome, said[: len(known)]))
    lines = charges_of(company.pk, chat, judge(chat, _billed(charge)), rate, known)
    yield from _compare("charge", lines[0], first)
    yield from _compare_components(lines[1:], on_top)
    plain = facts.facts_of(first, spam=False)
    # In the order of writing, which must be that of what they follow.
    for event, line in zip(said[len(known) :], corrections, strict=False):
        again = partial(judge, plain, _billed(line))
        lines.append(correction_of(lines, event, plain, rate, again))
        yield from _compare("correction", lines[-1], line[0])
    if len(corrections) > len(said) - len(known):
        yield "corrected without a flag"


def _compare_components(made: list[Charge], rows: list[Any]) -> Iterator[str]:
    """Yield what is wrong with the lines beside the chat's own."""
    found = {row.component: row for row in rows}
    for line in made:
        if (row := found.pop(line.component, None)) is None:
            yield f"{line.component} isn't on the ledger, worked out again it is {line.amount}"
        else:
            yield from _compare(line.component, line, row)
    for row in found.values():
        yield f"{row.component} is {row.amount}, worked out again there is none"


def _compare(name: str, made: Charge, row: Any) -> Iterator[str]:
    for field in _FIELDS:
        wanted, found = getattr(made, field), getattr(row, field)
        if field == "evidence":
            found = json.loads(found)
        if wanted != found:
            yield f"{name}: {field.removesuffix('_id')} is {found}, worked out again it is {wanted}"


def _billed(rows: Iterable[Any]) -> list[ChargeFacts]:
    """The chats nearby that were billed when a line was written."""
    return [
        ChargeFacts(
            row.other_id,
            row.other_arrived_at,
            row.other_closed_at,
            visitor_key=row.other_visitor,
            address_key=row.other_address,
        )
        for row in rows
        if row.other_id is not None
    ]


def _event(chat_id: UUID, event_id: str, at: str, value: int) -> RecordEvent:
    return RecordEvent(pk=UUID(event_id), record_id=chat_id, at=datetime.fromisoformat(at), value=value)


def _decided(company: Company) -> Iterator[tuple[ChatRecord, Wait | None]]:
    """Each settled record with a price that isn't charged: why it waits, or None if it is due."""
    rates, after = list_rates(company), None
    while True:
        page = list_due(company, rates, after=after)
        by_id = {record.chat_id: record for record in page}
        for made in decide_page(company, page, rates, list_marks(page)):
            yield by_id[made.facts.chat_id], made.wait
        if len(page) < PAGE:
            break
        after = (page[-1].arrived_at, page[-1].chat_id)
