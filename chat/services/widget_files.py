"""The widget's files as they go over the wire: without comments and indentation, packed, and under
an address that names their content.

A visitor's page pays for every byte, a reader of the source for every comment that is missing.
Dropping whole-line comments and indentation when the files are read (about a third of the packed
size) serves both, and needs no build step: the source in `static/widget/` runs as it is.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "static" / "widget"
# What the console uses as well. Pages get it under the panel's own address.
SHARED = FOLDER.parent / "shared" / "text.js"
LOADER = "loader.js"
ENTRY = "panel.js"
# Fetched only where WebSocket is blocked, and only when a chat comes to its end.
POLL = frozenset({"poll.js"})
ENDING = frozenset({"ending.js", "ending-styles.js", "ending-words.js", "parting.js"})
# Fetched with the ending, when there is a question to be left.
QUESTION = frozenset({"question.js"})
# Fetched by the loader, where a site invites or has pages of low value; it uses the panel's targeting.
INVITE = frozenset({"invite.js"})

_BLOCK_COMMENT = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", re.DOTALL | re.MULTILINE)
_LINE_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+|^\n", re.MULTILINE)
# After these a line's end means nothing, to the language or to a style sheet; nor does the space before a last brace.
_NEEDLESS_END = re.compile(r"(?<=[{,;(\[])\n| (?=\{\n)")
# What stands between quotes stays to the letter; elsewhere no space around these means anything.
_QUOTED = re.compile(r'("(?:[^"\\\n]|\\.)*"|`[^`]*`)')
_SPACE_AROUND = re.compile(r" ?(=>|[=!]==|&&|\|\||\?\?|[=?:<>*,{}]) ?")
# In files of styles also the spaces that mean nothing to a style sheet, as those behind a colon.
_NEEDLESS_SPACE = re.compile(r" ?([{}]) ?|(?<=[:;,]) ")


@dataclass(frozen=True, slots=True)
class WireFile:
    """One file, ready to send."""

    body: bytes
    packed: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class WireFiles:
    """All files of one release; `release` is a name made from their content."""

    release: str
    files: dict[str, WireFile]


def wire_form(source: str) -> str:
    """Return a module without its whole-line comments, indentation, and line ends and spaces that mean nothing.

    Comments go only where they are whole lines, so no string is ever touched; a template literal
    may lose white space, which the style sheets in them don't need. (A comment behind code would
    swallow the next line: `tests/views/test_widget.py` looks for them.)
    """
    without = _LINE_COMMENT.sub("", _BLOCK_COMMENT.sub("", source))
    return "".join(
        part if quoted else _SPACE_AROUND.sub(r"\1", part)
        for part, quoted in _parts(_NEEDLESS_END.sub("", _INDENT.sub("", without)))
    )


def _parts(source: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a module in order, each with whether it is a string or a template."""
    for at, part in enumerate(_QUOTED.split(source)):
        yield part, at % 2 == 1


def current() -> WireFiles:
    """Return the files now on disk; read again only when one of them changed.

    In production they can't change while the process lives, so the look at the disk is left out.
    """
    return _read(0 if settings.PRODUCTION else _changed_at())


def panel_url() -> str:
    """The address of the panel's entry module, the same for as long as its files are."""
    return f"/widget/panel/{current().release}/{ENTRY}"


def find_panel_file(name: str) -> WireFile | None:
    """The panel's file of this name (`words/nl.js`), or None. The loader isn't one of them."""
    return None if name == LOADER else current().files.get(name)


def loader() -> WireFile:
    """The loader, the same for every site: it reads its site key from its own address."""
    return current().files[LOADER]


def _changed_at() -> int:
    return max(path.stat().st_mtime_ns for path in [SHARED, *FOLDER.rglob("*.js")])


@lru_cache(maxsize=2)
def _read(_changed_at: int) -> WireFiles:
    files = {}
    for path in [SHARED, *sorted(FOLDER.rglob("*.js"))]:
        source = wire_form(path.read_text(encoding="utf-8")).replace('"../shared/', '"./shared/')
        if path.stem.endswith("styles"):
            source = _NEEDLESS_SPACE.sub(r"\1", source)
        body = source.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        packed = gzip.compress(body, compresslevel=9, mtime=0)
        folder = FOLDER if path.is_relative_to(FOLDER) else FOLDER.parent
        files[path.relative_to(folder).as_posix()] = WireFile(body, packed, etag)
    names = "".join(f"{name} {file.etag}\n" for name, file in files.items())
    return WireFiles(hashlib.sha256(names.encode()).hexdigest()[:12], files)
