"""The note for whoever takes a chat over: it stands in the chat, and the offer shows it before they say yes."""

from agency.domain.pool import trail_reasons
from agency.models import Assignment, PoolEntry
from chat.models import Message
from tenants.context import in_company


def find_passing_note(entry: PoolEntry) -> str:
    """Return the note that came with the pending transfer, or "". Two queries where a colleague asks."""
    if not entry.transfer:
        return ""
    offers = Assignment.objects.filter(chat_id=entry.chat_id, kind=Assignment.Kind.OFFER)
    for row in offers.order_by("-fence")[:2]:
        if row.code == trail_reasons.transfer_again.code:
            continue
        if row.code != trail_reasons.transfer.code:
            # A manager moves it.
            return ""
        # Both were written by one command, at one moment.
        own = Message.objects.filter(chat_id=entry.chat_id, kind=Message.Kind.NOTE)
        with in_company(entry.company):
            note = own.filter(author_id=entry.operator_id, created_at=row.at).first()
        return note.body if note else ""
    return ""
