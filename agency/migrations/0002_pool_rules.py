from django.db import migrations

# A CHECK would refuse to lower the capacity of a busy seat; this refuses only a rise of `used` above it.
CAPACITY = """
CREATE FUNCTION agency_seat_used_within_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.used > NEW.capacity AND (TG_OP = 'INSERT' OR NEW.used > OLD.used) THEN
    RAISE EXCEPTION 'seat % would hold % of %', NEW.operator_id, NEW.used, NEW.capacity
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_used_within_capacity';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seat_used_within_capacity BEFORE INSERT OR UPDATE OF used ON agency_seat
  FOR EACH ROW EXECUTE FUNCTION agency_seat_used_within_capacity();
"""
# The writer updates an entry at every message: room on the page keeps those updates off the indexes (HOT).
ROOM = """
ALTER TABLE agency_poolentry SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE agency_seat SET (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [("agency", "0001_initial")]

    operations = [
        migrations.RunSQL(CAPACITY, "DROP FUNCTION agency_seat_used_within_capacity() CASCADE"),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
