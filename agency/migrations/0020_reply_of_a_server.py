from django.db import migrations, models

# "later 451" becomes "later" and 451.
SPLIT = r"""
    UPDATE agency_outboxrow SET error = split_part(error, ' ', 1), reply = split_part(error, ' ', 2)::smallint
    WHERE error ~ '^[a-z_]+ [0-9]{1,4}$'
"""


class Migration(migrations.Migration):
    dependencies = [("agency", "0019_clock_jumped")]

    operations = [
        migrations.AddField("outboxrow", "reply", models.PositiveSmallIntegerField(null=True)),
        migrations.RunSQL(SPLIT, migrations.RunSQL.noop),
    ]
