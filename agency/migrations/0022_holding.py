import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

HOLDING = """
CREATE FUNCTION agency_trail_holding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  takes boolean := NEW.kind IN ('accept', 'pick', 'take');
BEGIN
  -- A release or a requeue of somebody who was only asked ends nothing.
  UPDATE public.agency_holding SET held_to = greatest(NEW.at, held_from),
    wrap_up_from = CASE WHEN NEW.kind = 'release' THEN greatest(NEW.at, held_from) END
  WHERE chat_id = NEW.chat_id AND held_to IS NULL AND (takes OR operator_id = NEW.operator_id);
  IF takes THEN
    INSERT INTO public.agency_holding (chat_id, company_id, operator_id, fence, slots, held_from)
    VALUES (
      NEW.chat_id, NEW.company_id, NEW.operator_id, NEW.fence,
      coalesce((SELECT used FROM public.agency_seat WHERE operator_id = NEW.operator_id), 0),
      -- Two processes' moments differ by some milliseconds: nobody has it before it left somebody else.
      greatest(NEW.at, (SELECT max(held_to) FROM public.agency_holding WHERE chat_id = NEW.chat_id))
    );
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER trail_holding AFTER INSERT ON agency_assignment
  FOR EACH ROW WHEN (NEW.kind IN ('accept', 'pick', 'take', 'requeue', 'release'))
  EXECUTE FUNCTION agency_trail_holding();
CREATE FUNCTION agency_record_holding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.agency_holding SET wrap_up_to = greatest(NEW.settled_at, wrap_up_from)
  WHERE chat_id = NEW.chat_id AND wrap_up_from IS NOT NULL AND wrap_up_to IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER record_holding AFTER UPDATE OF settled_at ON agency_chatrecord
  FOR EACH ROW WHEN (OLD.settled_at IS NULL AND NEW.settled_at IS NOT NULL)
  EXECUTE FUNCTION agency_record_holding();
ALTER TABLE agency_holding SET (fillfactor = 70);
"""

UNHOLD = """
DROP FUNCTION agency_trail_holding() CASCADE;
DROP FUNCTION agency_record_holding() CASCADE;
"""
# What the trail and the records say of chats that began before. A line that takes a chat counts until the next one, or
# until its operator's own line that gives it up: lines of those who were only asked are passed over.
FROM_TRAIL = """
INSERT INTO agency_holding
    (chat_id, company_id, operator_id, fence, held_from, held_to, wrap_up_from, wrap_up_to)
WITH step AS (
    SELECT id, chat_id, company_id, operator_id, fence, kind, at, kind IN ('accept', 'pick', 'take') AS takes,
           count(*) FILTER (WHERE kind IN ('accept', 'pick', 'take')) OVER (PARTITION BY chat_id ORDER BY fence, id) AS place
    FROM agency_assignment WHERE kind IN ('accept', 'pick', 'take', 'requeue', 'release') AND {which}
), taken AS (
    SELECT step.*, lead(at) OVER (PARTITION BY chat_id ORDER BY place) AS next_at FROM step WHERE takes
), given_up AS (
    SELECT DISTINCT ON (step.chat_id, step.place) step.chat_id, step.place, step.at, step.kind
    FROM step JOIN taken USING (chat_id, place) WHERE NOT step.takes AND step.operator_id = taken.operator_id
    ORDER BY step.chat_id, step.place, step.fence, step.id
), held AS (
    SELECT taken.*, CASE WHEN coalesce(given_up.at, next_at) IS NOT NULL
                    THEN greatest(taken.at, coalesce(given_up.at, next_at)) END AS held_to,
           given_up.kind IS NOT DISTINCT FROM 'release' AS closes
    FROM taken LEFT JOIN given_up USING (chat_id, place)
)
SELECT chat_id, held.company_id, held.operator_id, fence, held.at, held_to, CASE WHEN closes THEN held_to END,
       CASE WHEN closes AND record.settled_at IS NOT NULL THEN greatest(record.settled_at, held_to) END
FROM held LEFT JOIN agency_chatrecord record USING (chat_id)
ON CONFLICT (chat_id, fence) DO NOTHING
"""
LIVE = FROM_TRAIL.format(which="chat_id IN (SELECT chat_id FROM agency_poolentry)")  # noqa: S608 -- our own words


class Migration(migrations.Migration):
    dependencies = [("agency", "0021_presence"), ("tenants", "0006_names_composed")]

    operations = [
        migrations.CreateModel(
            name="Holding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chat_id", models.UUIDField()),
                ("fence", models.PositiveIntegerField()),
                ("slots", models.PositiveSmallIntegerField(null=True)),
                ("held_from", models.DateTimeField()),
                ("held_to", models.DateTimeField(null=True)),
                ("wrap_up_from", models.DateTimeField(null=True)),
                ("wrap_up_to", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.company",
                    ),
                ),
                (
                    "operator",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agency.operator",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(fields=["held_from", "held_to"], name="holding_time")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("chat_id", "fence"), name="one_holding_per_fence"),
                    models.UniqueConstraint(
                        condition=Q(("held_to", None)), fields=("chat_id",), name="one_holder_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=(Q(held_to=None) | Q(held_to__gte=F("held_from")))
                        & (Q(wrap_up_from=None) | Q(wrap_up_from=F("held_to")))
                        & (Q(wrap_up_to=None) | Q(wrap_up_to__gte=F("wrap_up_from"))),
                        name="holding_in_order",
                    ),
                ],
            },
        ),
        migrations.RunSQL(HOLDING, UNHOLD),
        migrations.RunSQL(LIVE, migrations.RunSQL.noop),
    ]
