from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0003_records_audit"),
        ("tenants", "0002_transcripts_and_secret"),
    ]

    operations = [
        migrations.AddField(
            model_name="chatrecord",
            name="charged",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="chatrecord",
            index=models.Index(
                condition=models.Q(("charged", False)),
                fields=["company", "arrived_at", "chat_id"],
                name="record_uncharged",
            ),
        ),
    ]
