"""Which errors of one row end a sweep."""

from contextlib import nullcontext
from uuid import UUID

import pytest
from django.db import OperationalError, connection

from agency.services.sweeps import own_transaction

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "ends"),
    [
        ("54000", False),
        ("53100", False),
        ("57014", False),
        ("22000", False),
        ("08006", True),
        ("40P01", True),
        ("55P03", True),
        ("57P01", True),
    ],
)
def test_only_what_the_rows_behind_would_meet_too_ends_it(state: str, ends: bool) -> None:
    with pytest.raises(OperationalError) if ends else nullcontext(), own_transaction(UUID(int=1)):
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")


def test_a_connection_that_is_gone_ends_it() -> None:
    with pytest.raises(OperationalError), own_transaction(UUID(int=1)):
        raise OperationalError("server closed the connection unexpectedly")
