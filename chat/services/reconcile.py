"""Whether a company's own rows agree with each other and with what the agency says of its chats. Changes nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from agency.domain import keys
from agency.models import LogEntry
from agency.services.people.addresses import read_address
from agency.services.reconcile import AROUND, Difference, list_rows
from chat.services.mail.limits import recipient_key
from tenants.context import in_company
from tenants.models import Company

# Each statement sees one moment, and every close, settling and rating is a transaction of its own: it is in it whole or
# not.
_STATES = """
    WITH entry AS (SELECT chat_id, state FROM agency_poolentry WHERE company_id = %(company)s),
         record AS (SELECT chat_id, number, settled_at FROM agency_chatrecord WHERE company_id = %(company)s),
         rated AS (SELECT record_id, value, data FROM agency_recordevent
                   WHERE company_id = %(company)s AND kind = 'rating')
    SELECT 'open chat without an entry', c.id::text FROM chat_chat c
        LEFT JOIN entry e ON e.chat_id = c.id AND e.state <> 'wrap_up'
        WHERE c.closed_at IS NULL AND e.chat_id IS NULL
    UNION ALL SELECT 'entry without an open chat', e.chat_id::text FROM entry e
        LEFT JOIN chat_chat c ON c.id = e.chat_id AND c.closed_at IS NULL
        WHERE e.state <> 'wrap_up' AND c.id IS NULL
    UNION ALL SELECT 'closed chat without a record', c.id::text FROM chat_chat c
        LEFT JOIN record r ON r.chat_id = c.id WHERE c.closed_at IS NOT NULL AND r.chat_id IS NULL
    UNION ALL SELECT 'record without a closed chat', r.chat_id::text FROM record r
        LEFT JOIN chat_chat c ON c.id = r.chat_id AND c.closed_at IS NOT NULL WHERE c.id IS NULL
    UNION ALL SELECT 'unsettled record without a wrap-up', r.chat_id::text FROM record r
        LEFT JOIN entry e ON e.chat_id = r.chat_id AND e.state = 'wrap_up'
        WHERE r.settled_at IS NULL AND e.chat_id IS NULL
    UNION ALL SELECT 'wrap-up without an unsettled record', e.chat_id::text FROM entry e
        LEFT JOIN record r ON r.chat_id = e.chat_id AND r.settled_at IS NULL
        WHERE e.state = 'wrap_up' AND r.chat_id IS NULL
    UNION ALL SELECT 'rating differs from its event', coalesce(g.chat_id, d.record_id)::text FROM chat_rating g
        FULL JOIN rated d ON d.record_id = g.chat_id WHERE d.value IS DISTINCT FROM g.good::int
    UNION ALL SELECT 'rating differs from what was said last', d.record_id::text FROM rated d
        WHERE d.value IS DISTINCT FROM (d.data -> 'said' -> -1 ->> 'good')::bool::int
    UNION ALL SELECT 'lead''s result differs from its event', l.source_id::text FROM chat_lead l
        LEFT JOIN LATERAL (SELECT value FROM agency_recordevent WHERE kind = 'lead_result' AND record_id = l.source_id
                           ORDER BY at DESC, id DESC LIMIT 1) e ON true
        WHERE l.source = 'chat' AND e.value IS DISTINCT FROM CASE l.state WHEN 'won' THEN 1 WHEN 'lost' THEN 0 END
    UNION ALL SELECT 'result of a lead that is not there', e.record_id::text FROM agency_recordevent e
        LEFT JOIN chat_lead l ON l.source = 'chat' AND l.source_id = e.record_id
        WHERE e.company_id = %(company)s AND e.kind = 'lead_result' AND l.id IS NULL
    UNION ALL SELECT 'lead without its first step', l.id::text FROM chat_lead l
        WHERE NOT EXISTS (SELECT FROM chat_leadevent e WHERE e.lead_id = l.id AND e.kind = 'made')
    UNION ALL SELECT DISTINCT 'trail of a chat that is not there', a.chat_id::text FROM agency_assignment a
        LEFT JOIN chat_chat c ON c.id = a.chat_id WHERE a.company_id = %(company)s AND c.id IS NULL
    UNION ALL SELECT 'number has no chat: it was given, and the chat is gone', 'chat ' || n
        FROM generate_series(1, (SELECT max(number) FROM (SELECT number FROM chat_chat
                                                          UNION ALL SELECT number FROM record) known)) n
        LEFT JOIN chat_chat c ON c.number = n WHERE c.id IS NULL
    UNION ALL SELECT DISTINCT 'text says it was made with another that is not there', m.chat_id::text
        FROM chat_message m, LATERAL (VALUES
            ('canned', m.data ->> 'text', m.data ->> 'version'),
            ('script', m.data ->> 'script', NULL), ('instruction', m.data ->> 'instruction', NULL)
        ) v (kind, id, version)
        LEFT JOIN chat_text t ON t.id = v.id::uuid AND t.version::text = coalesce(v.version, t.version::text)
        WHERE m.kind = 'text' AND v.id IS NOT NULL
            AND (t.id IS NULL OR t.kind <> v.kind AND m.data ->> 'source' <> 'suggested')
"""

# Records and unfinished chats beside their messages. A chat's first text is the visitor's and began it; the lines
# `closed` and `settled` were written with what they say.
_MESSAGES = """
    WITH counted AS (
        SELECT chat_id, count(*) AS lines, min(seq) AS first, max(seq) AS last,
               count(*) FILTER (WHERE kind = 'text' AND side = 'visitor') AS visitor_texts,
               count(*) FILTER (WHERE kind = 'text' AND side = 'operator') AS operator_texts,
               min(seq) FILTER (WHERE kind = 'text' AND side = 'visitor') AS visitor_first,
               min(seq) FILTER (WHERE kind = 'text' AND side = 'operator') AS operator_first,
               max(created_at) FILTER (WHERE kind = 'system' AND data ->> 'code' = 'closed') AS closed_at,
               max(data ->> 'by') FILTER (WHERE kind = 'system' AND data ->> 'code' = 'closed') AS close_reason,
               max(created_at) FILTER (WHERE kind = 'system' AND data ->> 'code' = 'settled') AS settled_at,
               max(data ->> 'outcome') FILTER (WHERE kind = 'system' AND data ->> 'code' = 'settled') AS outcome
        FROM chat_message GROUP BY chat_id
    ), said AS (
        -- The first by seq, which is the order; clocks are not.
        SELECT counted.*, v.created_at AS arrived_at, o.created_at AS first_human_at FROM counted
        LEFT JOIN chat_message v ON v.chat_id = counted.chat_id AND v.seq = counted.visitor_first
        LEFT JOIN chat_message o ON o.chat_id = counted.chat_id AND o.seq = counted.operator_first
    ), record AS (
        SELECT * FROM agency_chatrecord WHERE company_id = %(company)s
    ), entry AS (
        SELECT * FROM agency_poolentry WHERE company_id = %(company)s
    )
    SELECT 'messages have a gap', c.id FROM chat_chat c LEFT JOIN said s ON s.chat_id = c.id
        WHERE (s.first, s.last) IS DISTINCT FROM (1, s.lines::int)
    UNION ALL SELECT v.what, c.id FROM entry e JOIN chat_chat c ON c.id = e.chat_id JOIN said s USING (chat_id),
        LATERAL (VALUES
            ('last_seq differs from the newest message', e.last_seq <> s.last),
            ('first answer differs from the messages', e.first_human_at IS DISTINCT FROM s.first_human_at),
            ('arrival differs from the first message', (e.arrived_at, e.arrived_at) <> (c.opened_at, s.arrived_at)),
            ('visitor or site differs from the chat', (e.visitor_id, e.site_id) <> (c.visitor_id, c.site_id))
        ) v (what, differs) WHERE v.differs
    UNION ALL SELECT v.what, c.id FROM record r JOIN chat_chat c ON c.id = r.chat_id JOIN said s USING (chat_id),
        LATERAL (VALUES
            ('number differs from the chat', r.number <> c.number),
            ('arrival differs from the first message', (r.arrived_at, r.arrived_at) <> (c.opened_at, s.arrived_at)),
            ('first answer differs from the messages', r.first_human_at IS DISTINCT FROM s.first_human_at),
            ('close differs from the chat', r.closed_at <> c.closed_at),
            ('close differs from its line', s.closed_at IS NULL OR r.closed_at > greatest(s.closed_at, r.arrived_at)),
            ('reason of the close differs from its line', r.close_reason IS DISTINCT FROM s.close_reason),
            ('time of leaving differs from the close', r.visitor_left_at IS DISTINCT FROM
                CASE WHEN r.close_reason IN ('visitor', 'left') THEN r.closed_at END),
            ('count of the visitor''s texts differs', r.visitor_texts <> s.visitor_texts),
            ('count of the operators'' texts differs', r.operator_texts <> s.operator_texts),
            ('outcome differs from its line', r.settled_at IS NOT NULL AND r.outcome <> coalesce(s.outcome, 'unset')),
            ('settling differs from its line', r.settled_at <> coalesce(s.settled_at, s.closed_at)),
            ('visitor, site or language differs from the chat',
                (r.visitor_id, r.site_id, r.language) <> (c.visitor_id, c.site_id, c.language))
        ) v (what, differs) WHERE v.differs
"""

# Each address that was asked for has its mail once the chat is over; each chat that closed while the company wanted a
# copy has that. `wanted`: since when, until when, to which address; a minute around a change says nothing.
_MAILS = """
    WITH mail AS (SELECT * FROM chat_delivery), outgoing AS (
        SELECT object_id, state FROM agency_outboxrow WHERE company_id = %(company)s AND kind = 'mail'
    ), wanted AS (
        SELECT * FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[], %(address)s::text[]) w (since,
            until, address)
    ), closed AS (
        SELECT chat_id, created_at AS at FROM chat_message WHERE kind = 'system' AND data ->> 'code' = 'closed'
    )
    SELECT 'transcript asked for without its mail', q.chat_id FROM chat_transcriptrequest q
        JOIN chat_chat c ON c.id = q.chat_id LEFT JOIN mail m ON m.id = q.delivery_id
        WHERE c.closed_at IS NOT NULL AND m.id IS NULL
    UNION ALL SELECT 'mail goes to another address than was asked for', m.id FROM chat_transcriptrequest q
        JOIN mail m ON m.id = q.delivery_id
        WHERE (m.recipient, m.chat_id) IS DISTINCT FROM (q.recipient, q.chat_id)
    UNION ALL SELECT 'transcript that nobody asked for', m.id FROM mail m
        LEFT JOIN chat_transcriptrequest q ON (q.chat_id, q.recipient) = (m.chat_id, m.recipient)
        WHERE m.kind IN ('transcript', 'confirmation') AND q.id IS NULL
    UNION ALL SELECT 'copy for the company: missing, or to another address', closed.chat_id FROM closed
        JOIN wanted w ON closed.at >= w.since AND closed.at < w.until
        LEFT JOIN mail m ON m.chat_id = closed.chat_id AND m.kind = 'copy'
        WHERE coalesce(m.recipient, '') <> w.address
    UNION ALL SELECT 'unsent mail outside the outbox', m.id FROM mail m
        LEFT JOIN outgoing o ON o.object_id = m.id WHERE o.object_id IS NULL AND m.sent_at IS NULL
    UNION ALL SELECT 'outbox row without its mail', o.object_id FROM outgoing o
        LEFT JOIN mail m ON m.id = o.object_id WHERE m.id IS NULL
    UNION ALL SELECT 'mail is done and was never sent', o.object_id FROM outgoing o
        JOIN mail m ON m.id = o.object_id WHERE o.state = 'done' AND m.sent_at IS NULL
"""

# The addresses that may have been known at the close, and whether one surely was: asked for over a minute before.
_ADDRESSES = """
    SELECT r.chat_id, r.address_key, q.recipients || v.email::text, coalesce(q.first < m.created_at - %(around)s, false)
    FROM agency_chatrecord r JOIN chat_chat c ON c.id = r.chat_id JOIN chat_visitor v ON v.id = c.visitor_id
    JOIN chat_message m ON m.chat_id = c.id AND m.kind = 'system' AND m.data ->> 'code' = 'closed'
    LEFT JOIN (
        SELECT chat_id, array_agg(recipient::text) AS recipients, min(created_at) AS first
        FROM chat_transcriptrequest GROUP BY chat_id) q ON q.chat_id = c.id
    WHERE r.company_id = %(company)s AND (r.address_key <> '' OR v.email <> '' OR q.chat_id IS NOT NULL)
"""

_RECIPIENTS = """
    SELECT m.id, o.recipient_key, m.recipient FROM agency_outboxrow o JOIN chat_delivery m ON m.id = o.object_id
    WHERE o.company_id = %(company)s AND o.kind = 'mail' AND o.recipient_key <> ''
"""


def list_differences(company: Company) -> Iterator[Difference]:
    """Yield where the company's rows contradict each other or the agency's. In a transaction. Six queries."""
    values: dict[str, Any] = {"company": company.pk, "around": AROUND, **_wanted_copies(company)}
    with in_company(company):
        for sql in (_STATES, _MESSAGES, _MAILS):
            for what, about in list_rows(sql, values):
                yield Difference(company.slug, what, about)
        for chat_id, key, addresses, was_known in list_rows(_ADDRESSES, values):
            known = {keys.address_key(company.secret, address) for address in addresses}
            if key not in (known - {""} if was_known else known | {""}):
                yield Difference(company.slug, "address's key isn't the address's", chat_id)
        for mail_id, key, address in list_rows(_RECIPIENTS, values):
            if key != recipient_key(address):
                yield Difference(company.slug, "mail goes to another address than its row", mail_id)


def _wanted_copies(company: Company) -> dict[str, list[Any]]:
    """Return from when, until when and to which address copies went, by setting and log, as three columns."""
    log = LogEntry.objects.filter(company=company, action="company.changed", changes__has_key="transcript_email")
    changes = list(log.order_by("at", "id").values_list("at", "changes__transcript_email"))
    times = [datetime(1970, 1, 1, tzinfo=UTC), *(at for at, _ in changes)]
    # The log keeps what was typed, mails the ASCII form of it.
    addresses = [read_address(old) or old for _at, (old, _new) in changes] + [company.transcript_email]
    ends = [*(at for at, _ in changes), datetime(9000, 1, 1, tzinfo=UTC)]
    return {
        "since": [at + AROUND for at in times],
        "until": [at - AROUND for at in ends],
        "address": addresses,
    }
