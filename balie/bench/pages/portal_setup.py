"""A company with very many finished chats for `bench portal`: their words are made up, as many and as unevenly used as
those of a language.
"""

import random
from datetime import datetime

from django.db import connection

from agency.models import Operator, PortalMember, User
from balie.steps.onboard import onboard, open_always
from chat.services.finished.search import rebuild_words
from tenants import clock
from tenants.context import in_company
from tenants.models import Company, Site

CHATS, VOCABULARY, TEXTS, WORDS_A_TEXT = 100_000, 30_000, 8, 10
# In every chat, in one of a thousand, and in one of a thousand by its singular.
COMMON, RARE, SINGULAR = "bestelling", "zeldzaamheid", "gordijn"
_ONSETS = [
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "sch",
    "sl",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
    "zw",
]
_VOWELS = ["a", "aa", "e", "ee", "i", "ie", "o", "oe", "oo", "u", "ui", "ij", "eu"]
_CODAS = ["", "l", "n", "r", "s", "t", "k", "m", "p", "ng", "nt", "rs"]
_ENDINGS = ["", "", "", "en", "s", "je", "ing", "heid", "elijk"]
_VOCABULARY = """
    CREATE TEMP TABLE bench_word AS SELECT word, place FROM unnest(%(words)s::text[]) WITH ORDINALITY AS v(word, place)
"""
# The fourth power: half of what is said are 2,000 of the 30,000 words.
_SAID = """
    CREATE TEMP TABLE bench_said AS
    SELECT n, k, string_agg(word, ' ') AS body
    FROM (
        SELECT n, k, 1 + floor(%(size)s * power(random(), 4))::bigint AS place
        FROM generate_series(1, %(count)s) n, generate_series(1, %(texts)s) k, generate_series(1, %(each)s) w
    ) AS picked JOIN bench_word USING (place)
    GROUP BY n, k
"""
_OWN_WORDS = """
    UPDATE bench_said SET body = concat_ws(' ', body, %(common)s,
        CASE WHEN n %% 1000 = 0 THEN %(rare)s END, CASE WHEN n %% 1000 = 1 THEN %(singular)s END)
    WHERE k = 1
"""
_VISITORS = """
    INSERT INTO chat_visitor (id, name, email, created_at)
    SELECT md5('v' || n)::uuid, CASE WHEN n %% 3 = 0 THEN 'Bezoekster ' || n ELSE '' END, '', now()
    FROM generate_series(1, %(count)s) n
"""
_CHATS = """
    INSERT INTO chat_chat (id, number, visitor_id, site_id, first_client_id, language, page_url, page_title, referrer,
                           opened_at, closed_at, search, has_stems)
    SELECT md5('c' || n)::uuid, n, md5('v' || n)::uuid, %(site)s, md5('f' || n)::uuid, 'nl', '', '', '',
           %(now)s - n * interval '5 minutes', %(now)s - n * interval '5 minutes' + interval '4 minutes',
           with_stems(to_tsvector('simple', string_agg(body, ' ' ORDER BY k))), true
    FROM bench_said GROUP BY n
"""
_MESSAGES = """
    INSERT INTO chat_message (chat_id, seq, client_id, kind, side, author_name, body, data, created_at)
    SELECT md5('c' || n)::uuid, k, md5('m' || n || '-' || k)::uuid, 'text',
           CASE WHEN k %% 2 = 1 THEN 'visitor' ELSE 'operator' END, '', body, '{}',
           %(now)s - n * interval '5 minutes' + k * interval '20 seconds'
    FROM bench_said
"""
_RATINGS = """
    INSERT INTO chat_rating (chat_id, good, words, source, changed_at, created_at)
    SELECT md5('c' || n)::uuid, n %% 10 > 0, CASE WHEN n %% 30 = 0 THEN 'Prima' ELSE '' END, 'panel',
           %(now)s - n * interval '5 minutes', %(now)s - n * interval '5 minutes'
    FROM generate_series(1, %(count)s) n WHERE n %% 3 = 0
"""
_RECORDS = """
    INSERT INTO agency_chatrecord (chat_id, company_id, site_id, visitor_id, language, operator_id, arrived_at,
        first_human_at, closed_at, settled_at, close_reason, outcome, promise_seconds, bounces, visitor_texts,
        operator_texts, in_hours, number, seats, free_slots, concurrency, visitor_key, address_key, charged)
    SELECT md5('c' || n)::uuid, %(company)s, %(site)s, md5('v' || n)::uuid, 'nl', %(operator)s,
           %(now)s - n * interval '5 minutes',
           CASE WHEN n %% 20 > 0 THEN %(now)s - n * interval '5 minutes' + n %% 25 * interval '1 second' END,
           %(now)s - n * interval '5 minutes' + interval '4 minutes', %(now)s, 'operator',
           CASE WHEN n %% 50 = 0 THEN 'spam' WHEN n %% 7 = 0 THEN 'lead' ELSE 'resolved' END,
           20, 0, 2, 2, true, n, 1, 1, 1, '', '', true
    FROM generate_series(1, %(count)s) n
"""
_EVENTS = """
    INSERT INTO agency_recordevent (id, record_id, company_id, kind, value, data, actor_name, at)
    SELECT md5('e' || n)::uuid, md5('c' || n)::uuid, %(company)s, 'rating', (n %% 10 > 0)::int, '{}', '', now()
    FROM generate_series(1, %(count)s) n WHERE n %% 3 = 0
"""


def lay_company(count: int = CHATS) -> tuple[Company, User]:
    """Make the company with its chats, one each five minutes back from now, and an owner of its portal."""
    now = clock.now()
    company, _site = onboard(
        slug="groot",
        name="Groot",
        monogram="GR",
        brand="#0c5b5e",
        site={"name": "Winkel", "origins": ["https://groot.example"]},
        texts=[],
        now=now,
    )
    open_always(company, "Bench")
    user = User.objects.create_user("alice@bench.test", None, name="Alice")
    operator = Operator.objects.create(user=user, public_name="Alice", languages=["nl", "en"])
    owner = User.objects.create_user("owner@bench.test", None, name="Carol")
    PortalMember.objects.create(user=owner, company=company, role="owner")
    fill(company, operator, count=count, now=now)
    return company, owner


def fill(company: Company, operator: Operator, *, count: int, now: datetime) -> None:
    """Write the finished chats."""
    facts = {
        "count": count,
        "company": company.pk,
        "site": Site.objects.get(company=company).pk,
        "operator": operator.pk,
        "now": now,
        "words": list_vocabulary(),
        "size": VOCABULARY,
        "texts": TEXTS,
        "each": WORDS_A_TEXT,
        "common": COMMON,
        "rare": RARE,
        "singular": SINGULAR,
    }
    with in_company(company), connection.cursor() as cursor:
        for statement in (_VOCABULARY, _SAID, _OWN_WORDS, _VISITORS, _CHATS, _MESSAGES, _RATINGS, _RECORDS, _EVENTS):
            cursor.execute(statement, facts)
        cursor.execute("DROP TABLE bench_said, bench_word")
        rebuild_words()
        for table in ("chat_chat", "chat_message", "chat_visitor", "agency_chatrecord", "agency_recordevent"):
            cursor.execute(f"ANALYZE {table}")


def list_vocabulary() -> list[str]:
    """Words that could be Dutch, the most used first."""
    dice = random.Random(11)
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        syllables = dice.choice((1, 2, 2, 3))
        stem = "".join(dice.choice(_ONSETS) + dice.choice(_VOWELS) + dice.choice(_CODAS) for _ in range(syllables))
        words[stem + dice.choice(_ENDINGS)] = None
    return list(words)
