"""Every row there is, for a test that is to leave none."""

from django.db import connection


def rows() -> dict[str, list[str]]:
    """Return all rows of all tables of the shared and the companies' schemas, but for when a chat was tried."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public' OR schemaname LIKE 't\\_%'"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT (to_jsonb(t) - %s)::text FROM "{schema}"."{table}" t', ["tested_at"])
            found[f"{schema}.{table}"] = sorted(row for (row,) in cursor.fetchall())
    return found


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> set[str]:
    """Return the tables that differ. The operator's desk goes on beside the test chat, and so does this process."""
    alive = {"public.agency_seat", "public.agency_heartbeat", "public.agency_presenceinterval"}
    return {name for name in after if after[name] != before[name]} - alive
