"""A long list of one company is charged in a time that grows with its length and no faster."""

import time
from datetime import timedelta

import pytest
from django.db import connection

from billing.models import Charge
from billing.services import ledger
from billing.services.charging import charge_settled
from tenants.models import Company
from tests.balie.steps.books import ledger_differences
from tests.billing.services.settled import NOW, add_record, give_price

pytestmark = [pytest.mark.django_db, pytest.mark.prove]

CHATS = 10_000
# Ten times as many may take ten times as long, and half again for pages that no longer lie in memory.
FACTOR = 15


def fill(company: Company, chats: int) -> None:
    """Copies of one record over 300 days back: one in five by a visitor of a few, a third with an address of a few."""
    one = add_record(company, NOW - timedelta(days=301))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO agency_chatrecord SELECT made.* FROM agency_chatrecord one,
                LATERAL (SELECT %s - random() * interval '300 days' AS at, random() AS who,
                                n FROM generate_series(1, %s) n WHERE one.chat_id IS NOT NULL) n,
                LATERAL jsonb_populate_record(one, jsonb_build_object(
                    'chat_id', gen_random_uuid(), 'number', n + 1, 'arrived_at', at,
                    'first_human_at', at + interval '8 s', 'closed_at', at + interval '9 min',
                    'settled_at', at + interval '10 min',
                    'visitor_key', CASE WHEN who < 0.2 THEN 'v' || (n %% 500) ELSE 'u' || n END,
                    'address_key', CASE WHEN who > 0.67 THEN 'a' || (n %% 5000) ELSE '' END)) made
            WHERE one.chat_id = %s
            """,
            [NOW, chats - 1, one.pk],
        )
        cursor.execute("ANALYZE agency_chatrecord, billing_charge")


def _charge_all(company: Company, chats: int) -> float:
    fill(company, chats)
    began = time.perf_counter()
    assert charge_settled(limit=10 * CHATS) == chats
    return time.perf_counter() - began


def test_ten_times_as_many_chats_take_about_ten_times_as_long(acme: Company, zen: Company) -> None:
    for company in (acme, zen):
        give_price(company, since=NOW.date() - timedelta(days=310))
    few, many = _charge_all(zen, CHATS // 10), _charge_all(acme, CHATS)
    began = time.perf_counter()
    assert charge_settled() == 0
    idle = time.perf_counter() - began
    began = time.perf_counter()
    assert ledger_differences(NOW + timedelta(days=1)) == []
    books = time.perf_counter() - began
    began = time.perf_counter()
    ledger.month_total(acme, NOW.date())
    ledger.list_month(acme, NOW.date(), count=50)
    month = time.perf_counter() - began
    repeats = Charge.objects.filter(reason="repeat").count()
    print(
        f"\n{CHATS // 10} chats {few:.1f} s, {CHATS} chats {many:.1f} s ({CHATS / many:.0f}/s), {repeats} repeats; "
        f"nothing due {idle * 1000:.0f} ms; books compared {books:.1f} s; a month's page {month * 1000:.0f} ms"
    )
    assert many < FACTOR * few
    assert idle < 1
