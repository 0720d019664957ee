"""The session of a widget's socket, as its commands know it."""

from collections.abc import Callable
from uuid import UUID

from chat.realtime.direct import DirectConsumer, Refused
from tenants.context import run_in
from tenants.resolve import SiteFacts


class WidgetSession(DirectConsumer):
    """One visitor on one site.

    Args:
        site: the site whose page the widget is on.
        visitor_id: who the hello said they are; None before it.
        chat_id: the chat that is followed, if there is one.
        address: the address they come from, for limits.
    """

    site: SiteFacts
    visitor_id: UUID | None = None
    chat_id: UUID | None = None
    address: str = ""

    def follow(self, chat_id: UUID) -> None:
        """Hear what happens in this chat, and in no other."""
        self.chat_id = chat_id
        self.listen_to(f"v:{chat_id}")

    async def count(self, may: Callable[[SiteFacts, UUID, str], bool]) -> None:
        """Count one of what this visitor may do so often. Raises Refused: too_many."""
        assert self.visitor_id is not None
        if not await run_in(None, may, self.site, self.visitor_id, self.address):
            raise Refused("too_many")
