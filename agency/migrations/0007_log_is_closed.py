from django.db import migrations

# A person or a company that goes takes its key from the log, never a word: names are copied.
LOG = """
CREATE FUNCTION agency_log_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND coalesce(NEW.actor_id, OLD.actor_id) IS NOT DISTINCT FROM OLD.actor_id
     AND coalesce(NEW.company_id, OLD.company_id) IS NOT DISTINCT FROM OLD.company_id
     AND to_jsonb(NEW) - 'actor_id' - 'company_id' = to_jsonb(OLD) - 'actor_id' - 'company_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the log is closed: what was written down stays as it is'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'log_is_closed';
END $$;
CREATE TRIGGER log_is_closed BEFORE UPDATE OR DELETE ON agency_logentry
  FOR EACH ROW EXECUTE FUNCTION agency_log_is_closed();
CREATE TRIGGER log_is_not_emptied BEFORE TRUNCATE ON agency_logentry
  FOR EACH STATEMENT EXECUTE FUNCTION agency_log_is_closed();
"""


class Migration(migrations.Migration):
    dependencies = [("agency", "0006_shift_length")]

    operations = [migrations.RunSQL(LOG, "DROP FUNCTION agency_log_is_closed() CASCADE")]
