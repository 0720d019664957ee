"""The ticked steps of a script stay with the running chat."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0014_sightings"),
    ]

    operations = [
        migrations.AddField(
            model_name="poolentry",
            name="ticks",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
