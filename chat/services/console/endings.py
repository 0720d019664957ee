"""The end of a chat as panels and consoles show it: the rating, and the mails the visitor asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from agency.domain.addresses import shown_address
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
    states = deliveries.read_states((one.delivery, one.created_at) for one in requests if one.delivery is not None)
    for request in requests:
        mail = states[request.delivery_id] if request.delivery_id else deliveries.state_wanted(request)
        wire = events.WireTranscript(shown_address(request.recipient), mail.state, mail.at, mail.reason)
        found[request.chat_id].transcripts.append(wire)
    return found
