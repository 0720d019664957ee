"""Room on the disk of a run: said when it is gone, and when it is back what was given up meanwhile is started again."""

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

# PostgreSQL takes 16 MB at a time for its journal.
FULL_MB = 32
ROOM_MB = 64


class DiskRoom:
    """Looks at the disks of some folders."""

    def __init__(self, folders: set[Path], *, say: Callable[[str], None], revive: Callable[[], None]) -> None:
        """`revive` starts again what was given up while the disk was full."""
        self.folders, self.say, self.revive = folders, say, revive
        self.is_full = False

    def look(self) -> None:
        """Say what has changed since the last look."""
        folder = min(self.folders, key=lambda one: shutil.disk_usage(one).free)
        free_mb = shutil.disk_usage(folder).free // 1_000_000
        if not self.is_full and free_mb < FULL_MB:
            self.is_full = True
            self._tell(
                f"The disk is full: {free_mb} MB free at {folder}. Nothing is lost, but what has to be "
                f"stored is refused "
                "until there is room. Balie goes on by itself then."
            )
        elif self.is_full and free_mb >= ROOM_MB:
            self.is_full = False
            self._tell(f"There is room again: {free_mb} MB free at {folder}.")
            self.revive()

    def _tell(self, words: str) -> None:
        # Our own output may go to a file on that disk.
        with contextlib.suppress(OSError):
            self.say(words)
