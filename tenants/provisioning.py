"""Making and dropping a company's schema.

A schema is made from a template: the statements that the migrations of `chat` ran once are recorded (DDL and the rows
migrations insert; no SET, SHOW or SELECT), kept in a table and replayed as one question to the database. Running
the migrations costs 0.16 s and grows with every migration; replaying stays flat (`manage.py bench companies`).
"""

import hashlib
import inspect
import re
from collections.abc import Callable, Iterable
from functools import cache
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import CASCADE, Model

from tenants import clock
from tenants.backend.base import current
from tenants.context import Schema, in_no_company
from tenants.models import Company, Domain, SchemaTemplate, check_slug, new_secret

APP = "chat"
_SCRATCH = "t_template_scratch"
_SKIP = re.compile(r"^\s*(SET|SHOW|SELECT|BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)
# Columns of a company's own row that hold facts about its people.
_OWN_FACTS = ("question_email", "lead_escalation_email", "transcript_email", "reply_email", "address")
_MARK = """
    CREATE TABLE tenant_self (
        one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
        schema_name text NOT NULL
    )
"""


def schema_name_of(slug: str) -> str:
    """The schema of the company with this slug."""
    return "t_" + slug.replace("-", "_")


def create_company(*, slug: str, portal_host: str, **fields: Any) -> Company:
    """Make a company with its schema and portal host, in one transaction. `ready` is set last.

    Args:
        slug: 3 to 40 characters, also the schema's name after `t_`.
        portal_host: host without port on which the portal answers.
        fields: further fields of Company (name, monogram, ...). Unless they say otherwise (`live_at`), it is live at
            once.

    Raises:
        ValidationError: a bad slug or field. IntegrityError: slug, monogram or host in use.
    """
    check_slug(slug)
    fields.setdefault("live_at", clock.now())
    with in_no_company():
        template = current_template()
        with transaction.atomic():
            company = Company(slug=slug, schema_name=schema_name_of(slug), **fields)
            company.full_clean(exclude=["palette"])
            company.save()
            Domain.objects.create(domain=portal_host, tenant=company, is_primary=True)
            _replay(company.schema_name, template.statements)
            company.ready = True
            company.save(update_fields=["ready"])
    return company


def drop_company(company: Company, *, keep: Iterable[type[Model]] = ()) -> None:
    """Erase a company: its schema with all words, its sites, hosts and every row that is its alone.

    Books that must stay refer to the company's row (records, charges, the log): then the row stays too, for its name,
    with no address in it, a new secret (old visitors' keys lead nowhere) and `ready` off, so nothing finds it any more.

    Args:
        keep: models whose rows stay although they would go with the row.
    """
    with in_no_company(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {_quoted(company.schema_name)} CASCADE")
        stays = False
        for relation in _relations():
            rows = relation.related_model._base_manager.filter(**{relation.field.name: company})
            if relation.on_delete is CASCADE and relation.related_model not in keep:
                rows.delete()
            else:
                stays = stays or rows.exists()
        if stays:
            blank: dict[str, Any] = {**dict.fromkeys(_OWN_FACTS, ""), "logo": {}}
            Company.objects.filter(pk=company.pk).update(ready=False, secret=new_secret(), **blank)
        else:
            company.delete(force_drop=False)


def _relations() -> list[Any]:
    """Every relation of any table to the company's row, those without a name of their own among them."""
    fields = Company._meta.get_fields(include_hidden=True)
    return [field for field in fields if field.auto_created and not field.concrete]


def migrate_companies() -> int:
    """Bring every company's schema to the newest migration and return the number of schemas that were behind.

    A schema that is up to date costs one small query instead of the 70 ms of starting Django's command.
    """
    newest = {name for app, name in MigrationLoader(None).disk_migrations if app == APP}
    behind = [
        company.schema_name
        for company in Company.objects.filter(ready=True).order_by("slug")
        if _applied(company.schema_name) != newest
    ]
    for schema_name in behind:
        _migrate(schema_name)
    return len(behind)


def current_template() -> SchemaTemplate:
    """The template for the migrations as they are now, recorded on first need."""
    fingerprint = _fingerprint()
    template = SchemaTemplate.objects.filter(pk=fingerprint).first()
    if template is None:
        template, _ = SchemaTemplate.objects.get_or_create(pk=fingerprint, defaults={"statements": _record()})
    return template


def _applied(schema_name: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name FROM {_quoted(schema_name)}.django_migrations WHERE app = %s",  # noqa: S608
            [APP],
        )
        return {name for (name,) in cursor.fetchall()}


@cache
def _fingerprint() -> str:
    """The state of the migrations, read once for each process: 20 ms of each company's time otherwise."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    digest = hashlib.sha256()
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app == APP:
            source = inspect.getsource(inspect.getmodule(type(migration)))  # type: ignore[arg-type]
            digest.update(name.encode() + source.encode())
    return digest.hexdigest()


def _record() -> list[list[Any]]:
    """Migrate a scratch schema, keep what was said to the database, and drop it again."""
    said: list[list[Any]] = []

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not _SKIP.match(sql):
            said.append([sql, [_plain(value) for value in params] if params else None])
        return execute(sql, params, many, context)

    # One recorder at a time in the whole database: the scratch schema has one name.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(7113, 1)")
            cursor.execute(f"DROP SCHEMA IF EXISTS {_SCRATCH} CASCADE")
            cursor.execute(f"CREATE SCHEMA {_SCRATCH}")
        with connection.execute_wrapper(listen):
            _migrate(_SCRATCH)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {_SCRATCH} CASCADE")
    return said


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _migrate(schema_name: str) -> None:
    # Without public on the path: else the recorder takes public's django_migrations for the schema's own.
    token = current.set((Schema(schema_name), False))
    try:
        call_command(MigrateCommand(), APP, verbosity=0, interactive=False, stdout=StringIO())
    finally:
        current.reset(token)


def _replay(schema_name: str, statements: list[list[Any]]) -> None:
    """Make the schema in one question to the database: 80 of them would be as many times of waiting for its answer."""
    name = _quoted(schema_name)
    with connection.cursor() as cursor:
        recorded = [cursor.mogrify(sql, params) if params else sql for sql, params in statements]
        mark = cursor.mogrify("INSERT INTO tenant_self (schema_name) VALUES (%s)", [schema_name])
        within = [f"CREATE SCHEMA {name}", f"SET LOCAL search_path = {name}", *recorded, _MARK, mark]
        cursor.execute(";\n".join([*within, "SET LOCAL search_path = public"]))


def _quoted(schema_name: str) -> str:
    if not re.match(r"^t_[a-z0-9_]{1,60}$", schema_name):
        raise ValueError(f"not a schema of ours: {schema_name!r}")
    return f'"{schema_name}"'
