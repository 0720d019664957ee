"""One test chat in memory, and as the wire shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chat.domain import events
from chat.domain.trial import NAME


@dataclass(slots=True)
class TrialTalk:
    """One test chat, in memory. `state`: open, closed."""

    id: UUID
    at: datetime
    messages: list[events.WireMessage] = field(default_factory=list)
    state: str = "open"
    rating: events.WireRating | None = None
    answered: bool = False
    # Texts of the robot that are still to come.
    due: int = 0

    @property
    def last_seq(self) -> int:
        """The highest seq."""
        return len(self.messages)


def shown(talk: TrialTalk | None, promise_seconds: int) -> events.VisitorChat | None:
    """Return the chat for a welcome, None for none."""
    if talk is None:
        return None
    return events.VisitorChat(
        id=talk.id,
        state=talk.state,
        last_seq=talk.last_seq,
        arrived_at=talk.at,
        promise_seconds=promise_seconds,
        operator=NAME,
        operator_read=talk.last_seq,
        visitor_read=0,
        answered=talk.answered,
        messages=talk.messages,
        rating=talk.rating,
        transcripts=[],
    )
