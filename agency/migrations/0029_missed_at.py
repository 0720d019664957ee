from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agency", "0028_text_moments")]

    operations = [
        migrations.RemoveField("installcheck", "misses"),
        migrations.AddField("installcheck", "missed_at", models.DateTimeField(null=True)),
    ]
