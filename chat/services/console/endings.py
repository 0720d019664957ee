"""What a chat's ending has come to, as panels and consoles show it: the rating, and the mails the visitor asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from agency.domain.addresses import shown_address
from agency.models import OutboxRow
from chat.domain import events
from chat.models import Rating, TranscriptRequest
from chat.services.mail import deliveries


@dataclass(slots=True)
class Ending:
    """Of one chat. `transcripts`: in the order they were asked for."""

    rating: events.WireRating | None = None
    transcripts: list[events.WireTranscript] = field(default_factory=list)


def list_endings(chat_ids: Iterable[UUID]) -> dict[UUID, Ending]:
    """The ending of each of these chats of the company in context: three queries for any number of them.

    Addresses are for the visitor who gave them and for the operator who holds the chat, and for nobody else.
    """
    found = {chat_id: Ending() for chat_id in chat_ids}
    for rating in Rating.objects.filter(chat__in=found):
        found[rating.chat_id].rating = events.WireRating(rating.good, rating.words)
    asked = TranscriptRequest.objects.filter(chat__in=found).select_related("delivery")
    requests = list(asked.order_by("created_at", "id"))
    mails = [request.delivery_id for request in requests if request.delivery_id is not None]
    rows = OutboxRow.objects.filter(object_id__in=mails, kind=deliveries.KIND) if mails else []
    row_of = {row.object_id: row for row in rows}
    for request in requests:
        found[request.chat_id].transcripts.append(_wire(request, row_of))
    return found


def _wire(request: TranscriptRequest, row_of: dict[UUID, OutboxRow]) -> events.WireTranscript:
    """The state that the last event told: while nobody tried to send it, since when it is wanted."""
    state, at, reason = "queued", request.created_at, ""
    if request.delivery is not None:
        row = row_of.get(request.delivery.pk)
        state, at, reason = deliveries.state_of(request.delivery, row, since=request.created_at)
    return events.WireTranscript(shown_address(request.recipient), state, at, reason)
