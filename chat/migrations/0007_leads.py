import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0006_texts_composed"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="calendar",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=9)),
                ("source_id", models.UUIDField()),
                ("site_id", models.UUIDField()),
                ("page_url", models.CharField(blank=True, max_length=2000)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("channel", models.CharField(max_length=5)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("question", models.TextField(blank=True)),
                ("best_day", models.DateField(null=True)),
                ("best_part", models.CharField(blank=True, max_length=9)),
                ("best_time", models.TimeField(null=True)),
                ("consent", models.CharField(blank=True, max_length=300)),
                ("consent_at", models.DateTimeField(null=True)),
                ("state", models.CharField(default="new", max_length=12)),
                ("lost_reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("due_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
            ],
            options={
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["state", "-created_at"], name="lead_state"),
                    models.Index(fields=["-created_at"], name="lead_created"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "source_id"), name="one_lead_per_source"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "mail"), models.Q(("email", ""), _negated=True)),
                            models.Q(("channel", "phone"), models.Q(("phone", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="lead_can_be_reached",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("best_day__isnull", False),
                            models.Q(("best_part", ""), ("best_time__isnull", True)),
                            _connector="OR",
                        ),
                        name="lead_part_of_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("best_part", ""), ("best_time__isnull", True), _connector="OR"),
                        name="lead_part_or_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("consent", ""), ("consent_at__isnull", True)),
                            models.Q(models.Q(("consent", ""), _negated=True), ("consent_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="lead_consent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "acknowledged", "won", "lost"])),
                        name="lead_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeadEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("by", models.CharField(blank=True, max_length=100)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="chat.lead"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "base_manager_name": "objects",
            },
        ),
    ]
