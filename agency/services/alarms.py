"""What a manager must see on whatever page they are, the most urgent first."""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agency.models import Heartbeat, LogEntry
from agency.services import forwarding, mailroom
from agency.services.health import seconds_wrong, wrong_clock
from agency.services.shortages import find_called, list_short
from agency.services.staffing import list_gaps

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
_kept: list[tuple[float, UUID | None, list[Alarm], list[UUID]]] = []


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
    return [alarm for alarm in (*urgent, *_of_the_plan(now)[0]) if alarm.count]


def list_gap_companies(now: datetime) -> list[UUID]:
    """The companies of the alarm of gaps, so that a list of companies names the same ones."""
    return _of_the_plan(now)[1]


def _of_the_plan(now: datetime) -> tuple[list[Alarm], list[UUID]]:
    newest = LogEntry.objects.order_by("-at", "-id").values_list("id", flat=True).first()
    for read_at, log_id, alarms, companies in _kept:
        if log_id == newest and time.monotonic() - read_at < KEPT_S:
            return alarms, companies
    gaps = list_gaps(now)
    short = len(list_short(now))
    found = [Alarm("gaps", len(gaps.lines), gaps.half_hours), Alarm("short", short)]
    companies = [line.company.pk for line in gaps.lines]
    _kept[:] = [(time.monotonic(), newest, found, companies)]
    return found, companies
