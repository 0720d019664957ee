"""Effects that leave the house: written with their cause, claimed by lease, done, marked.

Handlers are registered by kind. A handler is called with the row, inside its company, and may run twice: a worker that
dies between the effect and our mark is followed by another. What it sends carries `external_key`, the same at every try.
"""

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from agency.models import OutboxRow
from tenants.context import in_company
from tenants.models import Company

log = logging.getLogger("balie.outbox")

Handler = Callable[[OutboxRow], None]
LEASE = timedelta(seconds=60)
# 10 s, 20 s, 40 s ... at most an hour apart: twelve tries take about four hours.
MAX_ATTEMPTS = 12
_FIRST_RETRY = 10
_LONGEST_RETRY = 3_600

_handlers: dict[str, Handler] = {}


class GiveUp(Exception):
    """The effect can never succeed; the row is dead at once."""


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does effects of this kind."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def enqueue(
    *,
    company: Company,
    kind: str,
    object_id: UUID,
    external_key: str,
    dedup: str,
    recipient_key: str = "",
) -> OutboxRow:
    """Write an effect in the running transaction; a second one with the same `dedup` is the first.

    Args:
        recipient_key: of a mail somebody asked for, whom it goes to (agency/domain/keys.py): limits count it.
    """
    row, _ = OutboxRow.objects.get_or_create(
        dedup=dedup,
        defaults={
            "company": company,
            "kind": kind,
            "object_id": object_id,
            "external_key": external_key,
            "recipient_key": recipient_key,
        },
    )
    return row


def drain(*, now: Callable[[], datetime], limit: int = 200) -> int:
    """Do what is due, one row at a time; how many were done."""
    done = 0
    for _ in range(limit):
        row = _claim(now())
        if row is None:
            break
        done += _do(row, now)
    return done


@transaction.atomic
def _claim(now: datetime) -> OutboxRow | None:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    row = (
        OutboxRow.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("company")
        .filter(free, state=OutboxRow.State.QUEUED, run_after__lte=now)
        .order_by("run_after")
        .first()
    )
    if row is not None:
        row.leased_until, row.attempts = now + LEASE, row.attempts + 1
        row.save(update_fields=["leased_until", "attempts"])
    return row


def _do(row: OutboxRow, now: Callable[[], datetime]) -> bool:
    try:
        handler = _handlers.get(row.kind)
        if handler is None:
            raise GiveUp(f"nothing handles {row.kind}")
        with in_company(row.company):
            handler(row)
    except Exception as error:
        _failed(row, error, now())
        return False
    OutboxRow.objects.filter(pk=row.pk).update(
        state=OutboxRow.State.DONE, done_at=now(), leased_until=None, error=""
    )
    return True


def _failed(row: OutboxRow, error: Exception, now: datetime) -> None:
    dead = isinstance(error, GiveUp) or row.attempts >= MAX_ATTEMPTS
    log.log(
        logging.ERROR if dead else logging.WARNING,
        "outbox %s %s: %s (try %d)",
        row.kind,
        row.pk,
        type(error).__name__,
        row.attempts,
    )
    wait = min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** (row.attempts - 1))
    OutboxRow.objects.filter(pk=row.pk).update(
        state=OutboxRow.State.DEAD if dead else OutboxRow.State.QUEUED,
        run_after=now + timedelta(seconds=wait),
        leased_until=None,
        attempts=F("attempts"),
        error=_reason(error)[:300],
    )


def _reason(error: Exception) -> str:
    """What went wrong, without what a server said: SMTP errors name the recipient, and this row may not."""
    name = type(error).__name__
    if isinstance(error, GiveUp):
        return f"{name}: {error}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"{name}: {', '.join(str(code) for code, _text in error.recipients.values())}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{name}: {error.smtp_code}"
    return name
