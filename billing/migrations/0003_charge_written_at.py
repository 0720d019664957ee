from django.db import migrations, models
from django.db.models.functions import Now

LEDGER = """
CREATE FUNCTION billing_charge_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is final: its lines stay'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charge_is_final';
END $$;
CREATE TRIGGER charge_is_not_emptied BEFORE TRUNCATE ON billing_charge
  FOR EACH STATEMENT EXECUTE FUNCTION billing_charge_is_not_emptied();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_ledger_is_closed")]

    operations = [
        migrations.AlterField(
            model_name="charge",
            name="created_at",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
        migrations.RunSQL(LEDGER, "DROP FUNCTION billing_charge_is_not_emptied() CASCADE"),
    ]
