import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# An account that goes takes its key along, never a name. The document is the one of the sum that stands beside it.
ACCEPTANCES = """
ALTER TABLE billing_acceptance ADD CONSTRAINT acceptance_is_the_document
  CHECK (sha256 = encode(sha256(document), 'hex'));
CREATE FUNCTION billing_acceptance_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.user_id IS NULL AND to_jsonb(NEW) - 'user_id' = to_jsonb(OLD) - 'user_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'what was accepted stays as it is'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'acceptance_is_final';
END $$;
CREATE TRIGGER acceptance_is_final BEFORE UPDATE OR DELETE ON billing_acceptance
  FOR EACH ROW EXECUTE FUNCTION billing_acceptance_is_final();
CREATE TRIGGER acceptances_are_not_emptied BEFORE TRUNCATE ON billing_acceptance
  FOR EACH STATEMENT EXECUTE FUNCTION billing_acceptance_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_invoice_details"),
        ("tenants", "0006_names_composed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("processing", "Processing agreement"), ("price", "Price agreement")], max_length=10
                    ),
                ),
                ("edition", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=100)),
                ("accepted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("price_id", models.UUIDField(null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ("valid_from", models.DateField(null=True)),
                ("facts", models.JSONField()),
                ("document", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acceptances", to="tenants.company"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-accepted_at", "-id"],
                "indexes": [models.Index(fields=["company", "-accepted_at"], name="acceptance_company")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount__isnull", False),
                                ("kind", "price"),
                                ("price_id__isnull", False),
                                ("valid_from__isnull", False),
                            ),
                            models.Q(
                                ("amount__isnull", True),
                                ("kind", "processing"),
                                ("price_id__isnull", True),
                                ("valid_from__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="acceptance_of_a_price",
                    )
                ],
            },
        ),
        migrations.RunSQL(ACCEPTANCES, "DROP FUNCTION billing_acceptance_is_final() CASCADE"),
    ]
