"""Changes of the books that no service makes: what each is, the chat it is done to (or what else is named), and its
SQL.
"""

from agency.domain.facts.counters import COUNTED

CHARGE = "UPDATE billing_charge SET {} WHERE record_id = '{}' AND component = 'chat'"
CORRECTION = "UPDATE billing_charge SET {} WHERE record_id = '{}' AND component = 'correction'"
RECORD = "UPDATE agency_chatrecord SET {} WHERE chat_id = '{}'"


def charge(name: str, change: str) -> tuple[str, str]:
    return name, CHARGE.format(change, f"[{name}]")


def correction(name: str, change: str) -> tuple[str, str]:
    return name, CORRECTION.format(change, f"[{name}]")


def record(name: str, change: str) -> tuple[str, str]:
    return name, RECORD.format(change, f"[{name}]")


def holding(name: str, change: str) -> tuple[str, str]:
    return name, f"UPDATE agency_holding SET {change} WHERE chat_id = '[{name}]'"


def gone(name: str) -> str:
    """Return a chat taken out of every book."""
    return "; ".join(
        [
            f"DELETE FROM billing_charge WHERE record_id = '[{name}]'",
            f"DELETE FROM agency_recordevent WHERE record_id = '[{name}]'",
            f"DELETE FROM agency_chatrecord WHERE chat_id = '[{name}]'",
            f"DELETE FROM agency_assignment WHERE chat_id = '[{name}]'",
            (
                f"DELETE FROM agency_outboxrow WHERE object_id IN "
                f"(SELECT id FROM chat_delivery WHERE chat_id = '[{name}]')"
            ),
            *(
                f"DELETE FROM chat_{table} WHERE chat_id = '[{name}]'"
                for table in ("delivery", "transcriptrequest", "rating", "message")
            ),
            f"DELETE FROM chat_chat WHERE id = '[{name}]'",
        ]
    )


TRANSCRIPT = "kind = 'transcript' AND chat_id = '[first]'"

COUNTER = """INSERT INTO agency_sitecounter (company_id, site_id, greeting, starts_at, {})
    SELECT company_id, site_id, 'cart', date_bin('30 minutes', arrived_at, 'epoch') - interval '{}',
           0, 0, {}, 0, 0, 0, 0
    FROM agency_chatrecord WHERE chat_id = '[first]'"""

TAMPERINGS: dict[str, tuple[str, str]] = {
    # The shared table.
    "charge: billable -> spam and amount -> 0 together": charge("other", "reason = 'spam', amount = 0"),
    "charge: repeat -> billable at full price": charge(
        "repeat", "reason = 'billable', amount = 4.50, repeat_of_id = NULL"
    ),
    "charge.repeat_of another chat": charge("repeat", "repeat_of_id = '[other]'"),
    "correction: month": correction("flagged", "month = '2026-12-01'"),
    "correction: amount within 0..price": correction("flagged", "amount = -1.00"),
    "spam event and its correction deleted": (
        "flagged",
        (
            "DELETE FROM billing_charge WHERE record_id = '[flagged]' AND component = 'correction';"
            "DELETE FROM agency_recordevent WHERE record_id = '[flagged]' AND kind = 'spam'"
        ),
    ),
    "charge.evidence changed": charge("other", "evidence = jsonb_set(evidence, '{visitor_texts}', '9')"),
    "record.first_human_at earlier": record("other", "first_human_at = arrived_at + interval '1 s'"),
    "record.outcome -> spam after the charge": record("other", "outcome = 'spam'"),
    "record.in_hours flipped": record("other", "in_hours = NOT in_hours"),
    "record.promise_seconds 20 -> 120": record("other", "promise_seconds = 120"),
    "record, charges and chat deleted in all books (a chat number is missing)": (
        "chat 3",
        gone("other"),
    ),
    "rating flipped in both books": (
        "first",
        (
            "UPDATE chat_rating SET good = NOT good WHERE chat_id = '[first]';"
            "UPDATE agency_recordevent SET value = 1 - value WHERE record_id = '[first]' AND kind = 'rating'"
        ),
    ),
    "delivery row deleted": ("first", f"DELETE FROM chat_delivery WHERE {TRANSCRIPT}"),
    "delivery recipient changed": (
        "[transcript]",
        f"UPDATE chat_delivery SET recipient = 'x@example.nl' WHERE {TRANSCRIPT}",
    ),
    # Our own.
    "charge: free -> billable with a price": charge("left", "reason = 'billable', amount = 4.50"),
    "charge: another free reason": charge("left", "reason = 'outside_hours'"),
    "charge: another amount": charge("other", "amount = 4.49"),
    "charge: another month": charge("other", "month = '2026-10-01'"),
    "charge: another price": charge("other", "price_id = gen_random_uuid()"),
    "charge: repeat without its first": charge("repeat", "repeat_of_id = NULL"),
    "charge deleted": ("other", "DELETE FROM billing_charge WHERE record_id = '[other]'"),
    "charge and mark deleted": (
        "other",
        "DELETE FROM billing_charge WHERE record_id = '[other]';" + RECORD.format("charged = false", "[other]"),
    ),
    "correction deleted": (
        "flagged",
        "DELETE FROM billing_charge WHERE record_id = '[flagged]' AND component = 'correction'",
    ),
    "correction: another event": correction("flagged", "event_id = gen_random_uuid()"),
    "correction: another verdict": correction("flagged", "evidence = jsonb_set(evidence, '{before}', '\"9.00\"')"),
    "a flag and its withdrawal booked the other way round": (
        "cleared",
        (
            "UPDATE billing_charge SET created_at = created_at + (reason = 'spam')::int * interval '1 h' "
            "WHERE record_id = '[cleared]' AND component = 'correction'"
        ),
    ),
    "an event about spam nobody wrote": (
        "other",
        (
            "INSERT INTO agency_recordevent (id, record_id, company_id, kind, value, data, actor_name, at) "
            "SELECT gen_random_uuid(), chat_id, company_id, 'spam', 1, '{}', 'Maud', closed_at + interval '1 min' "
            "FROM agency_chatrecord WHERE chat_id = '[other]'"
        ),
    ),
    "event about spam: another value": (
        "flagged",
        "UPDATE agency_recordevent SET value = 0 WHERE record_id = '[flagged]' AND kind = 'spam'",
    ),
    "price changed under its charges": ("other", "UPDATE billing_price SET amount = 5"),
    "price deleted": ("other", "DELETE FROM billing_price"),
    "record.visitor_texts": record("other", "visitor_texts = 9"),
    "record.operator_texts": record("left", "operator_texts = 1"),
    "record.first_human_at of a chat nobody answered": record("left", "first_human_at = closed_at"),
    "record.arrived_at": record("other", "arrived_at = arrived_at - interval '1 day'"),
    "record.closed_at": record("other", "closed_at = closed_at + interval '1 month'"),
    "record.settled_at": record("other", "settled_at = settled_at + interval '1 h'"),
    "record.assigned_at": record("other", "assigned_at = arrived_at"),
    "record.operator": record(
        "other",
        "operator_id = (SELECT user_id FROM agency_operator WHERE user_id <> operator_id LIMIT 1)",
    ),
    "record.bounces": record("passed on", "bounces = 0"),
    "record.close_reason": record("passed on", "close_reason = 'left', visitor_left_at = closed_at"),
    "record.visitor_left_at": record("passed on", "visitor_left_at = closed_at"),
    "record.promise_id": record("other", "promise_id = NULL, promise_seconds = 20"),
    "record.visitor_key": record("repeat", "visitor_key = 'somebody'"),
    "record.visitor_id and key": record("repeat", "visitor_id = gen_random_uuid()"),
    "record.address_key": record("other", "address_key = 'somebody'"),
    "record.site": record("other", "site_id = gen_random_uuid()"),
    "record.number": record("other", "number = 77"),
    "record.company": record("other", "company_id = (SELECT id FROM tenants_company WHERE slug = 'zen')"),
    "promise in force changed afterwards": ("other", "UPDATE agency_promise SET seconds = 90"),
    "hours changed without the log": (
        "other",
        (
            "DELETE FROM agency_openinghours; DELETE FROM agency_datedhours;"
            "INSERT INTO agency_openinghours (company_id, weekday, opens, closes) "
            "SELECT id, 6, 1, 2 FROM tenants_company WHERE slug = 'acme'"
        ),
    ),
    "trail: bounce deleted": (
        "passed on",
        "DELETE FROM agency_assignment WHERE chat_id = '[passed on]' AND kind = 'bounce'",
    ),
    "trail: accepted by somebody else": (
        "other",
        ("UPDATE agency_assignment SET operator_id = gen_random_uuid() WHERE chat_id = '[other]' AND kind = 'accept'"),
    ),
    "the newest chat deleted in all books but its trail": (
        "open",
        gone("open").replace("DELETE FROM agency_assignment WHERE chat_id = '[open]'", "SELECT 1")
        + "; DELETE FROM agency_poolentry WHERE chat_id = '[open]'",
    ),
    "text made from a reply that never was": (
        "other",
        (
            "UPDATE chat_message SET data = jsonb_build_object('source', 'canned', 'text', gen_random_uuid(), "
            "'version', 1, 'distance', 0) WHERE chat_id = '[other]' AND side = 'operator' AND kind = 'text'"
        ),
    ),
    "holding deleted": ("other", "DELETE FROM agency_holding WHERE chat_id = '[other]'"),
    "holding of a chat nobody had": (
        "left",
        (
            "INSERT INTO agency_holding (chat_id, company_id, operator_id, fence, held_from, held_to) "
            "SELECT '[left]', company_id, operator_id, 1, held_from, held_to FROM agency_holding "
            "WHERE chat_id = '[other]'"
        ),
    ),
    "holding: another operator": holding("other", "operator_id = gen_random_uuid()"),
    "holding: taken earlier": holding("other", "held_from = held_from - interval '1 s'"),
    "holding: left earlier": holding(
        "other", "held_to = held_to - interval '1 s', wrap_up_from = NULL, wrap_up_to = NULL"
    ),
    "holding: wrapped up longer": holding("other", "wrap_up_to = wrap_up_to + interval '1 s'"),
    "holding: no wrap-up": holding("other", "wrap_up_from = NULL, wrap_up_to = NULL"),
    "holding: open chat let go": holding("open", "held_to = held_from"),
    "presence deleted": (
        "alice",
        (
            "DELETE FROM agency_presenceinterval WHERE operator_id = '[alice]' "
            "AND starts_at > (SELECT min(starts_at) FROM agency_presenceinterval)"
        ),
    ),
    "presence goes beyond the next one's beginning": (
        "alice",
        (
            "ALTER TABLE agency_presenceinterval DROP CONSTRAINT one_presence_at_a_time;"
            "UPDATE agency_presenceinterval SET ends_at = ends_at + interval '1 day' WHERE operator_id = '[alice]'"
        ),
    ),
    "message deleted": ("other", "DELETE FROM chat_message WHERE chat_id = '[other]' AND seq = 3"),
    "last message deleted": (
        "open",
        (
            "DELETE FROM chat_message m WHERE chat_id = '[open]' "
            "AND seq = (SELECT max(seq) FROM chat_message WHERE chat_id = m.chat_id)"
        ),
    ),
    "message on the other side": (
        "other",
        "UPDATE chat_message SET side = 'visitor' WHERE chat_id = '[other]' AND side = 'operator' AND kind = 'text'",
    ),
    "message at another time": (
        "other",
        (
            "UPDATE chat_message SET created_at = created_at - interval '5 s' "
            "WHERE chat_id = '[other]' AND side = 'operator' AND kind = 'text'"
        ),
    ),
    "chat opened at another time": (
        "other",
        "UPDATE chat_chat SET opened_at = opened_at - interval '1 h' WHERE id = '[other]'",
    ),
    "entry.last_seq": ("open", "UPDATE agency_poolentry SET last_seq = last_seq + 1"),
    "entry.first_human_at": ("open", "UPDATE agency_poolentry SET first_human_at = arrived_at"),
    "entry.bounces": ("open", "UPDATE agency_poolentry SET bounces = 1"),
    "rating in one book": (
        "first",
        "UPDATE chat_rating SET good = NOT good WHERE chat_id = '[first]'",
    ),
    "rating deleted in one book": ("first", "DELETE FROM chat_rating WHERE chat_id = '[first]'"),
    "rating that nobody gave": (
        "other",
        (
            "INSERT INTO chat_rating (chat_id, good, words, source, created_at, changed_at) "
            "SELECT id, true, '', 'panel', closed_at, closed_at FROM chat_chat WHERE id = '[other]'"
        ),
    ),
    "recipient changed in request and delivery": (
        "[transcript]",
        (
            f"UPDATE chat_delivery SET recipient = 'x@example.nl' WHERE {TRANSCRIPT};"
            "UPDATE chat_transcriptrequest SET recipient = 'x@example.nl' WHERE chat_id = '[first]'"
        ),
    ),
    "request deleted": (
        "[transcript]",
        "DELETE FROM chat_transcriptrequest WHERE chat_id = '[first]'",
    ),
    "delivery and its outbox row deleted": (
        "first",
        f"DELETE FROM agency_outboxrow WHERE object_id = '[transcript]'; DELETE FROM chat_delivery WHERE {TRANSCRIPT}",
    ),
    "outbox row deleted": (
        "[transcript]",
        "DELETE FROM agency_outboxrow WHERE object_id = '[transcript]'",
    ),
    "company's copy and its outbox row deleted": (
        "other",
        (
            "DELETE FROM agency_outboxrow WHERE object_id IN "
            "(SELECT id FROM chat_delivery WHERE chat_id = '[other]' AND kind = 'copy');"
            "DELETE FROM chat_delivery WHERE chat_id = '[other]' AND kind = 'copy'"
        ),
    ),
    "company's copy to another address": (
        "other",
        "UPDATE chat_delivery SET recipient = 'x@example.nl' WHERE chat_id = '[other]' AND kind = 'copy'",
    ),
    "seat's used": ("agency", "UPDATE agency_seat SET used = 0"),
    # Five at once once gave "0 differences".
    "five at once": (
        "other",
        ";".join(
            [
                CHARGE.format("reason = 'spam', amount = 0", "[other]"),
                CORRECTION.format("month = '2026-12-01'", "[flagged]"),
                RECORD.format("in_hours = NOT in_hours", "[first]"),
                RECORD.format("first_human_at = arrived_at", "[spam]"),
                f"UPDATE chat_delivery SET recipient = 'x@example.nl' WHERE {TRANSCRIPT}",
            ]
        ),
    ),
    "counter: more chats than arrived": ("site", COUNTER.format(", ".join(COUNTED), 0, 10)),
    "counter: a chat of another time": ("site", COUNTER.format(", ".join(COUNTED), "1 year", 1)),
}
