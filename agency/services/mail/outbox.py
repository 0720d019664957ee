"""Effects that leave the house: written with their cause, claimed by lease, done, marked.

Handlers are registered by kind. A handler is called with the row, inside its company, and may run twice: a worker that
dies between the effect and our mark is followed by another. What it sends carries `external_key`, the same at every
try. Kinds that begin with `agency.` are the agency's own: their rows have no company, and run in none.
"""

import logging
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F, Q

from agency.models import OutboxRow
from agency.services.mail.outbox_lease import Lease
from tenants.context import in_company, in_no_company
from tenants.models import Company

log = logging.getLogger("balie.outbox")

T = TypeVar("T")
# 10 s, 20 s, 40 s ... at most an hour apart: twelve tries take about four hours.
MAX_ATTEMPTS = 12
_FIRST_RETRY = 10
_LONGEST_RETRY = 3_600
# While the other side is away one row of a round knocks at the door; the others stay due and go when it opens.
_KNOCK_AGAIN = timedelta(seconds=15)

# Our number of the advisory lock; those in use are listed in billing/services/locks.py.
_LOCK = 7118


class Failed(Exception):
    """Raised for a failed try. `reason` is a word of `mail_states`, `reply` the number of a server that refused."""

    def __init__(self, reason: str, reply: int | None = None, *, ends_round: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.reply = reason, reply
        # No other row of this kind would fare better now.
        self.ends_round = ends_round


class GiveUp(Failed):
    """Raised where the effect can never succeed. The row is dead at once."""


class Away(Failed):
    """The other side can't be reached. It isn't the row's fault, so the try doesn't count."""

    def __init__(self, reason: str = "unreachable", reply: int | None = None) -> None:
        super().__init__(reason, reply, ends_round=True)


class Round:
    """Connections shared by the rows of one drain."""

    def __init__(self) -> None:
        self._held: dict[Hashable, object] = {}
        self._stack = ExitStack()
        self.closed_kinds: set[str] = set()

    def __enter__(self) -> "Round":
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    def share(self, make: Callable[[], AbstractContextManager[T]]) -> T:
        """Return what `make` makes, once a round and closed at its end."""
        if make not in self._held:
            self._held[make] = self._stack.enter_context(make())
        return self._held[make]  # type: ignore[return-value]


Handler = Callable[[OutboxRow, Round], None]
Listener = Callable[[OutboxRow], None]


@dataclass(frozen=True, slots=True)
class _Kind:
    handler: Handler
    listener: Listener | None
    most_at_once: int | None = None


_kinds: dict[str, _Kind] = {}


def handles(
    kind: str, *, listener: Listener | None = None, most_at_once: int | None = None
) -> Callable[[Handler], Handler]:
    """Register the function that does effects of this kind.

    Args:
        listener: called in the row's company whenever its state has changed and is committed. What it raises is logged.
        most_at_once: so many rows of it are worked at the same time, by all workers. For slow ones, that mails don't
            wait behind them.
    """

    def register(handler: Handler) -> Handler:
        _kinds[kind] = _Kind(handler, listener, most_at_once)
        return handler

    return register


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect that is to leave the house: `kind` names its handler, `object_id` its object.

    `dedup`: two effects that share it are one. `recipient_key`: of a mail somebody asked for, whom it goes to
    (agency/domain/keys.py); limits count it.
    """

    kind: str
    object_id: UUID
    external_key: str
    dedup: str
    recipient_key: str = ""


def enqueue(effect: Effect, *, company: Company | None, run_after: datetime | None = None) -> OutboxRow:
    """Write an effect in the running transaction. A second one with the same `dedup` is the first.

    Args:
        company: None for the agency's own kinds.
        run_after: not before this; the database's own clock if left out.
    """
    row = OutboxRow(
        pk=uuid4(),
        company=company,
        kind=effect.kind,
        object_id=effect.object_id,
        external_key=effect.external_key,
        dedup=effect.dedup,
        recipient_key=effect.recipient_key,
    )
    if run_after is not None:
        row.run_after = run_after
    OutboxRow.objects.bulk_create([row], ignore_conflicts=True)
    return OutboxRow.objects.get(dedup=effect.dedup)


def drain(*, now: Callable[[], datetime], limit: int = 200) -> int:
    """Do what is due, one row at a time. Any number of these may run side by side. Returns how many were done.

    A kind whose other side doesn't answer is left alone for the rest of the round.
    """
    done = 0
    with Round() as shared:
        for _ in range(limit):
            row = _claim(now(), without=shared.closed_kinds)
            if row is None:
                break
            done += _do(row, shared, now)
    return done


def tell(row: OutboxRow) -> None:
    """Tell the row's listener that its state has changed. A failure there changes nothing here."""
    kind = _kinds.get(row.kind)
    if kind is None or kind.listener is None:
        return
    try:
        with _place_of(row):
            kind.listener(row)
    except Exception as problem:
        log.warning("outbox %s: not told (%s)", row.pk, type(problem).__name__)


def _place_of(row: OutboxRow) -> AbstractContextManager[None]:
    return in_company(row.company) if row.company is not None else in_no_company()


def _claim(now: datetime, *, without: set[str]) -> OutboxRow | None:
    while True:
        row, is_spent = _claim_next(now, without)
        if row is None or not is_spent:
            return row
        log.error("outbox %s %s: dead, every worker that took it died", row.kind, row.pk)
        tell(row)


@transaction.atomic
def _claim_next(now: datetime, without: set[str]) -> tuple[OutboxRow | None, bool]:
    """Claim the next due row by a lease, or one that is dead now, as its workers died too often."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    row = (
        OutboxRow.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("company")
        .filter(free, state=OutboxRow.State.QUEUED, run_after__lte=now)
        .exclude(kind__in=without)
        .order_by("run_after")
        .first()
    )
    if row is None:
        return None, False
    if not _has_room(row.kind, now):
        # The next round looks again.
        without.add(row.kind)
        return _claim_next(now, without)
    # A try that ends, well or badly, gives its lease back: one that is still here was its worker's last.
    if row.leased_until is not None and row.attempts >= MAX_ATTEMPTS:
        row.state, row.leased_until = OutboxRow.State.DEAD, None
        row.error, row.reply = "worker_died", None
        row.save(update_fields=["state", "leased_until", "error", "reply"])
        return row, True
    row.leased_until, row.attempts = now + Lease.LENGTH, row.attempts + 1
    row.save(update_fields=["leased_until", "attempts"])
    return row, False


def _has_room(kind: str, now: datetime) -> bool:
    """Whether another row of this kind may be worked now. Of kinds without a limit the database is asked nothing."""
    known = _kinds.get(kind)
    if known is None or known.most_at_once is None:
        return True
    with connection.cursor() as cursor:
        # Two workers that claim at the same moment count one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, kind])
    worked = OutboxRow.objects.filter(kind=kind, state=OutboxRow.State.QUEUED, leased_until__gte=now)
    return worked.count() < known.most_at_once


def _do(row: OutboxRow, shared: Round, now: Callable[[], datetime]) -> bool:
    failed: Failed | None = None
    with Lease(row, now) as lease:
        try:
            kind = _kinds.get(row.kind)
            if kind is None:
                raise GiveUp("unknown_kind")
            with _place_of(row):
                kind.handler(row, shared)
        except Exception as problem:
            failed = problem if isinstance(problem, Failed) else Failed(type(problem).__name__)
    if failed is None:
        _mark_done(row, now())
    else:
        if failed.ends_round:
            shared.closed_kinds.add(row.kind)
        _mark_failed(row, lease, failed, now())
    tell(row)
    return failed is None


def _mark_done(row: OutboxRow, now: datetime) -> None:
    # Done even if another worker has the lease by now: the effect is there.
    row.state, row.done_at, row.leased_until = OutboxRow.State.DONE, now, None
    row.error, row.reply = "", None
    OutboxRow.objects.filter(pk=row.pk).exclude(state=OutboxRow.State.DONE).update(
        state=row.state, done_at=now, leased_until=None, error="", reply=None
    )


def _mark_failed(row: OutboxRow, lease: Lease, failed: Failed, now: datetime) -> None:
    counts = not isinstance(failed, Away)
    dead = isinstance(failed, GiveUp) or (counts and row.attempts >= MAX_ATTEMPTS)
    log.log(
        logging.ERROR if dead else logging.WARNING,
        "outbox %s %s: %s (%s, reply %s, try %d)",
        row.kind,
        row.pk,
        "dead" if dead else "later",
        failed.reason,
        failed.reply,
        row.attempts,
    )
    wait = timedelta(seconds=min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** (row.attempts - 1)))
    row.state = OutboxRow.State.DEAD if dead else OutboxRow.State.QUEUED
    row.run_after = now + (wait if counts else _KNOCK_AGAIN)
    row.error, row.reply, row.leased_until = failed.reason[:300], failed.reply, None
    # Only under our own lease: a worker that was asleep for longer must not judge for the one that follows it.
    OutboxRow.objects.filter(pk=row.pk, leased_until=lease.until).update(
        state=row.state,
        run_after=row.run_after,
        leased_until=None,
        attempts=F("attempts") - (0 if counts else 1),
        error=row.error,
        reply=row.reply,
    )
