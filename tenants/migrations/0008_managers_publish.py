from django.db import migrations, models


class Migration(migrations.Migration):
    """Companies that are there keep what they had, managers that publish; new ones approve first."""

    dependencies = [("tenants", "0007_lead_rule")]

    operations = [
        migrations.AddField(
            model_name="company",
            name="managers_publish",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="company",
            name="managers_publish",
            field=models.BooleanField(default=False),
        ),
    ]
