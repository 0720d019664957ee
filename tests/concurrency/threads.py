"""Jobs at the same moment, each on a connection of its own. Nothing here waits for longer than a minute."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

MOST_SECONDS = 60


@contextmanager
def in_background(*jobs: Callable[[], None]) -> Iterator[None]:
    """Run every job on its own thread and connection meanwhile. The first failure is raised, also of one that doesn't
    end.
    """
    failures: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 -- raised again on the test's own thread
            failures.append(error)
        finally:
            connection.close()

    # Daemons: one that hangs fails this test and holds up nothing after it.
    threads = [threading.Thread(target=run, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        give_up = time.monotonic() + MOST_SECONDS
        for thread in threads:
            thread.join(max(0.0, give_up - time.monotonic()))
    if failures:
        raise failures[0]
    assert not any(thread.is_alive() for thread in threads)


def in_threads(*jobs: Callable[[], None]) -> None:
    """Run every job on its own thread and connection. The first failure is raised."""
    with in_background(*jobs):
        pass


def wait_until(done: Callable[[], bool]) -> None:
    """Look every 20 ms whether it is so."""
    give_up = time.monotonic() + MOST_SECONDS
    while not done():
        assert time.monotonic() < give_up
        time.sleep(0.02)
