"""`bench pool`: how long a decision takes, what it locks, and how routers go side by side, on rows of its own."""

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import Count, F
from psycopg import sql

from agency.models import Assignment, PoolEntry, Seat
from balie.bench.live.setup import scratch_database
from balie.bench.pool import setup
from balie.bench.pool.router_process import Run, beside_a_loop, route_from
from balie.bench.replay.tally import percentile
from chat.services.assignment import assign_waiting
from tenants import clock

COMPANIES, ROUTERS = (10, 100, 1_000), (1, 8)
# Asked of the product; `most_locked` is enforced with doubles and seats over their limit, times are reported.
GOALS = {"p50_ms": 5.0, "p99_ms": 25.0, "most_locked": 3}
_LOCKED_FOR = 20


def run_pool(*, rounds: int, companies: Iterable[int] = COMPANIES) -> dict[str, Any]:
    """The answers of one run. `holds` is true if nothing was given twice and nothing was locked or filled beyond its
    limit.
    """
    answer: dict[str, Any] = {
        "operators": setup.OPERATORS,
        "open_chats": setup.OPEN + setup.WAITING,
        "waiting": setup.WAITING,
        "rounds": rounds,
        "goals": GOALS,
        "cores": len(os.sched_getaffinity(0)),
        "companies": {},
    }
    sizes = sorted(companies)
    with scratch_database() as url:
        for count in sizes:
            setup.lay_desk(count)
            answer["companies"][str(count)] = _decide_alone(rounds)
        answer["locked"] = _most_locked(url)
        answer["routers"] = {str(one): _side_by_side(url, one) for one in ROUTERS}
        setup.lay_desk(sizes[-1], certified=setup.OPERATORS)
        answer["everybody_certified"] = _decide_alone(1)
    sides = answer["routers"].values()
    answer["holds"] = (
        answer["locked"]["most"] <= GOALS["most_locked"]
        and not any(side["doubles"] or side["over_limit"] for side in sides)
        and all(side["decisions"] > 0 for side in sides)
    )
    return answer


def table(answer: dict[str, Any]) -> str:
    """The same for reading."""
    lines = ["companies   decisions   p50 ms   p99 ms   CPU ms (router + database)"]
    alone = [*answer["companies"].items(), ("all x all", answer["everybody_certified"])]
    lines += [
        f"{name:>9}{one['decisions']:>12}{one['p50_ms']:>9}{one['p99_ms']:>9}"
        f"{one['router_cpu_ms']:>11} + {one['database_cpu_ms']}"
        for name, one in alone
    ]
    lines += [
        "",
        "routers   decisions   per s   p50 ms   p99 ms   doubles   over limit   still waiting",
    ]
    lines += [
        f"{name:>7}{one['decisions']:>12}{one['per_s']:>8}{one['p50_ms']:>9}{one['p99_ms']:>9}"
        f"{one['doubles']:>10}{one['over_limit']:>13}{one['still_waiting']:>16}"
        for name, one in answer["routers"].items()
    ]
    locked = answer["locked"]
    lines += ["", f"rows locked per assignment: at most {locked['most']} {locked['rows']}"]
    return "\n".join(lines)


def _decide_alone(rounds: int) -> dict[str, Any]:
    """Measure one router over all waiting chats, round after round. The first round only warms up and isn't counted."""
    runs = []
    for number in range(rounds + 1):
        run = asyncio.run(beside_a_loop())
        if number:
            runs.append(run)
        setup.put_back()
    _say(f"alone: {runs[-1].took and round(sum(runs[-1].took), 2)} s for {len(runs[-1].took)}")
    return _figures(runs)


def _side_by_side(url: str, routers: int) -> dict[str, Any]:
    """Measure routers as processes, each with a connection. Then rows are counted, not the routers believed."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(routers, context) as pool:
        start = manager.Barrier(routers)
        runs = list(pool.map(route_from, [url] * routers, [start] * routers))
    wall = max(run.ended for run in runs) - min(run.began for run in runs)
    offers = Assignment.objects.filter(kind=Assignment.Kind.OFFER)
    twice = offers.values("chat_id").annotate(times=Count("pk")).filter(times__gt=1)
    figures = _figures(runs) | {
        "per_s": round(sum(len(run.took) for run in runs) / wall, 1),
        "vain": sum(run.vain for run in runs),
        "doubles": twice.count(),
        "over_limit": Seat.objects.filter(used__gt=F("capacity")).count(),
        "still_waiting": PoolEntry.objects.filter(state=PoolEntry.State.WAITING).count(),
    }
    setup.put_back()
    _say(f"{routers} side by side: {figures['per_s']} decisions/s")
    return figures


def _most_locked(url: str) -> dict[str, Any]:
    """Rows that one uncommitted decision locks, over every table, as another connection sees them with pgrowlocks."""
    most: dict[str, int] = {}
    with psycopg.connect(url, autocommit=True) as watcher:
        watcher.execute("CREATE EXTENSION IF NOT EXISTS pgrowlocks")
        tables = watcher.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        count = sql.SQL("SELECT count(*) FROM pgrowlocks({})")
        for _ in range(_LOCKED_FOR):
            with transaction.atomic():
                assign_waiting(now=clock.now(), limit=1)
                # Foreign keys are checked, and their rows locked, at the commit: here before it, so that they are seen.
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                seen = {name: int((watcher.execute(count.format(name)).fetchone() or (0,))[0]) for (name,) in tables}
                transaction.set_rollback(True)
            seen = {name: rows for name, rows in seen.items() if rows}
            most = max(most, seen, key=lambda rows: sum(rows.values()))
    connection.close()
    return {"most": sum(most.values()), "rows": most, "assignments": _LOCKED_FOR}


def _figures(runs: list[Run]) -> dict[str, Any]:
    took = sorted(seconds for run in runs for seconds in run.took)
    count = max(1, len(took))

    def ms(seconds: float | None) -> float:
        return round(1000 * (seconds or 0.0), 2)

    return {
        "decisions": len(took),
        "p50_ms": ms(percentile(took, 0.5)),
        "p99_ms": ms(percentile(took, 0.99)),
        "router_cpu_ms": ms(sum(run.own_cpu for run in runs) / count),
        "database_cpu_ms": ms(sum(run.server_cpu for run in runs) / count),
    }


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
