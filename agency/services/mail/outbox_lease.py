"""The lease under which one worker does one outbox row, renewed while the work takes long."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, connection

from agency.models import OutboxRow

log = logging.getLogger("balie.outbox")


class Lease:
    """Ours until `until`. A row of a worker that dies is free again after at most LENGTH.

    An SMTP dialogue has about fourteen answers, each of which may take EMAIL_TIMEOUT (10 s): far longer than a lease
    may be if a killed worker's mail is to be late by seconds. So a thread renews it, and does nothing in the usual case
    of a try that is over within EVERY.
    """

    LENGTH = timedelta(seconds=30)
    EVERY = 10.0
    # Longer than the slowest dialogue can take: after this the worker counts as stuck and the row is let go.
    LONGEST = timedelta(minutes=5)

    def __init__(self, row: OutboxRow, now: Callable[[], datetime]) -> None:
        assert row.leased_until is not None
        self.until = row.leased_until
        self._pk, self._now = row.pk, now
        self._last = self.until + self.LONGEST
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="outbox-lease", daemon=True)

    def __enter__(self) -> "Lease":
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        renewed = False
        while not self._over.wait(self.EVERY):
            renewed = True
            until = self._now() + self.LENGTH
            if until > self._last:
                break
            try:
                if not self._renew(until):
                    break
            except Error as problem:  # the database is away: the next round tries again
                log.warning("lease not renewed: %s", type(problem).__name__)
        if renewed:
            connection.close()

    def _renew(self, until: datetime) -> bool:
        held = OutboxRow.objects.filter(pk=self._pk, leased_until=self.until)
        if not held.update(leased_until=until):
            return False
        self.until = until
        return True
