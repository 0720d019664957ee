"""Composes (NFC) the names that were stored before texts were, so that a search finds them as they are typed now."""

from django.db import migrations

_COMPOSE = (
    "UPDATE {table} SET {column} = normalize({column}, NFC)::varchar({most}) WHERE {column} IS NOT NFC NORMALIZED"
)
_NAMES = (("agency_user", "name", 100), ("agency_operator", "public_name", 40))


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0012_what_was_said"),
    ]

    operations = [
        migrations.RunSQL(
            [_COMPOSE.format(table=table, column=column, most=most) for table, column, most in _NAMES],
            migrations.RunSQL.noop,
        ),
    ]
