from importlib import import_module

from django.db import migrations

FROM_TRAIL = import_module("agency.migrations.0022_holding").FROM_TRAIL


class Migration(migrations.Migration):
    """Chats that were over before holdings were written, as trail and records know them. Nothing waits for it."""

    dependencies = [("agency", "0022_holding")]

    operations = [migrations.RunSQL(FROM_TRAIL.format(which="true"), migrations.RunSQL.noop)]
