"""Pictures that somebody sends: decoded and written anew by a process with limits, so that ours never sees their bytes
as a picture.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

PROGRAM = Path(__file__).with_name("picture_process.py")
# Of what is sent; more isn't given to the process.
MOST_BYTES = 2 * 1024 * 1024
# The process stops itself after 6 s of processor time; on a busy machine that takes longer by the clock.
_LIMIT_S = 15
CONTENT_TYPE = "image/webp"


class PictureProblem(StrEnum):
    """Why a picture isn't taken."""

    EMPTY = "empty"
    HEAVY = "heavy"
    KIND = "kind"
    LARGE = "large"
    BROKEN = "broken"
    BLANK = "blank"


class BadPicture(Exception):
    """Raised where a picture isn't taken."""

    def __init__(self, problem: PictureProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture as we wrote it: WebP, sRGB, one frame, with nothing else in it.

    `is_light`: it would vanish on a white ground. `colours`: those that may be a company's own, the best first.
    """

    body: bytes
    width: int
    height: int
    is_light: bool
    colours: tuple[str, ...]


def make_square(data: bytes, *, side: int) -> CleanPicture:
    """Return a PNG, JPEG, WebP or GIF anew, in a transparent square of at most `side` pixels.

    Raises:
        BadPicture: it isn't taken, and why. A process that was ended by a limit has met a broken one.
    """
    if not data:
        raise BadPicture(PictureProblem.EMPTY)
    if len(data) > MOST_BYTES:
        raise BadPicture(PictureProblem.HEAVY)
    said, body = _ask(data, side)
    try:
        facts = json.loads(said)
        if "problem" in facts:
            raise BadPicture(PictureProblem(facts["problem"]))
        return CleanPicture(body, facts["width"], facts["height"], facts["is_light"], tuple(facts["colours"]))
    except (ValueError, KeyError, TypeError):
        raise BadPicture(PictureProblem.BROKEN) from None


def _ask(data: bytes, side: int) -> tuple[bytes, bytes]:
    """Return the process's line and what follows it. Files and no pipes, as its limit of writing counts files only."""
    # Isolated (-I): neither our environment nor a folder of ours is on its path, the packages beside Python are.
    command = [sys.executable, "-I", str(PROGRAM), str(side)]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        given.write(data)
        given.seek(0)
        try:
            subprocess.run(
                command,
                stdin=given,
                stdout=made,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                timeout=_LIMIT_S,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            raise BadPicture(PictureProblem.BROKEN) from None
        made.seek(0)
        said, _, body = made.read().partition(b"\n")
        return said, body
