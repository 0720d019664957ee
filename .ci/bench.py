"""Run the benches and replays of `make prove`, and keep each answer with commit and machine.

Every command prints one JSON object; it lands in docs/bench/<name>.json. Replays need the real
dialogues that lie beside the repository; without them they are named as left out.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DIALOGUES = ROOT.parent / "shared" / "data" / "dialogues.jsonl.gz"
BENCHES = ("live", "config", "pool", "page")
SMALL = {"chats": 120, "rate": 60, "speed": 30, "operators": 12}
REPLAYS = {
    "replay-490": {"chats": 490, "rate": 60, "speed": 10, "operators": 12},
    "replay-490-fast": {"chats": 490, "rate": 600, "speed": 40, "operators": 40},
    "replay-490-killed": {
        "chats": 490,
        "rate": 300,
        "speed": 40,
        "operators": 40,
        "kill": "web,worker,postgres",
    },
    "replay-490-worker": {
        "chats": 490,
        "rate": 300,
        "speed": 40,
        "operators": 40,
        "kill-every": "worker:3",
    },
    "replay-postgres": {**SMALL, "kill": "postgres,postgres,postgres"},
    "replay-valkey": {**SMALL, "fault": "valkey-stop,valkey-flush"},
    "replay-smtp": {**SMALL, "fault": "smtp-451,smtp-cut"},
    "replay-smtp-refused": {**SMALL, "fault": "smtp-550"},
}
# Each needs a desk of its own kind.
DISK_REPLAYS = {"replay-disk": {**SMALL, "fault": "disk"}}
CLOCK_REPLAYS = {
    f"replay-clock-{part}": {**SMALL, "fault": f"{part}-ahead,{part}-behind"}
    for part in ("dispatcher", "web", "worker", "postgres", "all")
}


def machine() -> dict[str, Any]:
    """Describe the machine that the numbers were taken on."""
    model = "unknown"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return {
        "system": platform.platform(),
        "processor": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def commit() -> str:
    """Return the commit, with a plus when the tree differs from it."""
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD"], cwd=ROOT, check=False).returncode
    return head.stdout.strip() + ("+" if changed else "")


def keep(name: str, arguments: list[str]) -> bool:
    """Run one manage.py command, keep its JSON. Returns whether it succeeded."""
    print(f"-- {name}: manage.py {' '.join(arguments)}", flush=True)
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    try:
        result = json.loads(done.stdout[done.stdout.index("{") :])
    except ValueError:
        print(f"   no JSON in its answer (exit code {done.returncode})")
        return False
    record = {
        "name": name,
        "command": ["manage.py", *[word.replace(str(ROOT.parent), "..") for word in arguments]],
        "commit": commit(),
        "machine": machine(),
        "taken_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "exit_code": done.returncode,
        "result": result,
    }
    folder = ROOT / "docs" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
    print(json.dumps(result))
    return done.returncode == 0


RUN = ("manage.py", "run")


class Desk:
    """A Balie of our own for the replays: its own home and port, stopped at the end."""

    def __init__(self, home: Path, port: int, command: Sequence[str] = RUN) -> None:
        self.command = command
        self.base_url = f"http://127.0.0.1:{port}"
        self.environment = os.environ | {"BALIE_HOME": str(home), "PORT": str(port)}

    def __enter__(self) -> "Desk":
        self.process = subprocess.Popen(
            [sys.executable, *self.command],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stdout or ():
            print(line, end="")
            if "Ctrl-C" in line:
                # The replay finds the services of this desk, not of another that runs here.
                os.environ["BALIE_HOME"] = self.environment["BALIE_HOME"]
                return self
        raise SystemExit("balie: the desk for the replays did not start")

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(15)


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """Mount a disk of 420 MB in memory. None where we may not mount one."""
    if os.geteuid() != 0:
        yield None
        return
    # Where the account of the embedded servers can go, too.
    folder = Path(tempfile.mkdtemp(prefix="balie-disk-", dir="/mnt"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=420m", "tmpfs", str(folder)], check=True)
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=False)
        folder.rmdir()


def play(replays: dict[str, dict[str, Any]], desk: Desk) -> bool:
    """Play these at one desk. Returns whether all were good."""
    good = []
    with desk:
        for name, sizes in replays.items():
            options = [word for key, value in sizes.items() for word in (f"--{key}", str(value))]
            where = ["--dialogues", str(DIALOGUES), "--base-url", desk.base_url]
            good.append(keep(name, ["replay", *where, *options, "--json"]))
    return all(good)


def main() -> int:
    """Run everything in turn. Returns 1 when anything failed."""
    good = [keep(f"bench-{name}", ["bench", name, "--json"]) for name in BENCHES]
    if not DIALOGUES.exists():
        print("replays left out: the real dialogues are not beside this repository")
        return 0 if all(good) else 1
    port = int(os.environ.get("PORT") or 8040)
    good.append(play(REPLAYS, Desk(ROOT / "var" / "prove", port)))
    if shutil.which("cc"):
        clocks = ("-m", "balie.bench.replay.clocks")
        good.append(play(CLOCK_REPLAYS, Desk(ROOT / "var" / "prove-clocks", port, clocks)))
    else:
        print("replays of clocks left out: no C compiler (apt-get install gcc libc6-dev)")
    with small_disk() as disk:
        if disk:
            good.append(play(DISK_REPLAYS, Desk(disk / "home", port)))
        else:
            print("replay of a full disk left out: only root can mount a small one")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
