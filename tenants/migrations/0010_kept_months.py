from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0009_live_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="chat_months",
            field=models.PositiveSmallIntegerField(db_default=24, default=24),
        ),
        migrations.AddField(
            model_name="company",
            name="lead_months",
            field=models.PositiveSmallIntegerField(db_default=24, default=24),
        ),
        migrations.AddConstraint(
            model_name="company",
            constraint=models.CheckConstraint(
                condition=models.Q(("chat_months__range", (1, 84)), ("lead_months__range", (1, 84))),
                name="company_kept_months",
            ),
        ),
    ]
