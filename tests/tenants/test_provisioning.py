"""A schema made from the template is the schema that migrations make, and comes whole or not at all."""

from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from chat.models import Text, Visitor
from tenants import provisioning
from tenants.context import in_company
from tenants.models import Company, Domain, Site
from tenants.provisioning import create_company, drop_company, schema_name_of
from tenants.resolve import find_company_by_host

pytestmark = pytest.mark.django_db

ORIGIN = ["--origin", "https://nova.example"]

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
    """A schema that the migrations themselves made."""
    name = "t_migrated"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {name}")
    provisioning._migrate(name)
    return name


def make(slug: str = "nova", **fields: Any) -> Company:
    """A company beside the cast."""
    return create_company(
        slug=slug,
        portal_host=fields.pop("portal_host", f"{slug}.localhost"),
        name=fields.pop("name", "Nova"),
        monogram=fields.pop("monogram", "NO"),
        **fields,
    )


def catalogue(schema: str) -> dict[str, set[tuple[Any, ...]]]:
    """Everything PostgreSQL knows of a schema, without the schema's name."""
    found = {}
    with connection.cursor() as cursor:
        for what, sql in _CATALOGUE.items():
            cursor.execute(sql, [schema])
            found[what] = {
                tuple(
                    cell.replace(f"{schema}.", "") if isinstance(cell, str) else cell
                    for cell in row
                )
                for row in cursor.fetchall()
            }
    return found


def migrations_of(schema: str) -> list[tuple[str, str]]:
    """The migrations a schema says it has, in order."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT app, name FROM "{schema}".django_migrations ORDER BY id')
        return cursor.fetchall()


def without_mark(found: dict[str, set[tuple[Any, ...]]]) -> dict[str, set[tuple[Any, ...]]]:
    """The catalogue less `tenant_self`, which provisioning adds itself."""
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


def test_a_new_schema_names_itself_and_is_ready() -> None:
    company = make("nova-zembla", monogram="NZ")
    assert company.schema_name == "t_nova_zembla"
    assert Company.objects.get(slug="nova-zembla").ready
    with in_company(company):
        assert not Text.objects.exists()
        Visitor.objects.create()
    with in_company(Company.objects.get(slug="acme")):
        assert not Visitor.objects.exists()


def test_making_a_company_says_few_things_to_the_database() -> None:
    """One per recorded statement and 17 around them, whatever the number of companies."""
    statements = len(provisioning.current_template().statements)
    with CaptureQueriesContext(connection) as spoken:
        make()
    first = _without_paths(spoken)
    with CaptureQueriesContext(connection) as spoken:
        make("nova2", monogram="N2")
    assert _without_paths(spoken) == first == statements + 17


@pytest.mark.parametrize("point", ["ready", "mark", "statement"])
def test_a_failure_leaves_nothing(monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    if point == "ready":
        monkeypatch.setattr(Company, "save", _fails_at_second_save(Company.save))
    elif point == "mark":
        monkeypatch.setattr(provisioning, "_MARK", "CREATE TABLE tenant_self (broken")
    else:
        template = provisioning.current_template()
        template.statements.append(["SELECT 1 / 0", None])
        template.save()
    before = _schemas()
    with pytest.raises(Exception, match=r"disk full|syntax error|division by zero"):
        make()
    assert _schemas() == before
    assert not Company.objects.filter(slug="nova").exists()
    assert not Domain.objects.filter(domain="nova.localhost").exists()


@pytest.mark.parametrize("taken", ["slug", "monogram", "host", "schema"])
def test_what_is_in_use_is_refused_and_leaves_nothing(taken: str) -> None:
    before, companies = _schemas(), Company.objects.count()
    # `a_b` can't be a slug, so two slugs can meet in one schema name only if the rule below is broken.
    given = {
        "slug": {"slug": "acme"},
        "monogram": {"monogram": "AC"},
        "host": {"portal_host": "acme.localhost"},
        "schema": {"slug": "acme", "portal_host": "other.localhost", "monogram": "OT"},
    }[taken]
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        make(**given)
    assert (_schemas(), Company.objects.count()) == (before, companies)


@pytest.mark.parametrize(
    "slug",
    ["", "a", "ab", "-abc", "abc-", "1abc", "Abc", "a_b", "a b", "a.b", "é" * 4, "a" * 41, "abc\n",
     'abc"; DROP SCHEMA t_acme; --', "public", "pg_catalog"],
)  # fmt: skip
def test_a_slug_that_can_t_be_host_and_schema_is_refused(slug: str) -> None:
    if slug == "public":
        # A fine slug: its schema is t_public, which is nobody else's.
        assert make(slug, monogram="PU").schema_name == "t_public"
        return
    with pytest.raises(ValidationError):
        make(slug, portal_host="odd.localhost")


@pytest.mark.parametrize("slug", ["abc", "a1-b2-c3", "a" * 40])
def test_a_good_slug_is_a_schema(slug: str) -> None:
    assert make(slug).schema_name == schema_name_of(slug) in _schemas()


def test_an_erased_company_leaves_no_schema_and_no_host() -> None:
    company = make()
    drop_company(company)
    assert company.schema_name not in _schemas()
    assert not Company.objects.filter(slug="nova").exists()
    assert find_company_by_host("nova.localhost") is None
    with in_company(Company.objects.get(slug="acme")):
        assert Text.objects.exists()


def test_a_company_that_isn_t_ready_is_found_by_nobody() -> None:
    company = make()
    assert find_company_by_host("nova.localhost") == company
    Company.objects.filter(pk=company.pk).update(ready=False)
    assert find_company_by_host("nova.localhost") is None


def test_create_company_makes_a_site_too() -> None:
    out = StringIO()
    call_command(
        "create_company", "nova", "Nova", "--monogram", "no", "--origin", "https://nova.example", stdout=out
    )  # fmt: skip
    site = Site.objects.get(company__slug="nova")
    assert site.origins == ["https://nova.example"]
    assert site.key in out.getvalue()
    assert "t_nova" in out.getvalue()


@pytest.mark.parametrize(
    "given",
    [["Nova!", "Nova", "--monogram", "NO", *ORIGIN], ["acme", "Acme", "--monogram", "ZZ", *ORIGIN],
     ["nova", "Nova", "--monogram", "AC", *ORIGIN],
     ["nova", "Nova", "--monogram", "NO", "--origin", "https://nova.example/path"],
     ["nova", "Nova", "--monogram", "NO"]],
    ids=["slug", "slug-in-use", "monogram-in-use", "origin", "no-origin"],
)  # fmt: skip
def test_create_company_says_in_one_line_what_is_wrong_and_leaves_nothing(given: list[str]) -> None:
    before = _schemas()
    with pytest.raises(CommandError) as error:
        call_command("create_company", *given, stdout=StringIO())
    said = str(error.value).strip()
    assert len(said.splitlines()) == 1
    assert any(field in said for field in ("slug", "monogram", "--origin"))
    assert _schemas() == before


def test_a_new_schema_replays_no_work_on_rows() -> None:
    """What a migration does to rows is said only where there are rows."""
    said = [sql.split()[0].upper() for sql, _ in provisioning.current_template().statements]
    assert set(said) <= {"CREATE", "ALTER", "INSERT"}


def test_each_company_runs_a_command_in_every_ready_one(capsys: pytest.CaptureFixture[str]) -> None:
    unready = make()
    Company.objects.filter(pk=unready.pk).update(ready=False)
    out = StringIO()
    call_command(
        "each_company",
        "shell",
        "-v0",
        "-c",
        "from chat.models import Text; print(Text.objects.get(kind='script').body)",
        stdout=out,
    )
    assert [line for line in out.getvalue().splitlines() if line.startswith("--")] == [
        "-- acme",
        "-- zen",
    ]
    assert capsys.readouterr().out.split() == ["LEAK-acme-script", "LEAK-zen-script"]


def test_each_company_enters_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.context import current_schema
    from tenants.management.commands import each_company

    entered = []
    monkeypatch.setattr(
        each_company,
        "call_command",
        lambda *given, **more: entered.append((current_schema(), given)),
    )
    call_command("each_company", "anything", "1", stdout=StringIO())
    assert entered == [("t_acme", ("anything", "1")), ("t_zen", ("anything", "1"))]
    assert current_schema() is None


def test_no_foreign_key_of_a_company_s_schema_leads_out_of_it() -> None:
    """What the check of the models says, said by PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.conname FROM pg_constraint c
            JOIN pg_class own ON own.oid = c.conrelid JOIN pg_class other ON other.oid = c.confrelid
            WHERE c.contype = 'f' AND own.relnamespace <> other.relnamespace
        """)
        assert cursor.fetchall() == []


def _schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%%'")
        return {name for (name,) in cursor.fetchall()}


def _without_paths(spoken: CaptureQueriesContext) -> int:
    return len([one for one in spoken.captured_queries if "search_path" not in one["sql"]])


def _fails_at_second_save(save: Any) -> Any:
    calls = []

    def wrapper(self: Company, *given: Any, **more: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("disk full")
        save(self, *given, **more)

    return wrapper
