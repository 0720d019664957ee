"""Break the code in a seeded sample of small ways, and see that some test fails for each: `make prove`.

Each mutant is judged in a copy of the tree by the tests that run its line, the nearest first; the first failure ends
it. All tests run once before, under coverage. The servers run all the while, and so stays the template database.
docs/mutation.md says how to read what comes out; known.toml holds the verdicts on those that survived.

    .venv/bin/python .ci/mutation/run.py [--seed 12] [--python 120] [--javascript 30] [--part 1/4]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from nearest import APPS, read_reach, run_pytest
from sites import choose_mutant

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT), str(ROOT / ".ci")]
LAYERS = ("domain", "services", "live", "realtime")
REDUCERS = (
    "static/console/state/*.js",
    "static/console/rules/*.js",
    "static/widget/panel/{state,memory}.js",
    "static/widget/talk/{log,transcript}.js",
)
# A run of tests hangs that takes this much to start, and its tests this many times as long as under coverage.
START_S = 60
SLOWER = 4
WANTED = 0.93


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant and what became of it: the test that failed, "" where none did."""

    file: str
    line: int
    was: str
    becomes: str
    killed_by: str
    seconds: float


def main() -> int:
    """Judge the sample, keep docs/bench/mutation.json. Returns 1 if too many survive."""
    asked = _arguments()
    part, parts = map(int, asked.part.split("/"))
    random = Random(asked.seed)
    judged: list[Judged] = []
    with tempfile.TemporaryDirectory(prefix="balie-mutants-") as folder, _servers(Path(folder)):
        copy = Path(folder) / "tree"
        ignored = shutil.ignore_patterns(".git", "__pycache__", "var", ".venv", "node_modules")
        shutil.copytree(ROOT, copy, ignore=ignored)
        for name in (".venv", "node_modules"):
            (copy / name).symlink_to((ROOT / name).resolve())
        makers = (
            _python(copy, asked.python, random, part, parts),
            _javascript(copy, asked.javascript, random, part, parts),
        )
        for one in (one for maker in makers for one in maker):
            judged.append(one)
            print(f"{'killed ' if one.killed_by else 'ALIVE  '} {one.seconds:4.0f} s {one.file}:{one.line}", flush=True)
            print(f"        {one.was[:100]}\n     -> {one.becomes[:100]}", flush=True)
    return _report(judged, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--python", type=int, default=120)
    parser.add_argument("--javascript", type=int, default=30)
    parser.add_argument("--part", default="1/1", help="the second fifth: 2/5")
    return parser.parse_args()


@contextmanager
def _servers(home: Path) -> Iterator[None]:
    """Run the tests' servers, for all mutants. Those that the environment names are used as they are."""
    os.environ |= {"BALIE_ENV": "test", "BALIE_HOME": str(home), "BALIE_TEST_HOME": str(home)}
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield
        return
    from balie.run.servers.services import Services

    services = Services(home / "services", durable=False).reserve()
    services.start()
    os.environ |= {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url}
    try:
        yield
    finally:
        services.stop()


def _python(copy: Path, size: int, random: Random, part: int, parts: int) -> Iterator[Judged]:
    """Judge this many mutants, of files chosen by their length."""
    files = sorted(
        str(path.relative_to(copy))
        for app in APPS
        for layer in LAYERS
        for path in (copy / app / layer).rglob("*.py")
        if path.name != "__init__.py"
    )
    lengths = [len((copy / file).read_text()) for file in files]
    chosen = random.choices(files, lengths, k=size)
    if not size:
        return
    reach = read_reach(copy)
    for index, (file, seed) in enumerate([(file, random.random()) for file in chosen]):
        if index % parts + 1 != part:
            continue
        mutant = choose_mutant(copy, file, Random(seed))
        if mutant is None:
            continue
        began, original = time.monotonic(), (copy / file).read_text()
        (copy / file).write_text(mutant.code)
        killed_by = _failing(copy, reach.tests_of(file, mutant.line))
        (copy / file).write_text(original)
        yield Judged(file, mutant.line, mutant.was, mutant.becomes, killed_by, round(time.monotonic() - began, 1))


def _failing(copy: Path, tests: dict[str, float]) -> str:
    """Return the first of these tests that fails, or hangs, or "" if all pass."""
    if not tests:
        return ""
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    chosen = copy.parent / "chosen.json"
    chosen.write_text(json.dumps([*tests]))
    limit = START_S + SLOWER * sum(tests.values())
    try:
        done = run_pytest(copy, ["-x", *files], {"CHOSEN": str(chosen)}, limit)
    except subprocess.TimeoutExpired:
        return "too slow"
    if done.returncode == 0:
        return ""
    lines = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(("FAILED tests", "ERROR tests"))]
    return lines[0] if lines else "it can't be imported"


def _javascript(copy: Path, size: int, random: Random, part: int, parts: int) -> Iterator[Judged]:
    """Judge this many of Stryker's mutants: all of them lie in the files behind switches, and one is on."""
    if not size:
        return
    files = sorted(
        {str(path.relative_to(copy)) for glob in REDUCERS for one in _either(glob) for path in copy.glob(one)}
    )
    instrument = ["node", str(HERE / "instrument.mjs"), str(copy), *files]
    mutants = json.loads(subprocess.run(instrument, cwd=ROOT, capture_output=True, check=True).stdout)
    reached = _reached(copy)
    for index, one in enumerate(random.sample(mutants, size)):
        if index % parts + 1 != part:
            continue
        began, killed_by = time.monotonic(), ""
        tests = sorted(test for test, ids in reached.items() if one["id"] in ids)
        try:
            on = {**os.environ, "__STRYKER_ACTIVE_MUTANT__": one["id"]}
            done = subprocess.run(
                ["node", "--test", *tests], cwd=copy, env=on, capture_output=True, timeout=60, check=False
            )
            killed_by = tests[0] if tests and done.returncode else ""
        except subprocess.TimeoutExpired:
            killed_by = "too slow"
        was, becomes = (" ".join(one[side].split()) for side in ("was", "becomes"))
        yield Judged(one["file"], one["line"], was, becomes, killed_by, round(time.monotonic() - began, 1))


def _either(glob: str) -> list[str]:
    head, brace, tail = glob.partition("{")
    names, _, end = tail.partition("}")
    return [head + name + end for name in names.split(",")] if brace else [glob]


def _reached(copy: Path) -> dict[str, set[str]]:
    """Test file -> ids of the mutants that it runs through."""
    tests = sorted(str(path.relative_to(copy)) for path in (copy / "tests" / "js").rglob("*.test.*js"))
    with tempfile.TemporaryDirectory() as folder:
        on = {**os.environ, "MUTANTS_REACHED": folder, "NODE_OPTIONS": f"--import {HERE / 'cover.mjs'}"}
        done = subprocess.run(["node", "--test", *tests], cwd=copy, env=on, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"the JavaScript tests fail without a mutant: {done.stdout.decode()[-2000:]}")
        found = [json.loads(path.read_text()) for path in Path(folder).iterdir()]
    return {str(Path(test).relative_to(copy)): set(ids) for test, ids in found}


def _report(judged: list[Judged], asked: argparse.Namespace) -> int:
    from bench import commit, machine

    known = {
        (one["file"], one["was"], one["becomes"]) for one in tomllib.loads((HERE / "known.toml").read_text())["same"]
    }
    alive = [one for one in judged if not one.killed_by]
    same = [one for one in alive if (one.file, one.was, one.becomes) in known]
    real = len(judged) - len(same)
    share = (real - len(alive) + len(same)) / real if real else 1.0
    print(f"{len(judged)} mutants, {len(same)} of them the same program; {share:.1%} of the others killed")
    answer = {
        "commit": commit(),
        "machine": machine(),
        "seed": asked.seed,
        "part": asked.part,
        "mutants": len(judged),
        "same": len(same),
        "killed": len(judged) - len(alive),
        "share": round(share, 3),
        "alive": [asdict(one) for one in alive],
    }
    (ROOT / "docs" / "bench" / "mutation.json").write_text(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
    return int(share < WANTED)


if __name__ == "__main__":
    raise SystemExit(main())
