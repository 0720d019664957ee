"""Whether visitors were helped well: given in the panel or from the mail, until thirty days after the close."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction

from agency.domain.refusal import Refusal
from agency.live.switchboard import send_on_commit
from agency.models import ChatRecord, PoolEntry
from agency.services import records
from chat.domain import events
from chat.domain.mail.headers import plain_words
from chat.domain.text import RATING_LIMIT
from chat.models import Chat, Rating
from tenants.context import in_company
from tenants.models import Company
from tenants.names import cut

# A month later nobody remembers a chat of ten minutes, and its report has been read.
RATE_WITHIN = timedelta(days=30)


class CannotRate(Refusal):
    """Raised for a rating that is refused. `code` is the wire's error code."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A visitor's rating of a chat: at most 1,000 characters of `words` are kept, control characters aren't.

    `source`: panel or mail.
    """

    good: bool
    words: str
    source: str


@transaction.atomic
def rate(*, company: Company, chat_id: UUID, visitor_id: UUID | None, opinion: Opinion, now: datetime) -> None:
    """Keep a visitor's rating of a closed chat. A second one changes the first.

    Args:
        visitor_id: whose chat it must be; None for the bearer of the chat's own token.

    Raises:
        CannotRate: not_found, not_closed, too_late (thirty days after the close).
    """
    with in_company(company):
        # The row's lock puts two tabs in order, and lets the close come first.
        chat = Chat.objects.select_for_update(no_key=True).filter(pk=chat_id).first()
        if chat is None or (visitor_id is not None and chat.visitor_id != visitor_id):
            raise CannotRate("not_found")
        check_open(company, chat_id, now)
        rating = _keep(chat, opinion, now)
    if rating is None:
        return
    records.note_rating(chat_id=chat_id, good=rating.good, now=now)
    event = events.encode(events.ChatRated(chat_id, rating.good, rating.words))
    entry = PoolEntry.objects.filter(pk=chat_id).first()
    addresses = [f"v:{chat_id}"]
    if entry is not None and entry.operator_id is not None:
        addresses.append(f"u:{entry.operator_id}")
    send_on_commit([(address, event) for address in addresses])


def _keep(chat: Chat, opinion: Opinion, now: datetime) -> Rating | None:
    """Write the rating and return it, or None if it said just that before."""
    good, source = opinion.good, opinion.source
    words = cut(plain_words(opinion.words), RATING_LIMIT)
    rating: Rating
    rating, new = Rating.objects.get_or_create(
        chat=chat,
        defaults={
            "good": good,
            "words": words,
            "source": source,
            "created_at": now,
            "changed_at": now,
        },
    )
    if not new:
        if (rating.good, rating.words) == (good, words):
            return None
        rating.good, rating.words, rating.source, rating.changed_at = good, words, source, now
        rating.save()
    return rating


def check_open(company: Company, chat_id: UUID, now: datetime) -> None:
    """Nothing, if the chat may be rated now.

    Raises:
        CannotRate: not_closed, too_late.
    """
    record = ChatRecord.objects.filter(pk=chat_id, company=company).first()
    if record is None:
        raise CannotRate("not_closed")
    if now - record.closed_at > RATE_WITHIN:
        raise CannotRate("too_late")


def find_rating(chat_id: UUID) -> Rating | None:
    """Return the chat's rating, or None. In the company's context."""
    rating: Rating | None = Rating.objects.filter(chat=chat_id).first()
    return rating


def rating_token(company: Company, chat_id: UUID) -> str:
    """Return a token that lets its bearer rate this chat of this company, and nothing else."""
    plain = base64.urlsafe_b64encode(chat_id.bytes).rstrip(b"=").decode()
    return _signer(company).sign(plain)


def read_token(company: Company, token: str) -> UUID | None:
    """The chat that a token of `rating_token` names, or None: forged, cut off, or another company's."""
    try:
        plain = _signer(company).unsign(token)
        return UUID(bytes=base64.urlsafe_b64decode(plain + "=="))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None


def _signer(company: Company) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"chat.rating:{company.pk}")
