from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_names_composed")]

    operations = [
        migrations.AddField(
            model_name="company",
            name="lead_minutes",
            field=models.PositiveSmallIntegerField(default=60, db_default=60),
        ),
        migrations.AddField(
            model_name="company",
            name="lead_escalation_email",
            field=models.EmailField(blank=True, max_length=254, db_default=""),
        ),
    ]
