from django.db import migrations

LEDGER = """
CREATE FUNCTION billing_charge_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'charge % is final: a correction is a line of its own', OLD.id
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charge_is_final';
END $$;
CREATE TRIGGER charge_is_final BEFORE UPDATE OR DELETE ON billing_charge
  FOR EACH ROW EXECUTE FUNCTION billing_charge_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunSQL(LEDGER, "DROP FUNCTION billing_charge_is_final() CASCADE"),
    ]
