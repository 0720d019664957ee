"""The log keeps what was written down: the database itself refuses a change of it."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from agency.models import LogEntry, User
from agency.services.audit import note_change
from tenants.models import Company
from tests.billing.services.settled import NOW


def write(acme: Company, by: User) -> LogEntry:
    return note_change(
        actor=by,
        action="site.changed",
        now=NOW,
        company=acme,
        about=acme,
        changes={"name": ("a", "b")},
    )


def truncate(_entry: LogEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE agency_logentry")


def change(**values: object) -> Callable[[LogEntry], object]:
    return lambda entry: LogEntry.objects.filter(pk=entry.pk).update(**values)


@pytest.mark.parametrize(
    "attempt",
    [
        change(changes={}),
        change(actor_name="Somebody else"),
        change(at=NOW.replace(year=2025)),
        change(actor=None, action="site.added"),
        lambda entry: LogEntry.objects.filter(pk=entry.pk).update(actor=User.objects.get(email="alice@balie.test")),
        LogEntry.delete,
        truncate,
    ],
)
def test_no_line_of_the_log_can_be_changed_or_deleted(
    attempt: Callable[[LogEntry], object], acme: Company, maud: User
) -> None:
    entry = write(acme, maud)
    with pytest.raises(DatabaseError, match="log is closed"), transaction.atomic():
        attempt(entry)
    entry.refresh_from_db()
    assert (entry.actor, entry.changes) == (maud, {"name": ["a", "b"]})


def test_who_goes_takes_no_line_of_the_log_along(acme: Company) -> None:
    gone = User.objects.create_user("gone@balie.test", name="Gone", is_manager=True)
    entry = write(acme, gone)
    gone.delete()
    entry.refresh_from_db()
    assert (entry.actor, entry.actor_name) == (None, "Gone")
