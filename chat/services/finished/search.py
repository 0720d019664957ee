"""Finding finished chats by what was said in them, by their number, or by their visitor's mail address."""

import re
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from agency.domain import keys
from agency.services.people.addresses import searched_address
from chat.domain.search import query_of, vector_of
from chat.models import Chat, TranscriptRequest
from tenants.models import Company

# More is a pasted letter and no search.
LONGEST_SEARCH = 200
# Fifty texts of the longest kind; cut into words within a second.
INDEXED = 200_000

# As the column: what is longer can't be one. No number begins with a zero; an order's may.
_NUMBER = re.compile(r"#?([1-9][0-9]{0,8})")
_SAID = f"""
    SELECT chat.id, concat_ws(' ', visitor.name, left(said.body, {INDEXED}))
    FROM chat_chat chat JOIN chat_visitor visitor ON visitor.id = chat.visitor_id LEFT JOIN LATERAL (
        SELECT string_agg(body, ' ' ORDER BY seq) AS body FROM chat_message WHERE chat_id = chat.id AND kind = 'text'
    ) said ON true
    WHERE chat.closed_at IS NOT NULL AND chat.id > %s ORDER BY chat.id LIMIT 200
"""  # noqa: S608 -- a number of ours
_WRITE = """
    UPDATE chat_chat SET search = new.words::tsvector FROM unnest(%s::uuid[], %s::text[]) AS new(id, words)
    WHERE chat_chat.id = new.id
"""


def has_words(company: Company, words: str) -> Q:
    """Records of chats with these words, this number, or this mail address of their visitor. To be used inside the
    company.

    Args:
        words: anything a person types, without NUL; the last word may be unfinished.
    """
    matching = Q(pk__in=())
    query = query_of(words)
    if query:
        # A constant, so that the planner knows a common word from a rare one: at 100,000 chats the list by a word that
        # is in all of them took 2.7 s, and takes 0.3 s.
        said = RawSQL("search @@ %s::tsquery", [query], output_field=BooleanField())
        matching |= Q(pk__in=Chat.objects.filter(said).values("pk"))
    number = _NUMBER.fullmatch(words)
    if number:
        matching |= Q(number=int(number[1]))
    if "@" in words:
        address = searched_address(words)
        asked = TranscriptRequest.objects.filter(recipient__iexact=address)
        named = Chat.objects.filter(visitor__email__iexact=address)
        matching |= Q(address_key=keys.address_key(company.secret, address))
        matching |= Q(pk__in=asked.values("chat")) | Q(pk__in=named.values("pk"))
    return matching


def index_finished() -> None:
    """Write the words of every finished chat by which it is found. To be used inside the company."""
    last = UUID(int=0)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_SAID, [last])
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            cursor.execute(_WRITE, [[row[0] for row in rows], [vector_of(row[1]) for row in rows]])
