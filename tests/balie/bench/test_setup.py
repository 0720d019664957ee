"""What the benches lay is laid anew each time."""

import pytest
from django.db import connection
from django.utils import timezone

from agency.models import LogEntry, User
from agency.services.audit import note_change
from balie.bench.pool.setup import empty_desk
from tenants.models import Company

pytestmark = pytest.mark.django_db


def test_a_desk_is_emptied_with_its_closed_log(acme: Company, maud: User) -> None:
    note_change(actor=maud, action="company.changed", now=timezone.now(), company=acme, about=acme)
    with connection.cursor() as cursor:
        # As at a COMMIT: a table with keys still to be looked at can't be emptied.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    empty_desk()
    assert [model.objects.count() for model in (LogEntry, Company, User)] == [0, 0, 0]
