"""`bench config`: config answers a second, and what one reading of all sites costs that they are answered from."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agency.services.pool import site_facts
from agency.services.pool.availability import Picture, list_site_states
from balie.bench.live.bench import LiveBench
from balie.bench.live.setup import scratch_database, scratch_scene
from balie.bench.pool import setup
from tenants import clock

COMPANIES = (10, 100, 1_000)
# Per company, so that 400 operators each know 100 of 400 or 250 of 1,000 companies.
CERTIFIED = 100
READINGS = 20
# Asked of the design, per core of the server.
GOALS = {"answers_per_cpu_s": 1_000}


def run_config(*, seconds: float, rounds: int, companies: Iterable[int] = COMPANIES) -> dict[str, Any]:
    """Answers of one uvicorn process on one core, and readings in this process on rows of the bench's own."""
    answer: dict[str, Any] = {"goals": GOALS, "seconds": seconds, "rounds": rounds}
    with tempfile.TemporaryDirectory(prefix="balie-bench-") as name, scratch_scene() as scene:
        folder = Path(name)
        scene.write(folder / "scene.json")
        bench = LiveBench(scene, folder, seconds=seconds, rounds=rounds)
        runs = []
        for number in range(rounds):
            runs.append(bench.config("uvicorn"))
            print(f"round {number + 1}: {runs[-1]}", file=sys.stderr, flush=True)
    answer["answers"] = {key: statistics.median(run[key] for run in runs) for key in ("per_cpu_s", "per_s")} | {
        "failed": sum(run["failed"] for run in runs)
    }
    with scratch_database():
        answer["reading"] = {str(count): _reading(count) for count in companies}
    return answer


def _reading(companies: int) -> dict[str, Any]:
    """One reading of all sites: when something was changed by hand, and when nothing was, as each 2 s."""
    setup.lay_desk(companies, certified=CERTIFIED)
    picture = Picture()
    with CaptureQueriesContext(connection) as all_new:
        states = list_site_states(clock.now(), picture)
    with CaptureQueriesContext(connection) as nothing_new:
        list_site_states(clock.now(), picture)
    return {
        "sites": len(states),
        "operators": setup.OPERATORS,
        "certifications": companies * CERTIFIED,
        "waiting": setup.WAITING,
        "changed": {
            **_times(lambda: list_site_states(clock.now()), 3),
            "queries": len(all_new),
        },
        "unchanged": {
            **_times(lambda: list_site_states(clock.now(), picture), READINGS),
            "queries": len(nothing_new),
        },
        "version": _times(site_facts.read_version, READINGS),
    }


def _times(work: Callable[[], object], count: int) -> dict[str, float]:
    """Median milliseconds by the clock and of this process, the database's own work left out of the latter."""
    walls, cpus = [], []
    for _ in range(count):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append((time.perf_counter() - wall) * 1_000)
        cpus.append((time.process_time() - cpu) * 1_000)
    return {"ms": round(statistics.median(walls), 1), "cpu_ms": round(statistics.median(cpus), 1)}
