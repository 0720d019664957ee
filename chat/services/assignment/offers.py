"""Ends of an offer: accepted, declined, or over after 10 s."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from agency.domain.pool import reasons, trail_reasons
from agency.domain.pool.routing import OFFER_SECONDS
from agency.models import PoolEntry
from agency.services.certification import valid_certificates
from agency.services.pool import entries, seats
from agency.services.sweeps import own_transaction
from chat.services.assignment.steps import (
    CannotAssign,
    Console,
    Kind,
    bounce,
    did_before,
    give,
    seat_of_console,
)
from chat.services.assignment.transfers import accept_transfer, pass_transfer
from chat.services.messaging import seq_of_line

_NO_ANSWER = trail_reasons.no_answer(seconds=OFFER_SECONDS)
_DECLINED = trail_reasons.declined.code
# The line that a declined offer leaves, of a chat or of a question to take one over.
_LEFT = Q(code=_DECLINED) | Q(code=trail_reasons.transfer_passed.code, facts__contains={"why": [{"code": _DECLINED}]})


@transaction.atomic
def accept(*, chat_id: UUID, fence: int, by: Console, now: datetime) -> int:
    """Take the offered chat, or the one a colleague asks to take over.

    Returns:
        The seq of the system message.

    A repeat of an accepted one changes nothing.

    Raises:
        CannotAssign: not_found, fence, wrong_state, seat_taken.
    """
    entry = entries.find_locked(chat_id)
    if entry is not None and entry.operator_id == by.operator_id and entry.fence == fence + 1:
        return seq_of_line(entry, "accepted", "transferred")
    if entry is None or entry.offered_to_id != by.operator_id:
        raise CannotAssign("not_found")
    # The offer may be older than the end of a certification; it expires by itself.
    if entry.company_id not in valid_certificates.list_certified_companies(by.operator_id, now):
        raise CannotAssign("not_found")
    if entry.fence != fence:
        raise CannotAssign("fence")
    if entry.transfer:
        return accept_transfer(entry, by=by, now=now)
    seat = seat_of_console(by)
    return give(entry, seat, kind=Kind.ACCEPT, name=by.name, reason=reasons.NONE, now=now)


@transaction.atomic
def decline(*, chat_id: UUID, fence: int, by: Console, reason: str, now: datetime) -> None:
    """Pass the offer on. A repeat of a declined one changes nothing.

    Raises:
        CannotAssign: not_found, fence, seat_taken.
    """
    entry = entries.find_locked(chat_id)
    if did_before(_LEFT, chat_id=chat_id, fence=fence, by=by):
        return
    if entry is None or entry.offered_to_id != by.operator_id:
        raise CannotAssign("not_found")
    if entry.fence != fence:
        raise CannotAssign("fence")
    why = trail_reasons.declined(words=reason)
    if entry.transfer:
        pass_transfer(entry, by=by, gone="declined", reason=why, now=now)
        return
    bounce(entry, seat_of_console(by), gone="declined", reason=why, now=now)


def expire_offers(*, now: datetime) -> int:
    """Take back offers, and questions to take a chat over, that nobody answered within 10 s."""
    due = PoolEntry.objects.filter(offer_expires_at__lte=now)
    count = 0
    for chat_id in due.order_by("chat_id").values_list("chat_id", flat=True)[:500]:
        with own_transaction(chat_id):
            entry = entries.find_locked_now(chat_id, offer_expires_at__lte=now)
            if entry is None or entry.offered_to_id is None:
                continue
            if entry.transfer:
                pass_transfer(entry, gone="expired", reason=_NO_ANSWER, now=now)
            else:
                seat = seats.lock_seat(entry.offered_to_id)
                bounce(entry, seat, gone="expired", reason=_NO_ANSWER, now=now)
            count += 1
    return count
