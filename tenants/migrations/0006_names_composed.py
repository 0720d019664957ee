"""Composes (NFC) the names that were stored before texts were, so that a search finds them as they are typed now."""

from django.db import migrations

_COMPOSE = (
    "UPDATE {table} SET {column} = normalize({column}, NFC)::varchar({most}) WHERE {column} IS NOT NFC NORMALIZED"
)
_NAMES = (("tenants_company", "name", 100), ("tenants_site", "name", 100))


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_plain_addresses"),
    ]

    operations = [
        migrations.RunSQL(
            [_COMPOSE.format(table=table, column=column, most=most) for table, column, most in _NAMES],
            migrations.RunSQL.noop,
        ),
    ]
