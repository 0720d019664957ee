"""Compare the records with what they were made of: trail, promises, hours, log. Reads all, changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from agency.domain import keys
from agency.domain.pool import trail_reasons
from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.models import Promise
from agency.services.facts import differences
from agency.services.hours.past_hours import read_past_hours
from agency.services.pool import site_watch
from tenants.models import Company

# A change counts from its own clock's instant and is seen when it is committed; a chat that begins meanwhile may have
# either.
AROUND = timedelta(seconds=60)
# Rows of one round trip.
_ROWS = 2_000

# A record, and an unfinished chat's entry, beside the trail of who held the chat. The newest line that gave it to
# somebody, or took it from them, says whose it is; what became of a transfer counts as no bounce of the chat.
_TRAIL = """
    WITH trail AS (
        SELECT chat_id, count(*) FILTER (WHERE kind = 'bounce' AND code <> %(passed)s) AS bounces,
               (array_agg(at ORDER BY fence) FILTER (WHERE kind IN ('accept', 'pick', 'take')))[1] AS assigned_at,
               (array_agg(CASE WHEN kind <> 'requeue' THEN operator_id END ORDER BY fence DESC)
                FILTER (WHERE kind IN ('accept', 'pick', 'take', 'requeue')))[1] AS operator_id
        FROM agency_assignment WHERE company_id = %(company)s GROUP BY chat_id
    ), told AS (
        SELECT chat_id, bounces, assigned_at, operator_id FROM agency_chatrecord WHERE company_id = %(company)s
        UNION ALL
        SELECT chat_id, bounces, assigned_at, operator_id FROM agency_poolentry
        WHERE company_id = %(company)s AND state <> 'wrap_up'
    )
    SELECT v.what, told.chat_id FROM told LEFT JOIN trail USING (chat_id), LATERAL (VALUES
        ('bounces differ from the trail', told.bounces <> coalesce(trail.bounces, 0)),
        ('time of acceptance differs from the trail', told.assigned_at IS DISTINCT FROM trail.assigned_at),
        ('operator differs from the trail', told.operator_id IS DISTINCT FROM trail.operator_id)
    ) v (what, differs) WHERE v.differs
"""

# Spam marks set afterwards are in the log too, under the same instant.
_SPAM = """
    WITH event AS (
        SELECT record_id::text AS chat, at, value FROM agency_recordevent WHERE company_id = %(company)s
            AND kind = 'spam'
    ), line AS (
        SELECT object_id AS chat, at, (action = 'chat.spam')::int AS value FROM agency_logentry
        WHERE company_id = %(company)s AND action IN ('chat.spam', 'chat.not_spam')
    )
    SELECT CASE WHEN event.chat IS NULL THEN 'flag of the log without its event'
           ELSE 'event about spam without its line of the log' END, chat::uuid
    FROM event FULL JOIN line USING (chat, at, value) WHERE event.chat IS NULL OR line.chat IS NULL
"""

_RECORDS = """
    SELECT chat_id, arrived_at, closed_at, in_hours, promise_id, promise_seconds, visitor_id, visitor_key
    FROM agency_chatrecord WHERE company_id = %(company)s
"""

# A seat counts the chats its operator is in the middle of, and the offers to them.
_SEATS = """
    SELECT s.operator_id FROM agency_seat s LEFT JOIN (
        SELECT coalesce(operator_id, offered_to_id) AS operator_id, count(*) AS used FROM agency_poolentry
        WHERE state IN ('open', 'offered') GROUP BY 1
    ) e USING (operator_id) WHERE s.used <> coalesce(e.used, 0)
"""


# The agency's own mails and what is to send them; a row is swept away a month after it was done.
_MAILS = """
    SELECT 'unsent mail outside the outbox', d.id FROM agency_agencydelivery d
    WHERE d.sent_at IS NULL AND NOT EXISTS (SELECT 1 FROM agency_outboxrow o WHERE o.object_id = d.id)
    UNION ALL SELECT 'outbox row without its mail', o.object_id FROM agency_outboxrow o
    WHERE o.kind = 'agency.mail' AND o.state = 'queued'
        AND NOT EXISTS (SELECT 1 FROM agency_agencydelivery d WHERE d.id = o.object_id)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two books say differently, or that its source doesn't say.

    `company` is empty where it is the agency's own. `about`: id of a chat, mail, seat or site, or a chat's number.
    """

    company: str
    what: str
    about: UUID | str

    def __str__(self) -> str:
        return f"{self.company or 'agency'}: {self.about}: {self.what}"


@contextmanager
def one_moment() -> Iterator[None]:
    """Let every query of the block see one moment, so that books that are written together are read together."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def list_rows(sql: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a long answer, 2,000 at a time: memory doesn't grow with it. In a transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(_ROWS):
            yield from rows


def list_differences(company: Company) -> Iterator[Difference]:
    """Yield where the company's records, events and entries contradict trail, log, hours and promises."""
    values = {"company": company.pk, "passed": trail_reasons.transfer_passed.code}
    for sql in (_TRAIL, _SPAM, differences.HOLDINGS, differences.ENTRIES, differences.COUNTERS):
        for what, about in list_rows(sql, values):
            yield Difference(company.slug, what, about)
    hours, promises = read_past_hours(company), _Promises(company)
    for chat_id, arrived_at, closed_at, in_hours, *promise, visitor_id, key in list_rows(_RECORDS, values):
        if in_hours not in hours.answers(arrived_at, arrived_at - AROUND, closed_at + AROUND):
            yield Difference(company.slug, "in hours or not: differs from the hours of then", chat_id)
        if tuple(promise) not in promises.around(arrived_at):
            yield Difference(company.slug, "promise differs from the one of then", chat_id)
        if key != keys.visitor_key(company.secret, str(visitor_id)):
            yield Difference(company.slug, "visitor's key isn't the visitor's", chat_id)


def list_seat_differences() -> list[Difference]:
    """Seats that count other chats than their operators hold, and operators whose presence can't have been."""
    with connection.cursor() as cursor:
        cursor.execute(_SEATS)
        found = [Difference("", "seat is miscounted", pk) for (pk,) in cursor.fetchall()]
        cursor.execute(differences.PRESENCE)
        return found + [Difference("", what, pk) for what, pk in cursor.fetchall()]


def list_site_differences(now: datetime) -> list[Difference]:
    """Sites whose answer of now is written down otherwise, while somebody writes what they offer."""
    return [Difference("", what, pk) for pk, what in site_watch.find_differences(now)]


def list_mail_differences() -> list[Difference]:
    """Mails of the agency itself that nothing sends, and sendings without their mail."""
    with connection.cursor() as cursor:
        cursor.execute(_MAILS)
        return [Difference("", what, pk) for what, pk in cursor.fetchall()]


class _Promises:
    """The promises of one company, each from its day on. Before the first the default holds."""

    def __init__(self, company: Company) -> None:
        rows = Promise.objects.filter(company=company).order_by("version")
        self._rows = [(row.valid_from, (row.pk, row.seconds)) for row in rows]

    def around(self, at: datetime) -> set[tuple[int | None, int]]:
        """Id and seconds of the promises that held at an instant, or changed within a minute of it."""
        changes = [since for since, _ in self._rows if abs(since - at) <= AROUND]
        moments = [at, at - AROUND, *changes]
        return {self._in_force(moment) for moment in moments}

    def _in_force(self, at: datetime) -> tuple[int | None, int]:
        held = [promise for since, promise in self._rows if since <= at]
        return held[-1] if held else (None, DEFAULT_PROMISE_SECONDS)
