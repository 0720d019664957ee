import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# The rule of agency/domain/facts/presence.py. A seat stands as it does from `stands_since` until its lease ends, so one
# whose `stands_since` isn't before that has been away since then, and nothing of it is still to be written down.
SEAT = """
CREATE FUNCTION agency_presence_state(paused bool, pause_reason text, draining bool, used int, capacity int)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN paused THEN CASE WHEN pause_reason = 'training' THEN 'training' ELSE 'break' END
              WHEN draining THEN 'drain' WHEN used >= capacity THEN 'full' ELSE 'free' END
$$;
CREATE FUNCTION agency_presence_reason(paused bool, pause_reason text, draining bool, drain_reason text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN paused THEN pause_reason WHEN draining THEN drain_reason ELSE '' END
$$;
CREATE FUNCTION agency_seat_presence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  at timestamptz := coalesce(NEW.as_of, clock_timestamp());
  here_until timestamptz;
  was text;
  was_because text;
BEGIN
  NEW.as_of := NULL;
  NEW.stands_since := CASE WHEN TG_OP = 'UPDATE' THEN OLD.stands_since END;
  IF NEW.stands_since < OLD.lease_until THEN
    was := agency_presence_state(OLD.paused, OLD.pause_reason, OLD.draining, OLD.used, OLD.capacity);
    was_because := agency_presence_reason(OLD.paused, OLD.pause_reason, OLD.draining, OLD.drain_reason);
    IF OLD.lease_until > at AND NEW.lease_until > at AND OLD.capacity = NEW.capacity
       AND was = agency_presence_state(NEW.paused, NEW.pause_reason, NEW.draining, NEW.used, NEW.capacity)
       AND was_because = agency_presence_reason(NEW.paused, NEW.pause_reason, NEW.draining, NEW.drain_reason) THEN
      RETURN NEW;
    END IF;
    -- Two processes' moments differ by some milliseconds: what began later than it ends lasted no time.
    here_until := greatest(least(at, OLD.lease_until, NEW.lease_until), OLD.stands_since);
    IF here_until > OLD.stands_since THEN
      INSERT INTO public.agency_presenceinterval (operator_id, state, reason, capacity, starts_at, ends_at)
      VALUES (OLD.operator_id, was, was_because, OLD.capacity, OLD.stands_since, here_until);
    END IF;
    NEW.stands_since := here_until;
  END IF;
  IF NEW.lease_until > at THEN
    NEW.stands_since := greatest(at, NEW.stands_since);
  ELSIF NEW.stands_since < NEW.lease_until THEN
    NEW.stands_since := NEW.lease_until;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seat_presence BEFORE INSERT OR UPDATE ON agency_seat
  FOR EACH ROW EXECUTE FUNCTION agency_seat_presence();
-- Of the time before this nothing is known: those who are here begin now.
UPDATE agency_seat SET capacity = capacity WHERE lease_until > clock_timestamp();
"""
UNSEAT = """
DROP FUNCTION agency_seat_presence() CASCADE;
DROP FUNCTION agency_presence_reason(bool, text, bool, text);
DROP FUNCTION agency_presence_state(bool, text, bool, int, int);
"""
CLOSED = """
CREATE FUNCTION agency_presence_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'presence is closed: what was written down stays as it is'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'presence_is_closed';
END $$;
CREATE TRIGGER presence_is_closed BEFORE UPDATE OR DELETE ON agency_presenceinterval
  FOR EACH ROW EXECUTE FUNCTION agency_presence_is_closed();
"""


class Migration(migrations.Migration):
    dependencies = [("agency", "0020_reply_of_a_server")]

    operations = [
        migrations.AddField("seat", "stands_since", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("seat", "as_of", models.DateTimeField(editable=False, null=True)),
        migrations.CreateModel(
            name="PresenceInterval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=8)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("capacity", models.PositiveSmallIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "operator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agency.operator",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(fields=["starts_at", "ends_at"], name="presence_time")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="presence_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["break", "drain", "free", "full", "training"])),
                        name="presence_state",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("operator", "="),
                            (
                                models.Func(
                                    "starts_at",
                                    "ends_at",
                                    function="TSTZRANGE",
                                    output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="one_presence_at_a_time",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CLOSED, "DROP FUNCTION agency_presence_is_closed() CASCADE"),
        migrations.RunSQL(SEAT, UNSEAT),
    ]
