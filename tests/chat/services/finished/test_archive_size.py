"""The list over a company with very many chats. It is small here, and at full size with its figures in `make prove`."""

import time
from typing import Any

import pytest
from django.db import connection

from agency.models import ChatRecord
from chat.services.finished.archive import Filters, find_chats
from tenants.context import in_company
from tenants.models import Company, Site

pytestmark = pytest.mark.django_db

# Two thousand words, so that most are rare; "schoen" is in every chat, "zeldzaam" in one of a thousand.
_FILL = [
    """INSERT INTO chat_visitor (id, name, email, created_at)
       SELECT md5('v' || n)::uuid, CASE WHEN n %% 3 = 0 THEN 'Bezoekster ' || n ELSE '' END, '', now()
       FROM generate_series(1, %(count)s) n""",
    """INSERT INTO chat_chat (id, number, visitor_id, site_id, first_client_id, language, page_url, page_title,
        referrer,
                              opened_at, closed_at, search)
       SELECT md5('c' || n)::uuid, n, md5('v' || n)::uuid, %(site)s, md5('f' || n)::uuid, 'nl', '', '', '',
              now() - n * interval '5 minutes', now() - n * interval '5 minutes' + interval '4 minutes',
              to_tsvector('simple', 'schoen ' || (SELECT string_agg('woord' || (n * k %% 2003), ' ')
                                                  FROM generate_series(1, 60) k)
                                    || CASE WHEN n %% 1000 = 0 THEN ' zeldzaam' ELSE '' END)
       FROM generate_series(1, %(count)s) n""",
    """INSERT INTO chat_message (chat_id, seq, client_id, kind, side, author_name, body, data, created_at)
       SELECT md5('c' || n)::uuid, k, md5('m' || n || k)::uuid, 'text', CASE
           WHEN k = 1 THEN 'visitor' ELSE 'operator' END,
              '', 'Hoi, een vraag over een schoen', '{}', now() - n * interval '5 minutes'
       FROM generate_series(1, %(count)s) n, generate_series(1, 2) k""",
    """INSERT INTO agency_chatrecord (chat_id, company_id, site_id, visitor_id, language, operator_id, arrived_at,
           first_human_at, closed_at, settled_at, close_reason, outcome, promise_seconds, bounces, visitor_texts,
           operator_texts, in_hours, number, seats, free_slots, concurrency, visitor_key, address_key, charged)
       SELECT md5('c' || n)::uuid, %(company)s, %(site)s, md5('v' || n)::uuid, 'nl', %(operator)s,
              now() - n * interval '5 minutes',
              CASE WHEN n %% 20 > 0 THEN now() - n * interval '5 minutes' + n %% 25 * interval '1 second' END,
              now() - n * interval '5 minutes' + interval '4 minutes', now(), 'operator',
              CASE WHEN n %% 50 = 0 THEN 'spam' WHEN n %% 7 = 0 THEN 'lead' ELSE 'resolved' END,
              20, 0, 2, 2, true, n, 1, 1, 1, '', '', true
       FROM generate_series(1, %(count)s) n""",
    """INSERT INTO agency_recordevent (id, record_id, company_id, kind, value, data, actor_name, at)
       SELECT md5('e' || n)::uuid, md5('c' || n)::uuid, %(company)s, 'rating', (n %% 10 > 0)::int, '{}', '', now()
       FROM generate_series(1, %(count)s) n WHERE n %% 3 = 0""",
]
_ASKED = {
    "newest": Filters(),
    "verdict": Filters(verdict="answered_late"),
    "outcome": Filters(outcome="lead"),
    "spam": Filters(outcome="spam"),
    "rating": Filters(rating="bad"),
    "rare word": Filters(words="zeldzaam"),
    "common word": Filters(words="schoen"),
    "beginning of a word": Filters(words="woord1"),
    "words in that order": Filters(words="schoen-woord1"),
    "number in groups": Filters(words="06-8765 4321"),
    "number": Filters(words="#77"),
    "address": Filters(words="niemand@example.nl"),
    "everything": Filters(words="schoen", verdict="answered_late", rating="good", outcome="lead"),
}


def fill(company: Company, operator_id: object, count: int) -> None:
    facts = {
        "count": count,
        "company": company.pk,
        "site": Site.objects.get(company=company).pk,
        "operator": operator_id,
    }
    with in_company(company), connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement, facts)
        for table in (
            "chat_chat",
            "chat_message",
            "chat_visitor",
            "agency_chatrecord",
            "agency_recordevent",
        ):
            cursor.execute(f"ANALYZE {table}")


def slowest(company: Company, limit: float) -> dict[str, float]:
    """Milliseconds of each kind of list, the best of three: the machine may have other work."""
    took = {}
    for name, filters in _ASKED.items():
        rounds = []
        for _round in range(3):
            begun = time.perf_counter()
            page = find_chats(company=company, filters=filters)
            rounds.append((time.perf_counter() - begun) * 1_000)
        took[name] = min(rounds)
        assert page.lines or name in {"address", "number in groups"}, name
        print(f"{name:>20}: {took[name]:7.1f} ms, {page.count} chats")
    oldest = ChatRecord.objects.filter(company=company).order_by("arrived_at")[60]
    begun = time.perf_counter()
    assert len(find_chats(company=company, filters=Filters(), before=oldest.pk).lines) == 50
    took["last page"] = (time.perf_counter() - begun) * 1_000
    print(f"{'last page':>20}: {took['last page']:7.1f} ms")
    assert max(took.values()) < limit
    return took


def test_two_thousand_chats(acme: Company, alice: Any) -> None:
    fill(acme, alice.pk, 2_000)
    slowest(acme, limit=1_000)


@pytest.mark.prove
def test_a_hundred_thousand_chats(acme: Company, alice: Any) -> None:
    fill(acme, alice.pk, 100_000)
    slowest(acme, limit=1_500)
