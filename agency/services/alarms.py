"""What a manager must see on whatever page they are, the most urgent first."""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agency.models import Heartbeat, LogEntry
from agency.services import forwarding, mailroom
from agency.services.health import seconds_wrong, wrong_clock
from agency.services.shortages import find_called, list_short
from agency.services.staffing import count_gaps

# A plan and certifications change by the hand of staff, which the log tells at once; hours that pass aren't news for so long.
KEPT_S = 30.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to do something about.

    `kind`: called (chats whose lead operators were called; `extra` is how often one was let pass), mail (dead mails), clock
    (processes whose own clock is wrong, or that saw the database's jump; `extra` is by how many seconds the worst), gaps
    (companies short of certified people in the plan; `extra` is how many half hours), short (companies that too few know),
    forwarding (web processes behind a proxy that nobody told them of).
    """

    kind: str
    count: int
    extra: int = 0


# In this process: when it was read, the newest line of the log at that moment, and what was found.
_kept: list[tuple[float, UUID | None, list[Alarm]]] = []


def list_alarms(now: datetime) -> list[Alarm]:
    """Everything that is wrong now: four cheap queries, and once in 30 s or after a change by staff those of the plan."""
    called, dead = find_called(), mailroom.count_dead()
    troubled = list(Heartbeat.objects.filter(wrong_clock(now) | forwarding.untrusted(now)))
    wrong = [abs(seconds_wrong(row)) for row in troubled if row.part != forwarding.PART]
    urgent = [
        Alarm("called", called.chats, called.bounces),
        Alarm("mail", dead),
        Alarm("clock", len(wrong), round(max(wrong, default=0))),
        Alarm("forwarding", len(troubled) - len(wrong)),
    ]
    return [alarm for alarm in (*urgent, *_of_the_plan(now)) if alarm.count]


def _of_the_plan(now: datetime) -> list[Alarm]:
    newest = LogEntry.objects.order_by("-at", "-id").values_list("id", flat=True).first()
    for read_at, log_id, alarms in _kept:
        if log_id == newest and time.monotonic() - read_at < KEPT_S:
            return alarms
    companies, half_hours = count_gaps(now)
    found = [Alarm("gaps", companies, half_hours), Alarm("short", len(list_short(now)))]
    _kept[:] = [(time.monotonic(), newest, found)]
    return found
