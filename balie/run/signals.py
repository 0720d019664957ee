"""When the launcher stops: the signals that end it, and how the clean-up finishes all the same."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from balie.run.parent_watch import signal_on_parent_death


class Stop(BaseException):
    """Raised on Ctrl-C or SIGTERM. Not an Exception, so that no `except Exception` keeps it."""


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Raise Stop in this block at the first Ctrl-C, SIGTERM or hang-up."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stop

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Let the clean-up finish: an impatient second Ctrl-C would leave processes behind."""
    numbers = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_make() -> None:
    """Stop when make, our parent, is killed. Without make the starting shell may well end."""
    parent = os.environ.get("BALIE_MAKE_PID", "")
    if sys.platform == "linux" and parent.isdecimal() and os.getppid() == int(parent):
        signal_on_parent_death(signal.SIGTERM, int(parent))
