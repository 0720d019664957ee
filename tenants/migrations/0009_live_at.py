from django.db import migrations, models
from django.db.models import F


def _go_on(apps, schema_editor):
    """Companies that are there have offered chat since they were made."""
    apps.get_model("tenants", "Company").objects.filter(ready=True).update(live_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("tenants", "0008_managers_publish")]

    operations = [
        migrations.AddField("company", "live_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField("company", "tested_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField("company", "live_asked_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.RunPython(_go_on, migrations.RunPython.noop),
    ]
