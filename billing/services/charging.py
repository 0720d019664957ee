"""Settled chats onto the ledger, each exactly once.

A sweep without a leader: any number of workers may run it, and it may die anywhere. A page of one company's records is
one transaction under the company's lock; the unique constraint of the ledger is what makes "once" true.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from agency.domain.hours.periods import day_bounds
from agency.models import ChatRecord, RecordEvent
from agency.services.spam import is_spam, list_marks
from agency.services.sweeps import own_transaction
from billing.domain.components import price
from billing.domain.pricing import (
    ZONE,
    ChargeFacts,
    ChargeVerdict,
    Rate,
    charge_month,
    find_rate,
)
from billing.domain.turns import Decision, decide
from billing.models import Charge
from billing.services import facts
from billing.services.corrections import correct_flagged, list_unbooked
from billing.services.locks import try_ledger
from billing.services.prices import list_rates
from tenants.models import Company

# Records of one transaction: about 0.2 s.
PAGE = 500

Order = tuple[datetime, UUID]


def charge_settled(*, limit: int = 5_000) -> int:
    """Charge what is settled, and correct what was flagged after its charge.

    Args:
        limit: lines per company in this call, rounded up to a page.

    Returns:
        How many lines were written.
    """
    flagged = {event.company_id for event in list_unbooked()}
    companies = {company.pk: company for company in list_due_companies()}
    companies |= {company.pk: company for company in Company.objects.filter(pk__in=flagged)}
    return sum(_charge_company(company, limit) for company in companies.values())


def list_due_companies() -> list[Company]:
    """Companies with a price and a settled record that isn't charged."""
    due = ChatRecord.objects.filter(charged=False, settled_at__isnull=False)
    return list(Company.objects.filter(pk__in=due.values("company").distinct(), prices__isnull=False).distinct())


def list_due(
    company: Company, rates: list[Rate], *, after: Order | None = None, lock: bool = False
) -> list[ChatRecord]:
    """A page of settled records that aren't charged, by arrival, from the day of the first price on."""
    if not rates:
        return []
    due = ChatRecord.objects.filter(
        company=company,
        charged=False,
        settled_at__isnull=False,
        closed_at__gte=prices_begin(rates),
    )
    if after is not None:
        arrived_at, chat_id = after
        due = due.filter(
            Q(arrived_at__gt=arrived_at) | Q(arrived_at=arrived_at, chat_id__gt=chat_id),
            # Says the same again in a form by which the index is entered at the right place.
            arrived_at__gte=arrived_at,
        )
    if lock:
        # A flag set at this moment gets its turn in the next sweep. Passing over it breaks no order: a later
        # chat of that person finds it among the uncharged, and waits for it.
        due = due.select_for_update(no_key=True, skip_locked=True)
    return list(due.order_by("arrived_at", "chat_id")[:PAGE])


def prices_begin(rates: Iterable[Rate]) -> datetime:
    """The instant (UTC) from which a close has a price: the first Amsterdam midnight of the first price."""
    return day_bounds(min(rate.valid_from for rate in rates), ZONE)[0]


def decide_page(
    company: Company,
    records: list[ChatRecord],
    rates: list[Rate],
    events: dict[UUID, list[RecordEvent]],
) -> list[Decision]:
    """Judge a page of one company's records, nothing written."""
    due = [_facts(record, events.get(record.chat_id, [])) for record in records]
    if not due:
        return []
    # A chat goes from live to record: read in this order, none is missed between the two.
    unfinished = facts.list_unfinished(company, max(chat.arrived_at for chat in due))
    return list(
        decide(
            due,
            uncharged=facts.list_uncharged(company, due),
            unfinished=unfinished,
            billed=facts.list_billed(company, due),
            rate_of=lambda closed_at: find_rate(rates, closed_at),
        )
    )


def _charge_company(company: Company, limit: int) -> int:
    written, after = 0, None
    while written < limit:
        page: tuple[int, Order | None] = (0, None)
        with own_transaction(company.pk):
            page = _charge_page(company, after)
        count, after = page
        written += count
        if after is None:
            break
    return written


def _charge_page(company: Company, after: Order | None) -> tuple[int, Order | None]:
    """Charge one page of chats.

    Returns:
        How many were charged, and where the next page begins: None at the end or while another process is at it.
    """
    if not try_ledger(company):
        return 0, None
    # First what was said of charged chats: whoever came back since is judged by it.
    corrections = correct_flagged(company)
    rates = list_rates(company)
    records = list_due(company, rates, after=after, lock=True)
    events = list_marks(records)
    decisions = decide_page(company, records, rates, events)
    lines = list(_lines(company, decisions, events))
    Charge.objects.bulk_create(lines, ignore_conflicts=True)
    ChatRecord.objects.filter(pk__in=[line.record_id for line in lines]).update(charged=True)
    last = records[-1] if len(records) == PAGE else None
    return corrections + len(lines), (last.arrived_at, last.chat_id) if last else None


def _lines(company: Company, decisions: Iterable[Decision], events: dict[UUID, list[RecordEvent]]) -> Iterable[Charge]:
    for made in decisions:
        if made.verdict is not None and made.rate is not None:
            known = [str(event.pk) for event in events.get(made.facts.chat_id, [])]
            yield from charges_of(company.pk, made.facts, made.verdict, made.rate, known)


def charges_of(
    company_id: UUID, chat: ChargeFacts, verdict: ChargeVerdict, rate: Rate, known: list[str]
) -> list[Charge]:
    """The lines of one chat, not saved, its own first.

    Args:
        known: ids of the spam events that the verdict takes into account.
    """
    evidence = evidence_of(chat, rate)
    if known:
        # A fact that the verdict knows already is no reason for a correction.
        evidence["events"] = known
    return [
        Charge(
            company_id=company_id,
            record_id=chat.chat_id,
            component=line.component,
            reason=verdict.reason,
            amount=line.amount,
            price_id=rate.price_id,
            repeat_of_id=verdict.repeat_of,
            evidence=evidence,
            month=charge_month(chat.closed_at),
        )
        for line in price(verdict, chat, rate)
    ]


def evidence_of(chat: ChargeFacts, rate: Rate) -> dict[str, object]:
    """Return the facts that a line was decided on, as they were then. Keys of visitors stay in the record."""
    return {
        "arrived_at": chat.arrived_at.isoformat(),
        "closed_at": chat.closed_at.isoformat(),
        "outcome": chat.outcome,
        "spam": chat.spam,
        "visitor_texts": chat.visitor_texts,
        "operator_texts": chat.operator_texts,
        "in_hours": chat.in_hours,
        "price": str(rate.amount),
        "price_from": rate.valid_from.isoformat(),
    }


def _facts(record: ChatRecord, events: list[RecordEvent]) -> ChargeFacts:
    return facts.facts_of(record, spam=is_spam(record.outcome, events))
