from django.db import migrations

# A rating keeps what was said so far, and what was said of spam stands in the log: both are held against it from now on.
SAID = """
UPDATE agency_recordevent SET data = jsonb_build_object('said', jsonb_build_array(
    jsonb_build_object('at', at, 'good', value = 1))) WHERE kind = 'rating';
INSERT INTO agency_logentry (id, at, actor_id, actor_name, company_id, action, object_id, object_name, changes)
SELECT gen_random_uuid(), e.at, e.actor_id, e.actor_name, e.company_id,
       CASE e.value WHEN 1 THEN 'chat.spam' ELSE 'chat.not_spam' END, e.record_id::text, '#' || r.number,
       jsonb_build_object('spam', jsonb_build_array(e.value = 0, e.value = 1))
FROM agency_recordevent e JOIN agency_chatrecord r ON r.chat_id = e.record_id
WHERE e.kind = 'spam' AND NOT EXISTS (
    SELECT FROM agency_logentry l WHERE l.object_id = e.record_id::text AND l.at = e.at
    AND l.action IN ('chat.spam', 'chat.not_spam'));
"""


class Migration(migrations.Migration):
    dependencies = [("agency", "0011_plain_addresses")]

    operations = [migrations.RunSQL(SAID, migrations.RunSQL.noop)]
