"""What a manager must see on whatever page they are, the most urgent first: counted in the background, read in one
query.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Subquery

from agency.models import AlarmCount, Heartbeat, LogEntry
from agency.services.certification.shortages import count_short, find_called
from agency.services.companies import install
from agency.services.mail import mail_states
from agency.services.shifts.gaps import list_gaps
from agency.services.system import forwarding
from agency.services.system.health import seconds_wrong, wrong_clock

# Hours that pass are no news for so long; a change by the hand of staff, which the log tells, is counted at once.
PLAN_KEPT = timedelta(seconds=30)
# Counted each 10 s (balie/clock.py): after so long the worker or beat stands still, and what is shown may be over.
FRESH = timedelta(minutes=2)
_OF_PLAN = ("gaps", "short")


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to do something about.

    `kind`: called (chats whose lead operators were called; `extra` is how often one was let pass), mail (dead mails),
    snippet (addresses from which a site's code is gone), clock (processes whose own clock is wrong, or that saw the
    database's jump; `extra` is by how many seconds the worst), gaps (companies short of certified people in the plan;
    `extra` is how many half hours), short (companies that too few know), forwarding (web processes behind a proxy that
    nobody told them of), uncounted (nothing was counted for two minutes; `extra` is for how many minutes, 0: never).
    """

    kind: str
    count: int
    extra: int = 0


def list_alarms(now: datetime) -> list[Alarm]:
    """List everything that was wrong at the last count, and the count itself if it is too long ago. One query."""
    row = AlarmCount.objects.first()
    if row is None:
        return [Alarm("uncounted", 1)]
    found = [Alarm(*facts) for facts in row.alarms]
    if now - row.counted_at > FRESH:
        found.insert(0, Alarm("uncounted", 1, (now - row.counted_at) // timedelta(minutes=1)))
    return found


def list_gap_companies() -> list[UUID]:
    """Return the companies of the alarm of gaps, so that a list of companies names the same ones. One query."""
    return AlarmCount.objects.values_list("gap_companies", flat=True).first() or []


def count_after_act(now: datetime) -> None:
    """Count anew if the log has grown since the last count: the next page must not go on about what staff dealt with.

    One query where nothing was written down.
    """
    if not AlarmCount.objects.filter(log_id=Subquery(_newest_entry()[:1])).exists():
        count_alarms(now)


@transaction.atomic
def count_alarms(now: datetime) -> None:
    """Count everything that is wrong now into the one row: seven queries, and a dozen where the plan is counted too.

    Two counts at once would leave the older one's outcome, so the second waits for the row.
    """
    row = AlarmCount.objects.select_for_update().first()
    newest = _newest_entry().first()
    facts: dict[str, Any] = {"counted_at": now, "log_id": newest}
    is_kept = row is not None and row.log_id == newest and now - row.plan_at < PLAN_KEPT
    if row is not None and is_kept:
        plan = [Alarm(*one) for one in row.alarms if one[0] in _OF_PLAN]
    else:
        gaps = list_gaps(now)
        plan = [Alarm("gaps", len(gaps.lines), gaps.half_hours), Alarm("short", count_short(now))]
        facts |= {"plan_at": now, "gap_companies": [line.company.pk for line in gaps.lines]}
    facts["alarms"] = [astuple(alarm) for alarm in (*_urgent(now), *plan) if alarm.count]
    AlarmCount.objects.update_or_create(id=1, defaults=facts)


def _newest_entry() -> QuerySet[LogEntry, UUID]:
    return LogEntry.objects.order_by("-at", "-id").values_list("id", flat=True)


def _urgent(now: datetime) -> Iterable[Alarm]:
    called, dead = find_called(), mail_states.count_dead()
    troubled = list(Heartbeat.objects.filter(wrong_clock(now) | forwarding.untrusted(now)))
    wrong = [abs(seconds_wrong(row)) for row in troubled if row.part != forwarding.PART]
    return [
        Alarm("called", called.chats, called.bounces),
        Alarm("mail", dead),
        Alarm("snippet", install.gone().count()),
        Alarm("clock", len(wrong), round(max(wrong, default=0))),
        Alarm("forwarding", len(troubled) - len(wrong)),
    ]
