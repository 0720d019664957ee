from django.db import migrations, models

# A member who has signed in has seen the portal's first page.
ENTERED = """
    UPDATE agency_portalmember AS m SET entered_at = u.last_login
    FROM agency_user AS u WHERE u.id = m.user_id AND u.last_login IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("agency", "0024_availability")]

    operations = [
        migrations.AddField("portalmember", "name", models.CharField(max_length=100, blank=True, default=""), False),
        migrations.AddField("portalmember", "entered_at", models.DateTimeField(null=True, blank=True)),
        migrations.RunSQL(ENTERED, migrations.RunSQL.noop),
    ]
