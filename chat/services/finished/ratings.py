"""Ratings of visitors in their own words."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from agency.domain.hours.periods import day_bounds
from agency.models import ChatRecord
from agency.services.spam import spam_of
from chat.models import Rating
from tenants.context import in_company
from tenants.models import Company

MOST = 100


@dataclass(frozen=True, slots=True)
class RatingWords:
    """One rating with words, and the chat it is about."""

    chat_id: UUID
    number: int
    name: str
    good: bool
    words: str
    at: datetime


def list_words(*, company: Company, since: date, until: date, most: int = MOST) -> list[RatingWords]:
    """List ratings with words of chats that arrived on these local days, newest first, without spam, at most `most`."""
    starts, ends = day_bounds(since, company.zone)[0], day_bounds(until, company.zone)[1]
    spam = ChatRecord.objects.filter(spam_of(company), company=company)
    with in_company(company):
        rows = list(
            Rating.objects.exclude(words="")
            .exclude(chat__in=spam.values("pk"))
            .filter(chat__opened_at__gte=starts, chat__opened_at__lt=ends)
            .select_related("chat__visitor")
            .order_by("-changed_at", "chat")[:most]
        )
    return [
        RatingWords(
            row.chat_id,
            row.chat.number,
            row.chat.visitor.name,
            row.good,
            row.words,
            row.changed_at,
        )
        for row in rows
    ]
