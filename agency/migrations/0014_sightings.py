"""Where the code of a site was seen, since when there is an instruction, and no reading that nobody did."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

# Certifying wrote this moment down as a reading.
_NOT_READ = "UPDATE agency_certification SET read_at = NULL WHERE read_at = certified_at"


def find_instructions(apps: Any, schema_editor: Any) -> None:
    """Write down since when each company has an instruction in force; one company's tables at a time."""
    versions = apps.get_model("agency", "InstructionVersion").objects
    with schema_editor.connection.cursor() as cursor:
        for version in versions.select_related("company"):
            table = f'"{version.company.schema_name}".chat_text'
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone()[0] is None:
                continue
            cursor.execute(
                f"SELECT min(published_at) FROM {table} WHERE kind = 'instruction' AND withdrawn_at IS NULL"  # noqa: S608
            )
            versions.filter(pk=version.pk).update(published_at=cursor.fetchone()[0])


class Migration(migrations.Migration):
    dependencies = [
        ("agency", "0013_names_composed"),
        ("tenants", "0006_names_composed"),
    ]

    operations = [
        # Data first: a table with rows waiting for their triggers can't be altered in the same transaction.
        migrations.RunSQL(_NOT_READ, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="instructionversion",
            name="published_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="SiteSighting",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("origin", models.CharField(max_length=200)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sightings",
                        to="tenants.site",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("site", "origin"), name="one_sighting")],
            },
        ),
        migrations.RunPython(find_instructions, migrations.RunPython.noop),
    ]
