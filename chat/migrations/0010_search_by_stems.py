"""Room for the words of finished chats, which stand ready for mistyped ones. `migrate_all` fills it (`add_stems`)."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0009_stored_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="KnownWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.TextField()),
            ],
            options={"base_manager_name": "objects"},
        ),
        migrations.AddIndex(
            model_name="knownword",
            index=models.Index(fields=["word"], name="word_known", opclasses=["text_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="knownword",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["word"], name="word_near", opclasses=["public.gin_trgm_ops"]
            ),
        ),
    ]
