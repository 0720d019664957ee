"""supervisord, which outlives a full disk: what it can't write down it leaves out.

Its handlers tell of a failed write on stderr, which is a file on the same disk: that failed too, and ended it with all
programs. They go on when there is room again.
"""

import contextlib
import sys
from collections.abc import Callable
from typing import Any

from supervisor import loggers, supervisord


class Forgiving:
    """A stream whose writes may fail."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what can be written."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
            self._stream.flush()
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def forgiving(act: Callable[..., None]) -> Callable[..., None]:
    """The same act without its errors of the disk."""

    def try_it(*args: Any, **more: Any) -> None:
        with contextlib.suppress(OSError):
            act(*args, **more)

    return try_it


def main() -> None:
    """Run supervisord with the arguments of the command line."""
    sys.stdout, sys.stderr = Forgiving(sys.stdout), Forgiving(sys.stderr)
    # A log that is turned over is closed, which writes what is left of it.
    handler = loggers.RotatingFileHandler
    handler.doRollover = forgiving(handler.doRollover)
    supervisord.main()


if __name__ == "__main__":
    main()
