"""Records, live chats and charged lines as the rules read them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from agency.domain import keys
from agency.models import ChatRecord, PoolEntry
from agency.services.spam import is_spam
from billing.domain.pricing import REPEAT_WINDOW, ChargeFacts, Reason
from billing.domain.turns import Unfinished
from billing.models import Charge
from tenants.models import Company


def facts_of(record: ChatRecord, *, spam: bool | None = None) -> ChargeFacts:
    """The facts of one record.

    Args:
        spam: whether it is spam; None: what was said after the close doesn't matter.
    """
    # Answered means both here: a text of a person, and the moment of the first.
    answered = record.first_human_at is not None
    return ChargeFacts(
        chat_id=record.chat_id,
        arrived_at=record.arrived_at,
        closed_at=record.closed_at,
        outcome=record.outcome,
        spam=is_spam(record.outcome, None) if spam is None else spam,
        visitor_texts=record.visitor_texts,
        operator_texts=record.operator_texts if answered else 0,
        in_hours=record.in_hours,
        visitor_key=record.visitor_key,
        address_key=record.address_key,
    )


def list_unfinished(company: Company, until: datetime) -> list[Unfinished]:
    """The company's chats that still go on and had arrived by an instant. One in wrap-up has its record already."""
    entries = PoolEntry.objects.filter(company=company, arrived_at__lte=until)
    return [
        Unfinished(chat_id, arrived_at, keys.visitor_key(company.secret, str(visitor_id)))
        for chat_id, arrived_at, visitor_id in entries.exclude(state=PoolEntry.State.WRAP_UP).values_list(
            "chat_id", "arrived_at", "visitor_id"
        )
    ]


def list_uncharged(company: Company, people: Iterable[ChargeFacts]) -> list[ChargeFacts]:
    """Finished chats of these people that aren't charged, settled or not."""
    records = ChatRecord.objects.filter(_of(people), company=company, charged=False)
    return [facts_of(record) for record in records]


def list_billed(company: Company, people: Collection[ChargeFacts], *, around: bool = False) -> list[ChargeFacts]:
    """Chats of these people that are billed as the ledger stands now, and whose window could reach them.

    Args:
        around: those that came after them too.
    """
    if not people:
        return []
    records = ChatRecord.objects.filter(
        _of(people),
        company=company,
        charged=True,
        closed_at__gte=min(chat.arrived_at for chat in people) - REPEAT_WINDOW,
    )
    latest = max(chat.arrived_at for chat in people)
    if around:
        latest = max(chat.closed_at for chat in people) + REPEAT_WINDOW
    found = {record.chat_id: record for record in records.filter(arrived_at__lte=latest)}
    lines: dict[UUID, list[Charge]] = defaultdict(list)
    for line in Charge.objects.filter(record__in=found).select_related("event"):
        lines[line.record_id].append(line)
    return [facts_of(found[chat_id]) for chat_id, own in lines.items() if is_billed(own)]


def in_order(lines: Iterable[Charge]) -> list[Charge]:
    """The lines of a chat: its charge, other components, then the corrections in the order of what they follow."""
    return sorted(lines, key=_line_order)


def newest(lines: Iterable[Charge]) -> Charge:
    """The line of a chat that counts now: the correction of what was said last, or one of its charge."""
    return in_order(lines)[-1]


def is_billed(lines: Iterable[Charge]) -> bool:
    """Whether a chat is billed by its lines. At a price of 0 the amounts couldn't tell."""
    line = newest(lines)
    if line.reason == Reason.NOT_SPAM:
        return bool(line.evidence.get("verdict") == Reason.BILLABLE)
    return line.reason == Reason.BILLABLE


def is_booked_as_spam(lines: Iterable[Charge]) -> bool:
    """Whether a chat counts as spam by its lines."""
    return newest(lines).reason == Reason.SPAM


def _line_order(line: Charge) -> tuple[Any, ...]:
    if line.event is None:
        return 0, line.component != Charge.Component.CHAT
    return (1, line.event.at, line.event.pk)


def _of(people: Iterable[ChargeFacts]) -> Q:
    known = list(people)
    visitors = {chat.visitor_key for chat in known if chat.visitor_key}
    addresses = {chat.address_key for chat in known if chat.address_key}
    return Q(visitor_key__in=visitors) | Q(address_key__in=addresses)
