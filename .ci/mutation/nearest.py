"""Which tests judge a mutant: those that run its line, the nearest first, for as long as BUDGET_S allows."""

import ast
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
APPS = ("agency", "billing", "chat")
# These start servers of their own, or a browser: what they walk through is tested nearer by others.
FAR = (
    *("tests/browser", "tests/concurrency", "tests/contracts"),
    *(f"tests/balie/{topic}" for topic in ("bench", "demo", "deploy", "run")),
)
# The tests chosen for one mutant take this much of a processor together, as measured under coverage.
BUDGET_S = 90


@dataclass(frozen=True, slots=True)
class Reach:
    """The lines that each test runs: file -> line -> tests. `imports` are a file's imports, by dotted name."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, set[str]]]
    imports: dict[str, set[str]]

    def tests_of(self, file: str, line: int) -> dict[str, float]:
        """Return the tests that judge a line, with their seconds, in the order to run them.

        First those that run the line, then those that run anything of its file, or, for a line that only an import
        runs, of a file that imports it. Of these, first those whose file imports the module or lies in the folder of
        its topic, then the quickest; a file's tests stay together, as their fixtures cost the most.
        """
        own = self.lines.get(file, {})
        of_line = own.get(line, set())
        tests = set().union(*own.values())
        module = file.removesuffix(".py").replace("/", ".")
        if not of_line:
            users = [other for other, named in self.imports.items() if module in named]
            tests = tests.union(*(found for user in users for found in self.lines.get(user, {}).values()))
        places: dict[tuple[bool, str], list[str]] = {}
        for test in sorted(tests):
            places.setdefault((test not in of_line, test.partition("::")[0]), []).append(test)
        topic = f"tests/{Path(file).parent}/"

        def distance(place: tuple[bool, str]) -> tuple[bool, bool, float]:
            passes_by, where = place
            near = module in self.imports.get(where, ()) or where.startswith(topic)
            return passes_by, not near, sum(self.seconds[test] for test in places[place])

        chosen: dict[str, float] = {}
        for place in sorted(places, key=distance):
            for test in places[place]:
                if sum(chosen.values()) < BUDGET_S:
                    chosen[test] = self.seconds[test]
        return chosen


def read_reach(root: Path) -> Reach:
    """Run all near tests once, under coverage. BALIE_REACH names a folder that keeps the answer for another run."""
    kept = Path(os.environ.get("BALIE_REACH") or tempfile.mkdtemp(dir=root.parent))
    kept.mkdir(exist_ok=True)
    tests = _tests(root)
    if not list(kept.iterdir()):
        processes = ["-n", str(os.cpu_count()), "--dist", "loadfile", "--no-loadscope-reorder"]
        run_pytest(root, [*processes, "--timeout=600", *tests], {"REACH_TO": str(kept)}, None)
    seconds: dict[str, float] = {}
    lines: dict[str, dict[int, set[str]]] = {}
    for part in map(json.loads, map(Path.read_text, sorted(kept.iterdir()))):
        seconds |= part["seconds"]
        for file, of_lines in part["lines"].items():
            for line, found in of_lines.items():
                lines.setdefault(file, {}).setdefault(int(line), set()).update(filter(None, found))
    sources = [str(path.relative_to(root)) for app in APPS for path in (root / app).rglob("*.py")]
    return Reach(seconds, lines, {file: _imports(root / file) for file in [*tests, *sources]})


def run_pytest(
    root: Path, arguments: list[str], more: dict[str, str], limit: float | None
) -> subprocess.CompletedProcess[str]:
    """Run tests with the plugin of reach.py. Compiled files lie beside the tree, for all runs."""
    environment = {**os.environ, **more, "PYTHONPATH": str(HERE), "PYTHONPYCACHEPREFIX": str(root.parent / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [".venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "reach", *arguments]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=limit, check=False
    )


def _tests(root: Path) -> list[str]:
    found = sorted(str(path.relative_to(root)) for path in (root / "tests").rglob("test_*.py"))
    return [test for test in found if not test.startswith(FAR)]


def _imports(file: Path) -> set[str]:
    """Return what a file imports, by its dotted name, and of each module the names that are taken from it."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return named
