"""The record of a finished chat, and its settling."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from agency.domain import keys
from agency.models import ChatRecord, PoolEntry, RecordEvent
from tenants.models import Company

# The visitor walked away by themselves.
_LEFT = frozenset({"visitor", "left"})
# Changes of a rating that are kept.
_MINDS = 20


@dataclass(frozen=True, slots=True)
class Ended:
    """Facts of a chat at its end that aren't in its pool entry.

    `number`: the chat's within its company. `address`: the visitor's mail address if one is known; only its key is
    kept.
    """

    reason: str
    closed_at: datetime
    settled_at: datetime | None
    outcome: str
    in_hours: bool
    number: int
    visitor_texts: int
    operator_texts: int
    address: str = ""


def write_record(entry: PoolEntry, ended: Ended) -> ChatRecord:
    """Write the facts of a chat that closes, in the closing transaction. Once per chat: its id is the key."""
    return ChatRecord.objects.create(
        chat_id=entry.chat_id,
        company_id=entry.company_id,
        site_id=entry.site_id,
        visitor_id=entry.visitor_id,
        language=entry.language,
        operator_id=entry.operator_id,
        arrived_at=entry.arrived_at,
        assigned_at=entry.assigned_at,
        first_human_at=entry.first_human_at,
        closed_at=ended.closed_at,
        settled_at=ended.settled_at,
        close_reason=ended.reason,
        outcome=ended.outcome,
        promise_id=entry.promise_id,
        promise_seconds=entry.promise_seconds,
        bounces=entry.bounces,
        visitor_texts=ended.visitor_texts,
        operator_texts=ended.operator_texts,
        in_hours=ended.in_hours,
        visitor_left_at=ended.closed_at if ended.reason in _LEFT else None,
        number=ended.number,
        seats=entry.seats,
        free_slots=entry.free_slots,
        concurrency=entry.concurrency,
        visitor_key=keys.visitor_key(entry.company.secret, str(entry.visitor_id)),
        address_key=keys.address_key(entry.company.secret, ended.address),
    )


def settle(*, chat_id: UUID, outcome: str, now: datetime) -> bool:
    """Set outcome and `settled_at`, once. False if it was settled before."""
    changed = ChatRecord.objects.filter(pk=chat_id, settled_at__isnull=True).update(settled_at=now, outcome=outcome)
    return changed == 1


def is_settled_by(*, chat_id: UUID, operator_id: UUID) -> bool:
    """Whether the chat was this operator's and has been settled."""
    return ChatRecord.objects.filter(pk=chat_id, operator=operator_id, settled_at__isnull=False).exists()


@transaction.atomic
def note_rating(*, chat_id: UUID, good: bool, now: datetime) -> bool:
    """Keep the value of a visitor's rating beside the record, in the running transaction. False: no such record."""
    record = ChatRecord.objects.filter(pk=chat_id).first()
    if record is None:
        return False
    event = RecordEvent.objects.filter(record=record, kind=RecordEvent.Kind.RATING).first()
    if event is None:
        event = RecordEvent(record=record, company_id=record.company_id, kind=RecordEvent.Kind.RATING)
    event.value, event.at = int(good), now
    said = event.data.get("said", [])
    if not said or said[-1]["good"] != good:
        # Each change of mind, so that the value has something to be held against.
        said = [*said, {"at": now.isoformat(), "good": good}][-_MINDS:]
    event.data = {"said": said}
    event.save()
    return True


@transaction.atomic
def note_lead_result(*, chat_id: UUID, won: bool, by: str, now: datetime) -> bool:
    """Keep whether the lead of a chat was won, in the running transaction. The newest counts. False: no such record.

    Args:
        by: who of the company said so; "" where nobody signed in.
    """
    record = ChatRecord.objects.select_for_update(no_key=True).filter(pk=chat_id).first()
    if record is None:
        return False
    kind = RecordEvent.Kind.LEAD_RESULT
    last = RecordEvent.objects.filter(record=record, kind=kind).order_by("-at").values_list("at", flat=True).first()
    # Later than the one before it, whatever the clock of its machine says.
    at = max(now, last + timedelta(microseconds=1)) if last else now
    RecordEvent.objects.create(
        record=record, company_id=record.company_id, kind=kind, value=int(won), actor_name=by, at=at
    )
    return True


def find_earlier_operator(company: Company, visitor_id: UUID) -> UUID | None:
    """Return the operator who helped this visitor of this company last. A chat that nobody took says nothing."""
    key = keys.visitor_key(company.secret, str(visitor_id))
    records = ChatRecord.objects.filter(company=company, visitor_key=key, operator__isnull=False)
    return records.order_by("-arrived_at").values_list("operator", flat=True).first()
