"""What contradicts the facts: seats, trail, records and entries held against what was written down of them."""

# Each holding beside the lines of the trail that made it: the one that gave the chat to somebody, and what took it from
# them, the next such line or their own that gives it up. Two processes' moments differ by milliseconds, so a holding
# may begin where the one before it ended.
HOLDINGS = """
    WITH step AS (
        SELECT id, chat_id, operator_id, fence, kind, at, kind IN ('accept', 'pick', 'take') AS takes,
               count(*) FILTER (WHERE kind IN ('accept', 'pick', 'take')) OVER (PARTITION BY chat_id ORDER BY fence, id)
                   AS place
        FROM agency_assignment
        WHERE company_id = %(company)s AND kind IN ('accept', 'pick', 'take', 'requeue', 'release')
    ), taken AS (
        SELECT step.*, lead(at) OVER (PARTITION BY chat_id ORDER BY place) AS next_at FROM step WHERE takes
    ), given_up AS (
        SELECT DISTINCT ON (step.chat_id, step.place) step.chat_id, step.place, step.at, step.kind
        FROM step JOIN taken USING (chat_id, place) WHERE NOT step.takes AND step.operator_id = taken.operator_id
        ORDER BY step.chat_id, step.place, step.fence, step.id
    ), told AS (
        SELECT taken.chat_id, taken.fence, taken.operator_id, taken.at, coalesce(given_up.at, next_at) AS left_at,
               given_up.kind IS NOT DISTINCT FROM 'release' AS closes
        FROM taken LEFT JOIN given_up USING (chat_id, place)
    ), holding AS (
        SELECT chat_id, fence, operator_id, held_from, held_to, wrap_up_from, wrap_up_to,
               lag(held_to) OVER (PARTITION BY chat_id ORDER BY fence) AS before
        FROM agency_holding WHERE company_id = %(company)s
    ), record AS (
        SELECT chat_id, closed_at, settled_at FROM agency_chatrecord WHERE company_id = %(company)s
    )
    SELECT v.what, chat_id FROM told FULL JOIN holding USING (chat_id, fence) LEFT JOIN record USING (chat_id),
        LATERAL (VALUES
            ('holding differs from the trail', (told.at IS NULL OR holding.held_from IS NULL
                OR told.operator_id <> holding.operator_id
                OR holding.held_from <> greatest(told.at, holding.before)
                OR holding.held_to IS DISTINCT FROM
                    CASE WHEN told.left_at IS NOT NULL THEN greatest(told.left_at, holding.held_from) END
                OR (holding.wrap_up_from IS NOT NULL) <> told.closes)),
            ('holding differs from the record', holding.wrap_up_from IS NOT NULL
                AND (greatest(record.closed_at, holding.held_from) <> holding.wrap_up_from OR record.chat_id IS NULL
                     OR holding.wrap_up_to IS DISTINCT FROM CASE WHEN record.settled_at IS NOT NULL
                         THEN greatest(record.settled_at, holding.wrap_up_from) END)),
            ('holding goes on after the close', holding.held_to IS NULL AND record.chat_id IS NOT NULL)
        ) v (what, differs) WHERE v.differs
"""

# A chat in somebody's hands is an open one of theirs, and an open chat is in its operator's.
ENTRIES = """
    SELECT 'holding differs from the entry', chat_id FROM (
        SELECT chat_id, operator_id FROM agency_holding WHERE company_id = %(company)s AND held_to IS NULL
    ) holding FULL JOIN (
        SELECT chat_id, operator_id FROM agency_poolentry WHERE company_id = %(company)s AND state = 'open'
    ) entry USING (chat_id) WHERE holding.operator_id IS DISTINCT FROM entry.operator_id
"""

# A chat is counted after it began, in the half hour of its arrival, so never one more than there are. Fewer may be: a
# process that was killed took its last minute along.
COUNTERS = """
    WITH began AS (
        SELECT site_id, arrived_at FROM agency_chatrecord WHERE company_id = %(company)s
        UNION ALL
        SELECT site_id, arrived_at FROM agency_poolentry WHERE company_id = %(company)s AND state <> 'wrap_up'
    ), told AS (
        SELECT site_id, date_bin('30 minutes', arrived_at, 'epoch') AS starts_at, count(*) AS number FROM began
        GROUP BY 1, 2
    ), counted AS (
        SELECT site_id, starts_at, sum(began) AS number FROM agency_sitecounter
        WHERE company_id = %(company)s AND began > 0 GROUP BY 1, 2
    )
    SELECT DISTINCT 'more chats counted than began', site_id FROM counted LEFT JOIN told USING (site_id, starts_at)
    WHERE counted.number > coalesce(told.number, 0)
"""

# Who takes a chat was there. A console whose lease just ran out may still accept before it is renewed. Stretches don't
# overlap, so the furthest end of those that began before is the end of the newest.
PRESENCE = """
    WITH stretch AS (
        SELECT operator_id, starts_at, ends_at FROM agency_presenceinterval
        UNION ALL SELECT operator_id, stands_since, lease_until FROM agency_seat WHERE stands_since < lease_until
    ), walked AS (
        SELECT operator_id, at, takes, max(ends_at) OVER (
            PARTITION BY operator_id ORDER BY at, takes ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached
        FROM (
            SELECT operator_id, starts_at AS at, ends_at, false AS takes FROM stretch
            UNION ALL SELECT operator_id, held_from, NULL, true FROM agency_holding
        ) moment
    )
    SELECT DISTINCT 'chat was taken while away', operator_id FROM walked
        WHERE takes AND reached < at - interval '60 seconds'
    UNION SELECT 'presence overlaps', operator_id FROM walked WHERE NOT takes AND reached > at
"""
