"""A schema made from the template is the schema that migrations make."""

from typing import Any

import pytest
from django.db import connection

from tenants import provisioning
from tests.tenants.company import make

pytestmark = pytest.mark.django_db

_CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, ordinal_position, data_type, udt_name, is_nullable, column_default,
               character_maximum_length, is_identity, identity_generation
        FROM information_schema.columns WHERE table_schema = %s""",
    "constraints": """
        SELECT c.conrelid::regclass::text, c.conname, c.contype, c.condeferrable, c.condeferred,
               pg_get_constraintdef(c.oid)
        FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = %s""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s",
    "sequences": """
        SELECT sequencename, data_type::text, start_value, increment_by, max_value, cycle
        FROM pg_sequences WHERE schemaname = %s""",
    "others": """
        SELECT c.relname, c.relkind, c.reloptions::text FROM pg_class c JOIN pg_namespace n
        ON n.oid = c.relnamespace WHERE n.nspname = %s""",
    "triggers": """
        SELECT t.tgrelid::regclass::text, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %s AND NOT t.tgisinternal""",
    "functions": """
        SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n
        ON n.oid = p.pronamespace WHERE n.nspname = %s""",
}


@pytest.fixture
def migrated() -> str:
    """Return a schema that the migrations themselves made."""
    name = "t_migrated"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {name}")
    provisioning._migrate(name)
    return name


def catalogue(schema: str) -> dict[str, set[tuple[Any, ...]]]:
    """Return everything PostgreSQL knows of a schema, without the schema's name."""
    found = {}
    with connection.cursor() as cursor:
        for what, sql in _CATALOGUE.items():
            cursor.execute(sql, [schema])
            found[what] = {
                tuple(cell.replace(f"{schema}.", "") if isinstance(cell, str) else cell for cell in row)
                for row in cursor.fetchall()
            }
    return found


def migrations_of(schema: str) -> list[tuple[str, str]]:
    """Return the migrations a schema says it has, in order."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT app, name FROM "{schema}".django_migrations ORDER BY id')
        return cursor.fetchall()


def without_mark(found: dict[str, set[tuple[Any, ...]]]) -> dict[str, set[tuple[Any, ...]]]:
    """Return the catalogue less `tenant_self`, which provisioning adds itself."""
    return {
        what: {row for row in rows if not any("tenant_self" in str(cell) for cell in row)}
        for what, rows in found.items()
    }


def test_a_replayed_schema_is_a_migrated_one(migrated: str) -> None:
    company = make()
    replayed = without_mark(catalogue(company.schema_name))
    expected = catalogue(migrated)
    for what, rows in expected.items():
        assert replayed[what] == rows, what
    assert len(expected["columns"]) > 50
    assert len(expected["constraints"]) > 10
    assert migrations_of(company.schema_name) == migrations_of(migrated)


def test_a_new_schema_replays_no_work_on_rows() -> None:
    """The work of a migration on rows is reported only where there are rows."""
    said = [sql.split()[0].upper() for sql, _ in provisioning.current_template().statements]
    assert set(said) <= {"CREATE", "ALTER", "INSERT"}


def test_no_foreign_key_of_a_company_s_schema_leads_out_of_it() -> None:
    """The finding of the models' check, said by PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.conname FROM pg_constraint c
            JOIN pg_class own ON own.oid = c.conrelid JOIN pg_class other ON other.oid = c.confrelid
            WHERE c.contype = 'f' AND own.relnamespace <> other.relnamespace
        """)
        assert cursor.fetchall() == []
