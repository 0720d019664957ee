"""A billed chat may have a line for each component, once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_one_clock"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="charge",
            name="one_charge_per_record",
        ),
        migrations.RemoveConstraint(
            model_name="charge",
            name="charge_component",
        ),
        migrations.AlterField(
            model_name="charge",
            name="component",
            field=models.CharField(max_length=20),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("component", "correction"), _negated=True),
                fields=("record", "component"),
                name="one_charge_per_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("component", "correction"), ("event__isnull", False)),
                    models.Q(
                        models.Q(("component", "correction"), _negated=True),
                        ("event__isnull", True),
                        models.Q(models.Q(("component", "chat"), _negated=True), ("amount__gte", 0), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="charge_component",
            ),
        ),
    ]
