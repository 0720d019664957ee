from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agency", "0018_agency_mail")]

    operations = [
        migrations.RemoveField("heartbeat", "detail"),
        migrations.AddField("heartbeat", "clock_jumped", models.FloatField(db_default=0.0, default=0.0)),
    ]
