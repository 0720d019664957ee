import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# An answer that was given stays as it is; only the one of now can end.
ENDS = """
CREATE FUNCTION agency_site_availability_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ends_at IS NULL AND to_jsonb(NEW) - 'ends_at' = to_jsonb(OLD) - 'ends_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'what a site offered stays as it is'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'site_availability_ends_once';
END $$;
CREATE TRIGGER site_availability_ends_once BEFORE UPDATE ON agency_siteavailability
  FOR EACH ROW EXECUTE FUNCTION agency_site_availability_ends_once();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0023_held_before"),
        ("tenants", "0006_names_composed"),
    ]

    operations = [
        migrations.CreateModel(
            name="AvailabilityWatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("writer", models.CharField(blank=True, max_length=80)),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_watch")],
            },
        ),
        migrations.CreateModel(
            name="SiteAvailability",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("site_id", models.UUIDField()),
                ("mode", models.CharField(max_length=6)),
                ("level", models.CharField(max_length=6)),
                ("code", models.CharField(blank=True, max_length=20)),
                ("facts", models.JSONField(default=dict)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.company"
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["starts_at"], name="availability_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ("chat", "form", "phone", "hidden"))), name="availability_mode"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ("open", "quiet", "narrow", "full"))),
                        name="availability_level",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"),
                        name="availability_lasts",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("site_id", "="),
                            (
                                models.Func(
                                    "starts_at",
                                    "ends_at",
                                    function="TSTZRANGE",
                                    output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="one_answer_at_a_time",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ENDS, "DROP FUNCTION agency_site_availability_ends_once() CASCADE"),
    ]
