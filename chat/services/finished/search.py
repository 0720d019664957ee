"""Finding finished chats by what was said in them, by their number, or by their visitor's mail address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import BooleanField, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL

from agency.domain import keys
from agency.models import ChatRecord
from agency.services.people.addresses import searched_address
from chat.domain.search import is_near, open_words, query_of, vector_of, wanted_words
from chat.models import Chat, TranscriptRequest
from tenants.models import Company
from tenants.round_trip import HowMany, read_together

# More is a pasted letter and no search.
LONGEST_SEARCH = 200
# Counting further would cost more than the number is worth to a reader.
MOST_COUNTED = 10_000
# Chats that a search is told by their ids.
_FEW = 500
# More would no longer be what somebody meant.
MOST_MEANT = 5
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
# Words that may have been meant: letters alone, as a number is typed over and a short word is everything's neighbour.
# Of a chat at most 2,000 new ones: whoever pastes a dictionary costs no close more.
_NEW_WORDS = """
    INSERT INTO chat_knownword (word) SELECT DISTINCT new.word
    FROM ended, LATERAL (
        SELECT said.word FROM unnest(tsvector_to_array(ended.search)) AS said(word)
        WHERE length(said.word) BETWEEN 4 AND 32 AND said.word ~ '^[[:alpha:]]+$'
            AND NOT EXISTS (SELECT FROM chat_knownword known WHERE known.word = said.word)
        LIMIT 2000
    ) AS new
"""
_WRITE = f"""
    WITH ended AS (
        UPDATE chat_chat SET search = with_stems(new.words::tsvector), has_stems = true
        FROM unnest(%s::uuid[], %s::text[]) AS new(id, words)
        WHERE chat_chat.id = new.id RETURNING search
    ) {_NEW_WORDS}
"""  # noqa: S608 -- constants
# At the close of a chat: its time, its words as `vector_of` writes them, its id.
END = f"""
    WITH ended AS (
        UPDATE chat_chat SET closed_at = %s, search = with_stems(%s::tsvector), has_stems = true WHERE id = %s
        RETURNING search
    ) {_NEW_WORDS}
"""  # noqa: S608 -- constants
_WITHOUT_STEMS = "SELECT id FROM chat_chat WHERE closed_at IS NOT NULL AND NOT has_stems LIMIT 200"
_ADD_STEMS = f"""
    WITH ended AS (
        UPDATE chat_chat SET search = with_stems(search), has_stems = true WHERE id = ANY (%s) RETURNING search
    ) {_NEW_WORDS}
"""  # noqa: S608 -- constants
# Of each word its stems, and where no chat has it, or a word that begins so, what looks like it.
_KIN = """
    SELECT asked.word, stems_of(asked.word), CASE
        WHEN asked.word !~ '^[[:alpha:]]{4,}$' THEN '{}'
        WHEN EXISTS (SELECT FROM chat_knownword known WHERE known.word = asked.word) THEN '{}'
        WHEN asked.ends AND EXISTS (
            SELECT FROM chat_knownword known
            WHERE known.word ~>=~ asked.word AND known.word ~<~ (asked.word || chr(1114111))
        ) THEN '{}'
        ELSE near_words(asked.word)
    END
    FROM unnest(%s::text[], %s::boolean[]) AS asked(word, ends)
"""
# The words of a chat that a search may have found it by: by their stem, as they stand, or as the search begins them.
_FOUND = """ARRAY(
    SELECT word FROM unnest(tsvector_to_array(search)) AS word
    WHERE word !~ '^=' AND (stems_of(word) && %s::text[] OR word = ANY (%s::text[]) OR word ^@ ANY (%s::text[]))
)"""


@dataclass(frozen=True, slots=True)
class Search:
    """A search, read with the words that the company's chats hold.

    `words`: as typed. `query`: a `tsquery`, "" without words. `meant`: of a word that no chat has, those it may be
    meant for, the likeliest first.
    """

    words: str = ""
    query: str = ""
    meant: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stems: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()


NO_SEARCH = Search()


def read_search(words: str) -> Search:
    """Read what somebody typed, without NUL. The last word may be unfinished. To be used inside the company: one query,
    none without words.
    """
    query, asked = query_of(words), open_words(words)
    exact, begun = wanted_words(words)
    if not asked:
        return Search(words, query, exact=exact, begun=begun)
    kin: dict[str, list[str]] = {}
    meant: dict[str, tuple[str, ...]] = {}
    stems: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(_KIN, [list(asked), list(asked.values())])
        for word, own, looks_like in cursor.fetchall():
            near = tuple(other for other in looks_like if is_near(other, word))[:MOST_MEANT]
            if near:
                meant[word] = near
            forms = (*own, *(f"={stem}" for stem in own), *near)
            kin[word] = [form for form in dict.fromkeys(forms) if form.strip("=") and form != word]
            stems.update(own)
    likely = (other for near in meant.values() for other in near)
    return Search(words, query_of(words, kin), meant, tuple(sorted(stems)), (*exact, *likely), begun)


def words_found(chat_id: UUID, search: Search) -> QuerySet[Any]:
    """The words by which this chat was found, of a chat without search none. To be used inside the company."""
    asked = [list(search.stems), list(search.exact), list(search.begun)]
    found = RawSQL(_FOUND, asked, output_field=ArrayField(TextField()))  # noqa: S611 -- constants
    rows: QuerySet[Any] = Chat.objects.filter(pk=chat_id).values_list(found, flat=True)
    return rows if search.query else rows.none()


def has_words(company: Company, search: Search) -> tuple[Q, int | None]:
    """Records of chats with these words, this number, or this mail address of their visitor, and how many chats that
    are, if at most MOST_COUNTED. To be used inside the company: one query.
    """
    words = search.words
    wanted: list[QuerySet[Any]] = []
    if search.query:
        # A constant, so that the planner knows a common word from a rare one: at 100,000 chats the list by a word that
        # is in all of them took 2.7 s, and takes 0.3 s.
        said = RawSQL("search @@ %s::tsquery", [search.query], output_field=BooleanField())
        wanted.append(Chat.objects.filter(said).values_list("pk"))
    records = ChatRecord.objects.filter(company=company)
    number = _NUMBER.fullmatch(words)
    if number:
        wanted.append(Chat.objects.filter(number=int(number[1]), closed_at__isnull=False).values_list("pk"))
    if "@" in words:
        address = searched_address(words)
        wanted.append(records.filter(address_key=keys.address_key(company.secret, address)).values_list("pk"))
        wanted.append(TranscriptRequest.objects.filter(recipient__iexact=address).values_list("chat"))
        wanted.append(Chat.objects.filter(visitor__email__iexact=address).values_list("pk"))
    if not wanted:
        return Q(pk__in=()), 0
    # Which chats a rare word is in is said to the planner in so many words: that they are few it can't know, and walked
    # 100,000 chats for want of fifty (0.8 s instead of 0.05 s).
    parts = read_together(*(HowMany(one[: MOST_COUNTED + 1], few=_FEW) for one in wanted))
    matching = Q()
    for one, (count, *ids) in zip(wanted, parts, strict=True):
        matching |= Q(pk__in=one if count > _FEW else ids)
    return matching, parts[0][0] if len(parts) == 1 else None


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
            write_words(dict(rows))


def add_stems() -> None:
    """Write the stems of finished chats that lack them, closed by a release that knew none. To be used inside the
    company. Outside a transaction every 200 chats commit, so that what was stopped goes on from there.
    """
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_WITHOUT_STEMS)
            ids = [chat_id for (chat_id,) in cursor.fetchall()]
            if not ids:
                return
            cursor.execute(_ADD_STEMS, [ids])


def write_words(texts: Mapping[UUID, str]) -> None:
    """Write the words by which finished chats are found, by their id. To be used inside the company."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [list(texts), list(map(vector_of, texts.values()))])


@transaction.atomic
def rebuild_words() -> None:
    """Know the words of the finished chats that are there, and no other. For when chats were taken away, and for many
    that were put there. To be used inside the company.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM chat_knownword")
        cursor.execute(
            "INSERT INTO chat_knownword (word) "
            "SELECT word FROM ts_stat('SELECT search FROM chat_chat WHERE search IS NOT NULL') "
            "WHERE length(word) BETWEEN 4 AND 32 AND word ~ '^[[:alpha:]]+$'"
        )
