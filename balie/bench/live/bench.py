"""`bench live`: Balie beside the tutorial design and the limit, in one run on one machine. Ratios
count, not numbers.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from balie.bench.live import footprint
from balie.bench.live.load import BenchCrowd, Measured
from balie.bench.live.servers import Server, serving
from balie.bench.live.setup import Scene, count_and_forget, scratch_scene
from balie.bench.replay.tally import percentile

T = TypeVar("T")

# The parts in the order in which they are measured. The letters are those of --only.
LETTERS = {"a": "tutorial", "b": "daphne", "c": "uvicorn", "d": "limit", "e": "two_uvicorn"}
EXTRAS = ("latency", "idle", "config", "size")
# Asked of the design (docs/bench/README.md); reported, never enforced.
GOALS = {
    "daphne_to_tutorial": 20.0,
    "uvicorn_to_tutorial": 50.0,
    "uvicorn_to_limit": 0.6,
    "two_uvicorn_to_one": 0.6,
}


class LiveBench:
    """One run of everything that was asked for."""

    def __init__(self, scene: Scene, folder: Path, *, seconds: float, rounds: int) -> None:
        self.scene, self.folder, self.seconds, self.rounds = scene, folder, seconds, rounds
        cores = sorted(os.sched_getaffinity(0))
        # Servers on one core, the load on another; PostgreSQL and Valkey where they like.
        self.server_cores = {cores[0]} if len(cores) > 1 else None
        self.own_cores = {cores[1]} if len(cores) > 1 else set(cores)
        self.found: dict[str, list[Measured]] = {}
        self.stored: Counter[str] = Counter()

    def throughput(self, kinds: list[str]) -> None:
        """Closed loops, the kinds in turn, so that a noisy minute hits them all."""
        for number in range(self.rounds):
            for kind in kinds:
                measured = self._closed(kind)
                self.found.setdefault(kind, []).append(measured)
                _say(f"round {number + 1} {kind}: {measured.answer()}")

    def latency(self, kind: str) -> dict[str, Any]:
        """An open loop at half of what this kind did in the closed one."""
        best = statistics.median(one.per_s for one in self.found[kind])
        runs = []
        for _ in range(self.rounds):
            with self._serving(kind) as server:
                runs.append(self._drive(server, server, rate=best / 2))
            _say(f"latency {kind}: {runs[-1].answer()}")
        runs.sort(key=lambda run: percentile(run.latencies, 0.99) or 0.0)
        typical = runs[len(runs) // 2].answer()
        return {"rate": round(best / 2), **typical, "best_p99_ms": runs[0].answer()["p99_ms"]}

    def idle(self, kind: str) -> dict[str, float]:
        """Memory of 2,000 sockets that wait."""
        with self._serving(kind) as server:
            return self._run(lambda: footprint.idle_kib(self.scene, server))

    def config(self, kind: str) -> dict[str, float]:
        """Config answers."""
        with self._serving(kind) as server:
            return self._run(lambda: footprint.config_rate(self.scene, server, self.seconds))

    def answer(self) -> dict[str, Any]:
        """The medians, and the ratios that the design is asked for."""
        medians = {kind: statistics.median(one.per_cpu_s for one in runs) for kind, runs in self.found.items()}
        pairs = {
            "daphne_to_tutorial": ("daphne", "tutorial"),
            "uvicorn_to_tutorial": ("uvicorn", "tutorial"),
            "uvicorn_to_limit": ("uvicorn", "limit"),
            "two_uvicorn_to_one": ("two_uvicorn", "uvicorn"),
        }
        return {
            "per_cpu_s": {
                kind: {
                    "median": round(medians[kind]),
                    "all": [round(one.per_cpu_s) for one in runs],
                    "per_s": round(statistics.median(one.per_s for one in runs)),
                }
                for kind, runs in self.found.items()
            },
            "ratios": {
                name: {"is": round(medians[top] / medians[bottom], 2), "asked": GOALS[name]}
                for name, (top, bottom) in pairs.items()
                if top in medians and bottom in medians
            },
            "faults": {
                kind: dict(sum((one.faults for one in runs), start=type(runs[0].faults)()))
                for kind, runs in self.found.items()
            },
        }

    def _closed(self, kind: str) -> Measured:
        if kind == "two_uvicorn":
            with ExitStack() as both:
                here = both.enter_context(self._serving("uvicorn"))
                there = both.enter_context(self._serving("uvicorn"))
                return self._drive(here, there)
        with self._serving(kind) as server:
            return self._drive(server, server, strict=kind != "tutorial")

    def _serving(self, kind: str) -> Any:
        return serving(kind, self.scene, self.folder, cores=self.server_cores)

    def _drive(self, here: Server, there: Server, *, rate: float | None = None, strict: bool = True) -> Measured:
        async def run() -> Measured:
            crowd = BenchCrowd(self.scene, here, there, strict=strict)
            await crowd.open()
            try:
                return await crowd.drive(self.seconds, rate=rate)
            finally:
                crowd.close()

        measured = self._run(run)
        self.stored.update(count_and_forget(self.scene))
        return measured

    def _run(self, work: Callable[[], Awaitable[T]]) -> T:
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.own_cores)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                return runner.run(_awaited(work))
        finally:
            os.sched_setaffinity(0, before)


def run_live(*, seconds: float, rounds: int, only: set[str]) -> dict[str, Any]:
    """Run the parts of the bench that `only` names.

    Args:
        only: the letters and extras to run; empty runs all.

    Returns:
        The answers of all parts as one.
    """
    wanted = only or {*LETTERS, *EXTRAS}
    kinds = [kind for letter, kind in LETTERS.items() if letter in wanted]
    answer: dict[str, Any] = {"seconds": seconds, "rounds": rounds}
    with tempfile.TemporaryDirectory(prefix="balie-bench-") as name, scratch_scene() as scene:
        folder = Path(name)
        scene.write(folder / "scene.json")
        bench = LiveBench(scene, folder, seconds=seconds, rounds=rounds)
        bench.throughput(kinds)
        answer |= bench.answer()
        own = [kind for kind in ("daphne", "uvicorn") if kind in kinds]
        if "latency" in wanted:
            answer["half_of_own_max"] = {kind: bench.latency(kind) for kind in own}
        if "idle" in wanted:
            answer["idle_socket"] = {kind: bench.idle(kind) for kind in ("daphne", "uvicorn")}
        if "config" in wanted:
            answer["config"] = {kind: bench.config(kind) for kind in ("daphne", "uvicorn")}
        if "size" in wanted:
            answer["widget"] = footprint.widget_bytes()
        answer["stored"] = dict(bench.stored)
    return answer


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
