"""Sweeps over many rows: each row has its own transaction, and none holds up the others."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

log = logging.getLogger("balie.sweeps")

# Of the database's SQLSTATEs: connection lost, rolled back for another's sake, lock not available, shutting down.
_ENDS_SWEEP = ("08", "40", "55P03", "57P0")


@contextmanager
def own_transaction(of: UUID) -> Iterator[None]:
    """One row's turn in a sweep. A row that can't be done is logged and passed over: the others get their turn.

    Raises:
        OperationalError, InterfaceError: the database is away, or a lock isn't given back; that ends the sweep.
    """
    try:
        with transaction.atomic():
            yield
    except Exception as error:
        if _ends_sweep(error):
            raise
        # Whatever is wrong with it, it is wrong with this row alone. The type alone: the database's own words may hold
        # the row.
        log.error("sweep passed over %s: %s", of, type(error).__name__)


def _ends_sweep(error: Exception) -> bool:
    """Say whether the rows behind would fail too. Django also calls it operational where a row is too big (54000)."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    # A connection that is gone has no state.
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_ENDS_SWEEP)
