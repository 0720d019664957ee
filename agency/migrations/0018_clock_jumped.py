from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agency", "0017_reasons_as_values")]

    operations = [
        migrations.RemoveField("heartbeat", "detail"),
        migrations.AddField("heartbeat", "clock_jumped", models.FloatField(db_default=0.0, default=0.0)),
    ]
