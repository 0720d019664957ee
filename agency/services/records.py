"""The record of a finished chat, and its settling."""

from datetime import datetime
from uuid import UUID

from agency.models import ChatRecord, PoolEntry


def write_record(
    entry: PoolEntry,
    *,
    reason: str,
    closed_at: datetime,
    visitor_texts: int,
    operator_texts: int,
    in_hours: bool,
    settled_at: datetime | None,
    outcome: str,
) -> ChatRecord:
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
        closed_at=closed_at,
        settled_at=settled_at,
        close_reason=reason,
        outcome=outcome,
        promise_id=entry.promise_id,
        promise_seconds=entry.promise_seconds,
        bounces=entry.bounces,
        visitor_texts=visitor_texts,
        operator_texts=operator_texts,
        in_hours=in_hours,
    )


def settle(*, chat_id: UUID, outcome: str, now: datetime) -> bool:
    """Set outcome and `settled_at`, once; False if it was settled before."""
    changed = ChatRecord.objects.filter(pk=chat_id, settled_at__isnull=True).update(
        settled_at=now, outcome=outcome
    )
    return changed == 1


def is_settled_by(*, chat_id: UUID, operator_id: UUID) -> bool:
    """Whether the chat was this operator's and has been settled."""
    return ChatRecord.objects.filter(
        pk=chat_id, operator=operator_id, settled_at__isnull=False
    ).exists()
