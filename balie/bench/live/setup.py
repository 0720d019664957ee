"""A database of the bench's own: 20 companies, 200 open chats over 34 operators, and the references' tables."""

import json
import os
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from psycopg import sql

from agency.models import Assignment, Operator, PoolEntry, Seat, User
from agency.services.certification.certify import certify
from balie.bench.replay.setup import sign_in
from balie.steps.onboard import onboard, open_always
from chat.models import Chat, Message, Visitor
from chat.realtime.auth import issue_token
from tenants import clock
from tenants.context import in_company
from tenants.models import Company
from tenants.resolve import find_site

CHATS, OPERATORS, COMPANIES, SLOTS = 200, 34, 20, 6
ORIGIN = "http://bench.example"

# Of the tutorial design: no seq, no client id, no pool.
_TUTORIAL = """
    CREATE TABLE bench_chat (id uuid PRIMARY KEY);
    CREATE TABLE bench_message (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        chat_id uuid NOT NULL REFERENCES bench_chat DEFERRABLE INITIALLY DEFERRED,
        client_id uuid NOT NULL, body text NOT NULL, created_at timestamptz NOT NULL
    );
    CREATE INDEX ON bench_message (chat_id);
"""


@dataclass(frozen=True, slots=True)
class BenchPlace:
    """One open chat: where its visitor is, and which of the operators holds it."""

    chat_id: str
    schema: str
    site_key: str
    token: str
    operator: int
    operator_id: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The facts that the client and the references need."""

    places: list[BenchPlace]
    sessions: list[str]
    cookie: str
    database_url: str

    def write(self, path: Path) -> None:
        """Write it for the references, which know no Django."""
        path.write_text(json.dumps(asdict(self)))


@contextmanager
def scratch_scene() -> Iterator[Scene]:
    """A migrated and seeded database on the server of the settings, dropped at the end."""
    with scratch_database() as url:
        yield _seed(url)


@contextmanager
def scratch_database() -> Iterator[str]:
    """Make a migrated, empty database on the server of the settings, yield its address and drop it at the end."""
    name = f"balie_bench_{os.getpid()}"
    facts = dict(settings.DATABASES["default"])
    home_url = _url(facts, facts["NAME"])
    with psycopg.connect(home_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        _use(name)
        call_command("migrate_all", verbosity=0, stdout=sys.stderr)
        yield _url(facts, name)
    finally:
        _use(facts["NAME"])
        with psycopg.connect(home_url, autocommit=True) as admin:
            drop = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
            admin.execute(sql.SQL(drop).format(sql.Identifier(name)))


def count_and_forget(scene: Scene) -> Counter[str]:
    """Count what a run left in the tables (rows, gaps in seq, texts under an id used twice), then empty them.

    Otherwise each run would begin with a bigger table than the one before it, and with consoles that show 500 messages
    a chat.
    """
    found: Counter[str] = Counter()
    count = """
        SELECT coalesce(sum(n), 0), coalesce(sum(last - n), 0), coalesce(sum(n - ids), 0) FROM (
            SELECT count(*) AS n, max(seq) AS last, count(DISTINCT client_id) AS ids
            FROM {}.chat_message GROUP BY chat_id) AS per_chat
    """
    with connection.cursor() as cursor:
        for schema in sorted({place.schema for place in scene.places}):
            name = sql.Identifier(schema)
            cursor.execute(sql.SQL(count).format(name))
            rows, gaps, doubled = cursor.fetchone() or (0, 0, 0)
            found.update(rows=int(rows), gaps=int(gaps), doubled=int(doubled))
            cursor.execute(sql.SQL("DELETE FROM {}.chat_message WHERE seq > 1").format(name))
            cursor.execute(sql.SQL("VACUUM {}.chat_message").format(name))
        cursor.execute("UPDATE agency_poolentry SET last_seq = 1")
        cursor.execute("VACUUM agency_poolentry")
        cursor.execute("TRUNCATE bench_message")
    return found


def _use(name: str) -> None:
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined]
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _url(facts: dict[str, object], name: object) -> str:
    who = f"{quote(str(facts['USER']))}:{quote(str(facts['PASSWORD']))}"
    return f"postgresql://{who}@{facts['HOST']}:{facts['PORT']}/{name}"


def _seed(url: str) -> Scene:
    companies = [_company(number) for number in range(1, COMPANIES + 1)]
    operators = [_operator(number, companies) for number in range(1, OPERATORS + 1)]
    places = [_open_chat(number, companies[number % COMPANIES], operators[number // SLOTS]) for number in range(CHATS)]
    with connection.cursor() as cursor:
        cursor.execute(_TUTORIAL)
        ids = [place.chat_id for place in places]
        cursor.execute("INSERT INTO bench_chat SELECT unnest(%s::uuid[])", [ids])
    sessions = [sign_in(operator.user) for operator in operators]
    return Scene(places, sessions, settings.SESSION_COOKIE_NAME, url)


def _company(number: int) -> Company:
    company, _ = onboard(
        slug=f"bench-{number}",
        name=f"Bench {number}",
        monogram=f"{chr(64 + number)}B",
        brand="#0c5b5e",
        site={"name": f"Bench {number}", "origins": [ORIGIN]},
        texts=[],
        now=clock.now(),
    )
    open_always(company, "Bench")
    return company


def _operator(number: int, companies: list[Company]) -> Operator:
    user = User.objects.create_user(f"bench-{number}@balie.test", None, name=f"Bench {number}")
    operator = Operator.objects.create(user=user, public_name=f"Bench {number}", languages=["nl"])
    for company in companies:
        certify(operator=operator, company=company)
    Seat.objects.create(operator=operator, capacity=SLOTS)
    return operator


@transaction.atomic
def _open_chat(number: int, company: Company, operator: Operator) -> BenchPlace:
    now = clock.now()
    site = find_site(company.sites.get().key)
    assert site is not None
    visitor_id, chat_id = uuid.uuid4(), uuid.uuid4()
    entry = PoolEntry.objects.create(
        chat_id=chat_id,
        company=company,
        site_id=site.id,
        visitor_id=visitor_id,
        state=PoolEntry.State.OPEN,
        operator=operator,
        fence=2,
        last_seq=1,
        turn_at=now,
        arrived_at=now,
        visitor_seen_at=now,
    )
    Assignment.objects.create(chat_id=chat_id, company=company, operator=operator, kind="accept", fence=2, at=now)
    seat = Seat.objects.get(operator=operator)
    seat.used += 1
    seat.save(update_fields=["used"])
    _write_first(entry, number)
    return BenchPlace(
        chat_id=str(entry.chat_id),
        schema=company.schema_name,
        site_key=site.key,
        token=issue_token(site, visitor_id),
        operator=number // SLOTS,
        operator_id=str(operator.pk),
    )


def _write_first(entry: PoolEntry, number: int) -> None:
    """The company's rows of a chat with one text."""
    with in_company(entry.company):
        visitor = Visitor.objects.create(pk=entry.visitor_id)
        chat = Chat.objects.create(
            pk=entry.chat_id,
            number=number + 1,
            visitor=visitor,
            site_id=entry.site_id,
            first_client_id=uuid.uuid4(),
            opened_at=entry.arrived_at,
        )
        Message.objects.create(chat=chat, seq=1, client_id=chat.first_client_id, side="visitor", body="Hello")
