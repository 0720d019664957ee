"""The threads behind a test's event loop, with an end: asyncio's own way to wait for them has no limit."""

import asyncio
import sys
import traceback
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

# Twice what PostgreSQL takes to answer the slowest query of the live path on a busy machine.
END_LIMIT_S = 20


class CountedThreads(ThreadPoolExecutor):
    """A loop's threads, of which every job is known until it is done."""

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="live")
        self._jobs: set[Future[Any]] = set()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a job to a thread."""
        job = super().submit(fn, *args, **kwargs)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        return job

    async def end(self) -> None:
        """Wait for the jobs, then for the threads. Raises TimeoutError with the stacks of those that go on."""
        loop = asyncio.get_running_loop()
        # The loop goes on meanwhile: jobs may need it. It is also what the loop waits for when it is closed.
        spare = ThreadPoolExecutor(1)
        loop.set_default_executor(spare)
        jobs = self._jobs.copy()
        busy = (await loop.run_in_executor(spare, wait, jobs, END_LIMIT_S)).not_done
        self.shutdown(wait=not busy)
        if busy:
            stacks = [
                "".join(traceback.format_stack(sys._current_frames()[thread.ident]))
                for thread in self._threads
                if thread.ident in sys._current_frames()
            ]
            raise TimeoutError(f"threads still busy after {END_LIMIT_S} s:\n" + "\n".join(stacks))
