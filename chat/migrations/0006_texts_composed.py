"""Composes (NFC) what was stored before texts were, and writes the words by which finished chats are found anew.

Nothing is said to a schema without such rows, so a new company's replays none of it.
"""

from typing import Any
from uuid import UUID

from django.db import migrations

from chat.domain.search import vector_of

# Composing can lengthen a text: what no longer fits its column is cut.
_COMPOSED = (
    ("chat_message", "body", "text"),
    ("chat_message", "author_name", "varchar(40)"),
    ("chat_text", "title", "varchar(100)"),
    ("chat_text", "body", "text"),
    ("chat_question", "name", "varchar(100)"),
    ("chat_question", "body", "text"),
    ("chat_rating", "words", "text"),
    ("chat_visitor", "name", "varchar(100)"),
    ("chat_chat", "page_title", "varchar(300)"),
    ("chat_message", "data", "jsonb"),
    ("chat_text", "data", "jsonb"),
)
_FINISHED = """
    SELECT chat.id, concat_ws(' ', visitor.name, left(said.body, 200000))
    FROM chat_chat chat JOIN chat_visitor visitor ON visitor.id = chat.visitor_id LEFT JOIN LATERAL (
        SELECT string_agg(body, ' ' ORDER BY seq) AS body FROM chat_message WHERE chat_id = chat.id AND kind = 'text'
    ) said ON true
    WHERE chat.closed_at IS NOT NULL AND chat.id > %s ORDER BY chat.id LIMIT 200
"""
_WRITE = """
    UPDATE chat_chat SET search = new.words::tsvector FROM unnest(%s::uuid[], %s::text[]) AS new(id, words)
    WHERE chat_chat.id = new.id
"""


def compose(_apps: Any, schema_editor: Any) -> None:
    """Compose every text of the company, then write the words of its finished chats."""
    with schema_editor.connection.cursor() as cursor:
        for table, column, kind in _COMPOSED:
            loose = f"{column}::text IS NOT NFC NORMALIZED"
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE {loose})")  # noqa: S608
            if cursor.fetchone()[0]:
                composed = f"normalize({column}::text, NFC)::{kind}"
                cursor.execute(f"UPDATE {table} SET {column} = {composed} WHERE {loose}")  # noqa: S608
        last = UUID(int=0)
        while True:
            cursor.execute(_FINISHED, [last])
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            cursor.execute(_WRITE, [[row[0] for row in rows], [vector_of(row[1]) for row in rows]])


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0005_confirmed_transcripts"),
    ]

    operations = [
        # Composed texts are good for the version before, too.
        migrations.RunPython(compose, migrations.RunPython.noop),
    ]
