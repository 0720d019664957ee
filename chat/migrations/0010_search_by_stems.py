"""Lets finished chats be found by stems, and their words stand ready for mistyped ones.

Nothing is said to a schema without such chats, so a new company's replays none of it.
"""

from typing import Any

import django.contrib.postgres.indexes
from django.db import migrations, models

# The index is made anew in one go, which takes a fraction of 100,000 changes of it.
_STEMS = (
    "DROP INDEX chat_words",
    "UPDATE chat_chat SET search = public.with_stems(search) WHERE search IS NOT NULL",
    "CREATE INDEX chat_words ON chat_chat USING gin (search)",
    """
    INSERT INTO chat_knownword (word)
    SELECT DISTINCT said.word FROM chat_chat, unnest(tsvector_to_array(search)) AS said(word)
    WHERE length(said.word) BETWEEN 4 AND 32 AND said.word ~ '^[[:alpha:]]+$'
    """,
)


def index(_apps: Any, schema_editor: Any) -> None:
    """Write stems and words of the company's finished chats."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM chat_chat WHERE search IS NOT NULL)")
        if cursor.fetchone()[0]:
            for statement in _STEMS:
                cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0009_stored_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="KnownWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.TextField()),
            ],
            options={"base_manager_name": "objects"},
        ),
        migrations.RunPython(index, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="knownword",
            index=models.Index(fields=["word"], name="word_known", opclasses=["text_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="knownword",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["word"], name="word_near", opclasses=["public.gin_trgm_ops"]
            ),
        ),
    ]
