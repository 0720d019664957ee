"""The floor now in a few numbers, and a mark that changes when anything of it does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agency.domain.promise.sla import NOW_SHARE
from agency.services.pool import router_sql
from agency.services.pool.live.desks import SILENT_AFTER
from agency.services.pool.seats import LEASE

# Names, certifications and alarms change seldom, and aren't in the mark: what is looked at is at most so many seconds
# old.
KEPT_S = 20

# Sums: their order doesn't matter. Not in them: beats of visitors and renewals of consoles, which in themselves tell
# nothing; of a seat counts whether it is heard, silent or lost.
_MARK = """
SELECT chats.*, seats.desks FROM (
    SELECT count(*) FILTER (WHERE waits) AS waiting,
           count(*) FILTER (WHERE state = 'offered') AS ringing,
           count(*) FILTER (WHERE waits AND passed >= %(risk)s) AS at_risk,
           count(*) FILTER (WHERE waits AND passed >= 1) AS late,
           count(*) FILTER (WHERE waits AND called_at IS NOT NULL) AS called,
           count(*) FILTER (WHERE state = 'open') AS open,
           count(*) FILTER (WHERE state = 'wrap_up') AS wrap_up,
           sum(hash_record_extended(ROW(chat_id, state, operator_id, offered_to_id, fence, bounces, called_at, at_head,
                                        transfer, turn, turn_at, first_human_at), 0)) AS chats
    FROM (
        SELECT *, state IN ('waiting', 'offered') AS waits,
               extract(epoch FROM %(now)s - arrived_at) / greatest(1, promise_seconds) AS passed
        FROM agency_poolentry
    ) entries
) chats, (
    SELECT sum(hash_record_extended(ROW(operator_id, used, capacity, paused, pause_reason, paused_at, draining,
        drain_reason,
                                        shift_ends_at, lease_until > %(now)s, lease_until > %(silent)s), 0)) AS desks
    FROM agency_seat WHERE lease_until > %(now)s OR used > 0
) seats
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """How many chats there are of each kind. `text` is the same as long as nothing changed, for at most 20 s.

    Args:
        waiting: nobody has them; `ringing` of them are offered to somebody, `called` have the lead operators called.
        at_risk: of those waiting past 80 % of their promise; `late` of these past all of it.
    """

    waiting: int
    ringing: int
    at_risk: int
    late: int
    called: int
    open: int
    wrap_up: int
    text: str


def find_mark(now: datetime) -> Mark:
    """Count and mark what lives now. One query."""
    facts: dict[str, Any] = {
        "now": now,
        "risk": NOW_SHARE,
        # A console that was heard so long ago has this much of its lease left.
        "silent": now + (LEASE - SILENT_AFTER),
    }
    [row] = router_sql.fetch(_MARK, facts)
    chats, desks = row.pop("chats"), row.pop("desks")
    text = f"{chats}.{desks}.{row['at_risk']}.{row['late']}.{int(now.timestamp()) // KEPT_S}"
    return Mark(**row, text=text)
