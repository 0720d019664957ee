"""The steps of a company's script that were ticked in a running chat. They stay with the chat, whoever holds it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.live.switchboard import send_on_commit
from chat.domain.texts.wording import MOST_STEPS
from chat.services import assignment
from chat.services.assignment import CannotAssign, Console
from chat.services.assignment.steps import changed


@transaction.atomic
def tick(*, chat_id: UUID, fence: int, by: Console, step: str, on: bool, now: datetime) -> None:
    """Tick a step of the script, or take its tick away, and tell the holder's consoles. Repeating it changes nothing.

    Raises:
        CannotAssign: not_found, not_yours, fence, seat_taken; too_many (as many steps as a script can have are ticked).
    """
    entry = assignment.lock_own(chat_id=chat_id, fence=fence, by=by)
    if (step in entry.ticks) == on:
        return
    others = {key: at for key, at in entry.ticks.items() if key != step}
    if on and len(others) >= MOST_STEPS:
        raise CannotAssign("too_many")
    entry.ticks = {**others, step: now.isoformat()} if on else others
    entry.save(update_fields=["ticks"])
    send_on_commit([changed(entry)])
