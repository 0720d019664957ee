"""Is everything there? Heartbeat rows of our own parts, a short question to the servers."""

import smtplib
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Max, Min, Q
from redis import Redis
from redis.exceptions import RedisError

from agency.models import Heartbeat, OutboxRow, PoolEntry, Seat
from tenants import clock

# Seconds a part may be silent before it counts as gone. The dispatcher sweeps each second, worker and beat speak
# each 10 s: three missed beats and room for a slow machine.
LIMITS = {"dispatcher": 10, "worker": 35, "beat": 35}
# How long a server may take to answer, in seconds; /healthz asks two of them, and pollers wait 5 s.
PATIENCE = 1.5
# Seconds by which a process's own clock may differ from the database's. Chats are timed by the database's alone, but
# codes of the second step hold for 30 s by a web process's own.
CLOCK_LIMIT = 5.0
# Rows of nodes that are long gone are swept after this.
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HealthAnswer:
    """One part: does it answer, and what is known of it (seconds of silence, or why not)."""

    part: str
    ok: bool
    detail: str


def note_heartbeat(*, part: str, node: str, now: datetime, clock_jumped: float = 0.0) -> None:
    """Write that `part` on `node` lives, and delete rows that nobody writes any more."""
    row = Heartbeat(part=part, node=node, at=now, clock_ahead=clock.ahead(), clock_jumped=clock_jumped)
    Heartbeat.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["part", "node"],
        update_fields=["at", "clock_ahead", "clock_jumped"],
    )
    Heartbeat.objects.filter(part=part, at__lt=now - FORGET_AFTER).delete()


def seconds_wrong(row: Heartbeat) -> float:
    """By how many seconds a process's clock differs from the database's, or the database's own
    jumped: what is worse.
    """
    return max(row.clock_ahead, row.clock_jumped, key=abs)


def list_wrong_clocks(now: datetime) -> list[Heartbeat]:
    """List the living processes that `wrong_clock` matches, the worst first."""
    rows = Heartbeat.objects.filter(wrong_clock(now))
    return sorted(rows, key=lambda row: -abs(seconds_wrong(row)))


def wrong_clock(now: datetime) -> Q:
    """Match the living processes whose own clock differs from the database's, or that saw the database's jump."""
    off = Q(clock_ahead__gt=CLOCK_LIMIT) | Q(clock_ahead__lt=-CLOCK_LIMIT)
    off |= ~Q(clock_jumped=0.0)
    return off & Q(at__gt=now - timedelta(seconds=max(LIMITS.values())))


def is_database_alive() -> bool:
    """Whether the database answers a query now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except Error:
        return False


def check_all(now: datetime) -> list[HealthAnswer]:
    """Every part with its answer: web, database, dispatcher, worker, beat, clock, redis, smtp."""
    answers = [HealthAnswer("web", True, settings.NODE)]
    alive = is_database_alive()
    answers.append(HealthAnswer("database", alive, "" if alive else "no answer"))
    last = _last_beats() if alive else {}
    for part, limit in LIMITS.items():
        answers.append(_judge_beat(part, last.get(part), now, limit))
    answers.append(_judge_clocks(list_wrong_clocks(now) if alive else []))
    answers.append(_ask_redis())
    answers.append(_ask_smtp())
    return answers


def gauges(now: datetime) -> list[tuple[str, str, dict[str, str], float]]:
    """List what /metrics shows: (name, help, labels, value). Counts and seconds, never a name or a word of anybody."""
    rows: list[tuple[str, str, dict[str, str], float]] = []
    for answer in check_all(now):
        help_ = "Whether the part answers within its limit"
        rows.append(("balie_up", help_, {"part": answer.part}, float(answer.ok)))
    if not rows[1][3]:
        return rows
    counts = dict(PoolEntry.objects.values_list("state").annotate(n=Count("*")))
    for state in PoolEntry.State.values:
        help_ = "Unfinished chats"
        rows.append(("balie_chats", help_, {"state": state}, float(counts.get(state, 0))))
    oldest = PoolEntry.objects.filter(state=PoolEntry.State.WAITING).aggregate(a=Min("arrived_at"))
    rows.append(("balie_oldest_wait_seconds", "Wait so far", {}, _age(oldest["a"], now)))
    help_ = "Seconds by which a process's own clock is ahead of the database's"
    for row in Heartbeat.objects.order_by("part", "node"):
        labels = {"part": row.part, "node": row.node}
        rows.append(("balie_clock_ahead_seconds", help_, labels, row.clock_ahead))
    here = Seat.objects.filter(lease_until__gt=now)
    rows.append(("balie_seats", "Operators with a lease", {}, float(here.count())))
    for state, count in OutboxRow.objects.values_list("state").annotate(n=Count("*")):
        rows.append(("balie_outbox_rows", "Outbox rows", {"state": state}, float(count)))
    dead = OutboxRow.objects.filter(state="dead", done_at__isnull=True).count()
    rows.append(("balie_outbox_dead", "Dead effects that nobody has looked at", {}, float(dead)))
    due = OutboxRow.objects.filter(Q(state="queued"), run_after__lte=now).aggregate(a=Min("run_after"))
    rows.append(("balie_outbox_lag_seconds", "Age of the oldest due row", {}, _age(due["a"], now)))
    return rows


def _last_beats() -> dict[str, datetime]:
    rows = Heartbeat.objects.values("part").annotate(last=Max("at"))
    return {row["part"]: row["last"] for row in rows}


def _judge_beat(part: str, last: datetime | None, now: datetime, limit: int) -> HealthAnswer:
    if last is None:
        return HealthAnswer(part, False, "never seen")
    silent = _age(last, now)
    return HealthAnswer(part, silent <= limit, f"{silent:.1f} s ago")


def _judge_clocks(wrong: list[Heartbeat]) -> HealthAnswer:
    parts = (f"{row.part} {row.node} {seconds_wrong(row):+.0f} s" for row in wrong)
    return HealthAnswer("clock", not wrong, ", ".join(parts))


def _age(at: datetime | None, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds()) if at else 0.0


def _ask_redis() -> HealthAnswer:
    client = Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        client.ping()
    except (RedisError, OSError) as problem:
        return HealthAnswer("redis", False, type(problem).__name__)
    finally:
        client.close()
    return HealthAnswer("redis", True, "")


def _ask_smtp() -> HealthAnswer:
    try:
        server = smtplib.SMTP(timeout=PATIENCE, local_hostname="localhost")
        server.connect(settings.EMAIL_HOST, settings.EMAIL_PORT)
        try:
            code, _text = server.noop()
        finally:
            server.close()
    except (OSError, smtplib.SMTPException, socket.gaierror) as problem:
        return HealthAnswer("smtp", False, type(problem).__name__)
    return HealthAnswer("smtp", code == 250, str(code))
