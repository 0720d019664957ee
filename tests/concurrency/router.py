"""A router as a process of its own: `python -m tests.concurrency.router` offers what waits until its standard input
ends.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
# Eight that begin at once share two cores with their own imports.
MOST_SECONDS = 120


def route(over: threading.Event, *, rest: float) -> None:
    """Sweep again and again, with so many seconds of rest where nothing could be offered."""
    from django.utils import timezone

    from chat.services import assignment

    while not over.is_set():
        if not assignment.assign_waiting(now=timezone.now()):
            over.wait(rest)


@contextmanager
def router_processes(count: int, database: str) -> Iterator[None]:
    """Run so many of them on this database, who begin at the same moment. All are gone when it ends."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    routers = [
        subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(count)
    ]
    try:
        with _killed_if_late(routers):
            for one in routers:
                assert one.stdout.readline() == b"ready\n"
        for one in routers:
            one.stdin.write(b"begin\n")
            one.stdin.flush()
        yield
        assert all(one.poll() is None for one in routers)
    finally:
        with _killed_if_late(routers):
            for one in routers:
                one.stdin.close()
            for one in routers:
                one.wait()
                one.stdout.close()


@contextmanager
def _killed_if_late(routers: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    """End what waits for a process that does nothing."""
    late = threading.Timer(MOST_SECONDS, lambda: [one.kill() for one in routers])
    late.start()
    try:
        yield
    finally:
        late.cancel()


def main() -> None:
    """Route until standard input ends."""
    import django

    django.setup()
    from django.db import connection

    from chat.services import assignment  # imported before it is ready: it isn't what is raced

    assert assignment
    connection.ensure_connection()
    over = threading.Event()
    print("ready", flush=True)
    sys.stdin.readline()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    # Ten times as often as a dispatcher; without a rest eight of them would leave the operators no time to act.
    route(over, rest=0.1)


if __name__ == "__main__":
    main()
