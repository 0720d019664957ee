import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agency", "0027_install_check"), ("tenants", "0006_names_composed")]

    operations = [
        migrations.CreateModel(
            name="TextMoment",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("text_id", models.UUIDField()),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.company",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("text_id", "at"), name="one_moment_of_a_text")],
            },
        ),
    ]
