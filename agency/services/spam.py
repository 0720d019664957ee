"""Whether a finished chat is spam: the newest mark on it says so, or its outcome where nobody marked it.

Bill, promise, satisfaction and lists of chats all ask here.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from agency.models import ChatRecord, RecordEvent, User
from agency.services.audit import Subject, note_change
from tenants.models import Company

NOTE_LIMIT = 300
# The newest marks as SQL, for a LEFT JOIN as `mark` beside records as `r`; `which` chooses among all marks.
_NEWEST = """(
    SELECT DISTINCT ON (record_id) record_id, value
    FROM public.agency_recordevent WHERE kind = 'spam' AND {which}
    ORDER BY record_id, at DESC, id DESC
) mark"""
IS_SPAM = "coalesce(mark.value = 1, r.outcome = 'spam')"


def newest_marks(which: str) -> str:
    """Return what IS_SPAM needs joined. `which`: a condition on the marks, with parameters of the statement."""
    return f"{_NEWEST.format(which=which)} ON mark.record_id = r.chat_id"


def spam_of(company: Company) -> Q:
    """Select the company's records that are spam. Marks are few, so they are looked up once for a whole list."""
    query = f"SELECT record_id FROM {_NEWEST.format(which='company_id = %s')} WHERE value = %s"  # noqa: S608 -- constants
    flagged, cleared = (Q(pk__in=RawSQL(query, [company.pk, value])) for value in (1, 0))  # noqa: S611 -- constants
    # IS_SPAM once more: joined to all records of a company it took a list of 100,000 chats 50 ms longer.
    return flagged | Q(outcome="spam") & ~cleared


def list_marks(records: Iterable[ChatRecord | UUID]) -> dict[UUID, list[RecordEvent]]:
    """List what was said about spam after the close, of each chat that has a mark, oldest first."""
    return marks_by_chat(marks_of(records))


def marks_of(records: Iterable[ChatRecord | UUID]) -> QuerySet[RecordEvent]:
    """The marks made after the close of these chats, oldest first."""
    return RecordEvent.objects.filter(record__in=list(records), kind=RecordEvent.Kind.SPAM).order_by("at", "id")


def marks_by_chat(rows: Iterable[RecordEvent]) -> dict[UUID, list[RecordEvent]]:
    """The rows of `marks_of` by their chat."""
    marks: dict[UUID, list[RecordEvent]] = defaultdict(list)
    for mark in rows:
        marks[mark.record_id].append(mark)
    return marks


def is_spam(outcome: str, marks: list[RecordEvent] | None) -> bool:
    """Say whether a chat is spam.

    Args:
        marks: those of the chat, oldest first.
    """
    return bool(marks[-1].value) if marks else outcome == "spam"


@transaction.atomic
def flag_spam(*, chat_id: UUID, spam: bool, by: User, note: str, now: datetime) -> bool:
    """Mark afterwards that a chat was spam, or that it wasn't. Logged.

    Returns:
        False: no such record, or it is so already.
    """
    record = ChatRecord.objects.select_for_update(no_key=True).filter(pk=chat_id).first()
    if record is None:
        return False
    marks = list_marks([chat_id]).get(chat_id)
    if is_spam(record.outcome, marks) == spam:
        return False
    # The newest mark counts, so each is later than the one before it, whatever the clock of its machine says.
    at = max(now, marks[-1].at + timedelta(microseconds=1)) if marks else now
    RecordEvent.objects.create(
        record=record,
        company_id=record.company_id,
        kind=RecordEvent.Kind.SPAM,
        value=int(spam),
        data={"note": note[:NOTE_LIMIT]} if note else {},
        actor=by,
        actor_name=by.name,
        at=at,
    )
    note_change(
        actor=by,
        action="chat.spam" if spam else "chat.not_spam",
        now=at,
        company=record.company,
        about=Subject(record, f"#{record.number}"),
        changes={"spam": (not spam, spam), **({"note": ("", note)} if note else {})},
    )
    return True
