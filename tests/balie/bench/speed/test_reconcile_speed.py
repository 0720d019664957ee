"""300,000 chats of one company are held against all their sources in minutes, and in little memory."""

import hashlib
import resource
import time
from datetime import date, datetime

import pytest
from django.db import connection, transaction

from agency.models import Operator
from balie.steps import reconcile
from tenants.context import in_company
from tenants.models import Company
from tests.billing.services.settled import NOW, give_price

pytestmark = [pytest.mark.django_db, pytest.mark.prove]

CHATS = 300_000
# 60,000 took 14 s and 2 MiB on two shared cores, and it is linear; four times that has grown out of its plan.
MOST_SECONDS, MOST_MIB = 300, 100

# Chat n of 300 days before NOW; each tenth one is its visitor's second within minutes, and so a repeat.
_CHATS = """
    CREATE TEMP TABLE big ON COMMIT DROP AS
    SELECT n, ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
           ('00000000-0000-4000-9000-' || lpad(to_hex((n - (n %% 10 = 1)::int) %% 60000), 12, '0'))::uuid AS visitor,
           date_trunc('second', %(now)s::timestamptz - interval '301 days' + n * interval '86 s') AS at,
           n %% 10 = 1 AS is_repeat
    FROM generate_series(2, %(chats)s + 1) n
"""
_FILL = [
    "INSERT INTO chat_visitor (id, name, email, created_at) SELECT DISTINCT ON (visitor) visitor, '', '', at FROM big",
    """INSERT INTO chat_chat (id, number, visitor_id, site_id, first_client_id, language, page_url, page_title,
        referrer,
            opened_at, closed_at)
        SELECT id, n - 1, visitor, %(site)s, gen_random_uuid(), 'nl', '', '', '', at, at + interval '9 min' FROM big""",
    """INSERT INTO chat_message (chat_id, seq, client_id, kind, side, body, data, created_at)
        SELECT id, seq, gen_random_uuid(), kind, side, '', data::jsonb, at + after * interval '1 s'
        FROM big, (VALUES (1, 'auto', 'operator', '{}', 0), (2, 'text', 'visitor', '{}', 0),
            (3, 'system', 'system', '{"code": "accepted"}', 3), (4, 'text', 'operator', '{}', 8),
            (5, 'text', 'visitor', '{}', 60), (6, 'system', 'system', '{"code": "closed", "by": "operator"}', 540),
            (7, 'system', 'system', '{"code": "settled", "outcome": "resolved"}', 600)) line (seq, kind, side,
                data, after)""",
    """INSERT INTO agency_assignment (chat_id, company_id, operator_id, kind, code, facts, fence, at)
        SELECT id, %(company)s, %(operator)s, kind, '', '{}', fence, at + after * interval '1 s'
        FROM big, (VALUES ('offer', 1, 0), ('accept', 2, 3), ('release', 3, 540)) step (kind, fence, after)""",
    """INSERT INTO agency_holding
            (chat_id, company_id, operator_id, fence, held_from, held_to, wrap_up_from, wrap_up_to)
        SELECT id, %(company)s, %(operator)s, 2, at + interval '3 s', at + interval '9 min', at + interval '9 min',
            at + interval '10 min' FROM big""",
    """INSERT INTO agency_chatrecord (chat_id, company_id, site_id, visitor_id, language, operator_id, arrived_at,
            assigned_at, first_human_at, closed_at, settled_at, close_reason, outcome, promise_seconds, bounces,
            seats, free_slots, concurrency, visitor_texts,
            operator_texts, in_hours, number, visitor_key, address_key, charged)
        SELECT id, %(company)s, %(site)s, visitor, 'nl', %(operator)s, at, at + interval '3 s', at + interval '8 s',
            at + interval '9 min', at + interval '10 min', 'operator', 'resolved', 20, 0, 1, 1, 1, 2, 1, true, n - 1,
            encode(sha256(%(outer)s::bytea || sha256(%(inner)s::bytea || convert_to('visitor:' || visitor,
                'UTF8'))), 'hex'),
            '', true FROM big""",
    """INSERT INTO billing_charge (id, company_id, record_id, component, reason, amount, price_id,
        repeat_of_id, evidence,
            month, created_at)
        SELECT gen_random_uuid(), %(company)s, id, 'chat', CASE WHEN is_repeat THEN 'repeat' ELSE 'billable' END,
            CASE WHEN is_repeat THEN 0 ELSE 4.5 END, %(price)s, CASE WHEN is_repeat THEN lag(id) OVER (ORDER BY n) END,
            jsonb_build_object('arrived_at', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), 'closed_at',
                to_char(at + interval '9 min', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), 'outcome', 'resolved', 'spam', false,
                'visitor_texts', 2, 'operator_texts', 1, 'in_hours', true, 'price', '4.50', 'price_from', '2026-01-01'),
            date_trunc('month', (at + interval '9 min') AT TIME ZONE 'Europe/Amsterdam')::date, at + interval '11 min'
        FROM big""",
    """INSERT INTO agency_sitecounter
            (company_id, site_id, greeting, starts_at, shown, opened, began, accepted, invited, dismissed, held_out)
        SELECT %(company)s, %(site)s, '', date_bin('30 minutes', at, 'epoch'), 0, 0, count(*), 0, 0, 0, 0
        FROM big GROUP BY 4""",
    "ANALYZE",
]


def fill(company: Company, chats: int) -> None:
    """So many chats in every book, as the services would have left them."""
    key = company.secret.encode().ljust(64, b"\0")
    assert len(key) == hashlib.sha256().block_size
    values = {
        "now": NOW,
        "chats": chats,
        "company": company.pk,
        "site": company.sites.get().pk,
        "operator": Operator.objects.get(user__email="alice@balie.test").pk,
        "price": give_price(company, since=date(2026, 1, 1)).pk,
        "outer": bytes(byte ^ 0x5C for byte in key),
        "inner": bytes(byte ^ 0x36 for byte in key),
    }
    with in_company(company), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        cursor.execute(_CHATS, values)
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in _FILL:
            cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_the_books_of_300_000_chats(acme: Company) -> None:
    fill(acme, CHATS)
    late = datetime.fromisoformat("2027-01-01T00:00:00Z")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    with transaction.atomic():
        found = [str(one) for one in reconcile.look_at(acme, late)]
    took = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"\n{CHATS} chats held against their sources in {took:.0f} s, {grown:.0f} MiB more at most")
    assert found == []
    assert took < MOST_SECONDS
    assert grown < MOST_MIB
