"""Mails of the agency itself: with a table of their own, and an outbox row without a company."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0017_reasons_as_values"),
        ("tenants", "0006_names_composed"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgencyDelivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("recipient", models.EmailField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "agency deliveries",
            },
        ),
        migrations.AlterField(
            model_name="outboxrow",
            name="company",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.company"
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("company__isnull", True), ("kind__startswith", "agency.")),
                    models.Q(("company__isnull", False), models.Q(("kind__startswith", "agency."), _negated=True)),
                    _connector="OR",
                ),
                name="outbox_row_has_its_company",
            ),
        ),
        migrations.AddField(
            model_name="agencydelivery",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="agencydelivery",
            index=models.Index(fields=["created_at"], name="agency_delivery_created"),
        ),
    ]
