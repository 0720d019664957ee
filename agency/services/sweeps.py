"""Sweeps over many rows: each row has its own transaction, and none holds up the others."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

log = logging.getLogger("balie.sweeps")


@contextmanager
def own_transaction(of: UUID) -> Iterator[None]:
    """One row's turn in a sweep. A row that can't be done is logged and passed over: the others get their turn.

    Raises:
        OperationalError, InterfaceError: the database is away, or a lock isn't given back; that ends the sweep.
    """
    try:
        with transaction.atomic():
            yield
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # whatever is wrong with it, it is wrong with this row alone
        # The type alone: the database's own words may hold the row.
        log.error("sweep passed over %s: %s", of, type(error).__name__)
