"""`bench page`: what the manager's pool page costs at 400 desks, for the whole page and for each look of its script."""

import gzip
import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agency.models import PoolEntry, User
from balie.bench.live.setup import scratch_database
from balie.bench.pool import setup
from balie.bench.pool.router_process import cpu_seconds
from tenants import clock

COMPANIES = 250
# Chats that change turns between two looks: 2,400 chats with a text each 30 s are 160 in 2 s, of which a page shows
# some.
CHANGED = 160
LOOKS = 20
# Asked of the product, of a look that finds something new.
GOALS = {"cpu_ms": 50, "gzip_kb": 60}
PAGE = "/manage/pool/"


def run_page(*, rounds: int, companies: int = COMPANIES) -> dict[str, Any]:
    """Medians of `rounds` times 20 looks in this process, on rows of the bench's own."""
    with scratch_database():
        setup.lay_desk(companies)
        maud = User.objects.create_user("bench@balie.test", name="Maud", is_manager=True)
        browser = Client(headers={"host": "localhost"})
        browser.force_login(maud)
        looks = rounds * LOOKS
        answer: dict[str, Any] = {
            "desks": setup.OPERATORS,
            "chats": setup.OPEN + setup.WAITING,
            "waiting": setup.WAITING,
            "companies": companies,
            "changed": CHANGED,
            "looks": looks,
            "goals": GOALS,
            "page": _measure(lambda: browser.get(PAGE), looks),
            "first": _measure(lambda: browser.get(f"{PAGE}?part=live"), looks),
            "busy": _measure(lambda: _look(browser), looks, before=_change),
            "quiet": _measure(lambda: _look(browser), looks),
        }
    connection.close()
    return answer


def table(answer: dict[str, Any]) -> str:
    """The same for reading."""
    lines = ["look      queries   CPU ms (page + database)      KB   KB gzip"]
    lines += [
        f"{name:<10}{one['queries']:>7}{one['cpu_ms']:>11} + "
        f"{one['database_cpu_ms']:<12}{one['kb']:>9}{one['gzip_kb']:>9}"
        for name, one in answer.items()
        if isinstance(one, dict) and "queries" in one
    ]
    return "\n".join(lines)


_seen = ""


def _look(browser: Client) -> Any:
    """As the page's script asks: with what it has seen."""
    global _seen
    answer = browser.get(PAGE, {"part": "live", "seen": _seen})
    if answer.status_code == 200:
        marks = dict(part.split("=") for part in _seen.split(",") if part)
        text = answer.content.decode()
        found = re.findall(r'id="(?:pool-)?(\w+)" data-is="(\w+)"', text)
        _seen = ",".join(f"{name}={mark}" for name, mark in (marks | dict(found)).items())
    return answer


def _change() -> None:
    """Other chats each time: the turn goes to the other side."""
    now = clock.now()
    chats = list(PoolEntry.objects.filter(state="open").order_by("turn_at").values_list("pk", flat=True))
    PoolEntry.objects.filter(pk__in=chats[:CHANGED]).update(turn="operator", turn_at=now - timedelta(seconds=1))


def _measure(work: Callable[[], Any], count: int, *, before: Callable[[], None] = lambda: None) -> dict[str, float]:
    """Measure the median CPU time of this process, and the mean of its backend's, whose clock ticks in 10 ms."""
    work()
    before()
    with CaptureQueriesContext(connection) as queries:
        work()
        asked = len(queries)
    cpus, served = [], 0.0
    backend = connection.connection.info.backend_pid
    for _ in range(count):
        before()
        own, server = time.process_time(), cpu_seconds(backend)
        answer = work()
        cpus.append(time.process_time() - own)
        served += cpu_seconds(backend) - server
    body = answer.content
    zipped = body if answer.headers.get("Content-Encoding") == "gzip" else gzip.compress(body, 6)
    return {
        "queries": asked,
        "cpu_ms": round(1000 * statistics.median(cpus), 1),
        "database_cpu_ms": round(1000 * served / count, 1),
        "kb": round(len(body) / 1000, 1),
        "gzip_kb": round(len(zipped) / 1000, 1) if body else 0.0,
    }
