"""One row for what managers are alarmed about, counted in the background."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0015_script_ticks"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlarmCount",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("counted_at", models.DateTimeField()),
                ("alarms", models.JSONField(default=list)),
                ("plan_at", models.DateTimeField()),
                ("log_id", models.UUIDField(null=True)),
                (
                    "gap_companies",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_alarm_count")],
            },
        ),
    ]
