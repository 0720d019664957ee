"""Texts become drafts first: who wrote, approved and published them, and a trigger that keeps what is published.

Texts in force stay so: each published version counts as told since its publication.
"""

from typing import Any

import django.db.models.functions.datetime
from django.db import migrations, models

# Nothing of a version changes once it is published. Until consoles know of it, publishing can be taken back.
FINAL = """
CREATE FUNCTION chat_text_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  settled text[] := ARRAY['edition', 'published_at', 'published_name', 'published_inside', 'told_at', 'withdrawn_at',
    'major'];
BEGIN
  IF OLD.published_at IS NULL THEN
    RETURN coalesce(NEW, OLD);
  END IF;
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - settled = to_jsonb(OLD) - settled
    AND (OLD.told_at IS NULL AND NEW.published_at IS NULL OR NEW.published_at = OLD.published_at
      AND NEW.published_name = OLD.published_name AND NEW.published_inside = OLD.published_inside)
    AND (OLD.told_at IS NULL OR NEW.told_at = OLD.told_at AND NEW.major IS NOT DISTINCT FROM OLD.major)
    AND (OLD.withdrawn_at IS NULL OR NEW.withdrawn_at = OLD.withdrawn_at)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'version % is published: a change is a version of its own', OLD.id
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'text_is_final';
END $$;
CREATE TRIGGER text_is_final BEFORE UPDATE OR DELETE ON chat_text
  FOR EACH ROW EXECUTE FUNCTION chat_text_is_final();
"""
_CARRY = """
UPDATE chat_text SET edition = version, told_at = published_at, written_at = created_at,
  author_inside = author_name <> '', published_name = author_name, published_inside = author_name <> '',
  major = (data->>'major')::int, raises = data ? 'major'
WHERE published_at IS NOT NULL
"""


def carry_over(_apps: Any, schema_editor: Any) -> None:
    """Say of each version what was known: its author, a manager, published it when it was written."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM chat_text)")
        # Nothing is said to a schema without texts, so a new company's replays none of it.
        if cursor.fetchone()[0]:
            cursor.execute(_CARRY)


class Migration(migrations.Migration):
    dependencies = [("chat", "0007_leads")]

    operations = [
        migrations.AddField(
            model_name="text",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="text",
            name="approved_name",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="text",
            name="author_inside",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="text",
            name="edition",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="text",
            name="major",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="text",
            name="published_inside",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="text",
            name="published_name",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="text",
            name="raises",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="text",
            name="told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="text",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="text",
            name="written_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AlterField(
            model_name="text",
            name="kind",
            field=models.CharField(
                choices=[
                    ("script", "Script"),
                    ("greeting", "Greeting"),
                    ("invitation", "Invitation"),
                    ("canned", "Canned"),
                    ("instruction", "Instruction"),
                    ("notice", "Notice"),
                ],
                max_length=12,
            ),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="text",
            constraint=models.UniqueConstraint(
                condition=models.Q(("told_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("kind", "key", "language"),
                name="one_coming_version",
            ),
        ),
        migrations.RunSQL(FINAL, "DROP FUNCTION chat_text_is_final() CASCADE"),
    ]
