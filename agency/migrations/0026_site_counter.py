import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0025_portal_people"),
        ("tenants", "0006_names_composed"),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("site_id", models.UUIDField()),
                ("greeting", models.CharField(blank=True, max_length=40)),
                ("starts_at", models.DateTimeField()),
                ("shown", models.PositiveIntegerField()),
                ("opened", models.PositiveIntegerField()),
                ("began", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("invited", models.PositiveIntegerField()),
                ("dismissed", models.PositiveIntegerField()),
                ("held_out", models.PositiveIntegerField()),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "site_id", "starts_at", "greeting"), name="one_counter_a_half_hour"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accepted__lte", models.F("began"))), name="accepted_chats_began"
                    ),
                ],
            },
        ),
    ]
