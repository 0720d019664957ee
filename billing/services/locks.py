"""One company's ledger at a time."""

from django.db import connection

from tenants.models import Company

# Numbers of our advisory locks are unique in the code: tests 7112, schema templates 7113, chat numbers 7114, recipients
# 7116, invitations 7117, effects 7118.
_LEDGER = 7115


def wait_for_ledger(company: Company) -> None:
    """Hold the company's ledger until the transaction ends. Waits at most as long as `lock_timeout` (2 s)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LEDGER, str(company.pk)])


def try_ledger(company: Company) -> bool:
    """Hold the company's ledger until the transaction ends, unless somebody else does: then False, at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [_LEDGER, str(company.pk)])
        row = cursor.fetchone()
    return bool(row and row[0])
