"""An operator reads what changed in a company's instruction, and says so."""

from uuid import UUID

from agency.models import User
from chat.domain import events, frames
from chat.realtime.commands import command
from chat.realtime.console.session import ConsoleSession
from chat.realtime.direct import Refused
from chat.services.texts import receipts
from tenants import clock
from tenants.context import run_in


@command(frames.ReadingGet)
async def get(console: ConsoleSession, frame: frames.ReadingGet) -> None:
    """Show what changed since this operator read it last."""
    found = await run_in(None, _find_changes, console.who.user_id, frame.company_id)
    if found is None:
        raise Refused("not_found")
    console.say(found)


@command(frames.ReadingDone)
async def done(console: ConsoleSession, frame: frames.ReadingDone) -> None:
    """Store that the shown version is read. A newer one stays unread."""
    known = await run_in(None, _finish, console.who.user_id, frame.company_id, frame.major)
    if not known:
        raise Refused("not_found")
    console.say(events.Ack(frame.client_id))


def _find_changes(user_id: UUID, company_id: UUID) -> events.Reading | None:
    operator = User.objects.select_related("operator").get(pk=user_id)
    return receipts.find_changes(operator=operator, company_id=company_id, now=clock.now())


def _finish(user_id: UUID, company_id: UUID, major: int) -> bool:
    operator = User.objects.get(pk=user_id)
    return receipts.finish_reading(operator=operator, company_id=company_id, major=major, now=clock.now())
