"""The database as the cast was made: what a test with real commits changed in it is put back afterwards.

A list of tables to empty forgot what else such tests change: an access epoch, a lead, a text's next version. So a test
leant on which one came before it, and in a run of several processes that is chance.
"""

from collections.abc import Collection

from django.db import connection

# A copy of each table lies in the template beside it. DELETE, not TRUNCATE: nine times faster on small tables.
_KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.tables (name text, copy text, is_empty boolean);
DO $do$
DECLARE one record; is_empty boolean;
BEGIN
    FOR one IN
        SELECT format('%I.%I', n.nspname, c.relname) AS name, format('kept.%I', 'of_' || c.oid) AS copy
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND (n.nspname = 'public' OR n.nspname LIKE 't\\_%') ORDER BY 1
    LOOP
        EXECUTE format('CREATE TABLE %s AS TABLE %s', one.copy, one.name);
        EXECUTE format('SELECT NOT EXISTS (TABLE %s)', one.copy) INTO is_empty;
        INSERT INTO kept.tables VALUES (one.name, one.copy, is_empty);
    END LOOP;
END $do$;
CREATE FUNCTION kept.restore(but text[]) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE one record; has_changed boolean;
BEGIN
    -- Ledger and log refuse to forget while their triggers are on.
    SET LOCAL session_replication_role = replica;
    FOR one IN
        SELECT * FROM kept.tables WHERE split_part(name, '.', 2) <> ALL (but) AND to_regclass(name) IS NOT NULL
    LOOP
        IF one.is_empty THEN
            EXECUTE format('SELECT EXISTS (TABLE %s)', one.name) INTO has_changed;
        ELSE
            EXECUTE format('SELECT EXISTS ((TABLE %1$s EXCEPT ALL TABLE %2$s)'
                           ' UNION ALL (TABLE %2$s EXCEPT ALL TABLE %1$s))', one.name, one.copy) INTO has_changed;
        END IF;
        IF has_changed THEN
            EXECUTE format('DELETE FROM %s', one.name);
            EXECUTE format('INSERT INTO %s TABLE %s', one.name, one.copy);
        END IF;
    END LOOP;
END $fn$;
"""


def keep() -> None:
    """Copy every table of the database that the cast was just made in."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP)


def restore(but: Collection[str] = ()) -> None:
    """Put back what was changed, in all tables but these."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kept.restore(%s)", [[*but]])
