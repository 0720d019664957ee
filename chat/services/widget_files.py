"""The widget's files as they go over the wire: bundled, split and minified by esbuild, packed, and under an address
that names their content.

A visitor's page pays for every byte and for every request. The source in `static/widget/` is plain ES modules that run
as they are; esbuild (0.1 s) makes of them what travels, in each process at its first question, the same to the byte in
all. It does so in a copy in which each style sheet inside a script is minified too: to esbuild that is a string.
"""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "static" / "widget"
# Files that the console uses as well.
SHARED = FOLDER.parent / "shared" / "text.js"
NODE_MODULES = Path(settings.BASE_DIR) / "node_modules"
LOADER = "loader.js"
ENTRY = "panel.js"
# Code that these share travels in one chunk, which names its content. Each language is fetched by itself.
SHARING = {"panel": "panel/panel.js", "ending": "ending/ending.js"}
# Whole, each by itself: a chunk with the panel would be a request more for everybody, and what they share with it is
# 0.6 KB.
ALONE = {"poll": "panel/poll.js", "invite": "invite/invite.js"}
_HOW = ("--bundle", "--minify", "--target=es2021", "--charset=utf8", "--log-level=error")
_SHEET = re.compile(r"\bcss`([^`]*)`")
_IMPORT = re.compile(r'(?:from|import)"\./([^"]+)"')
_LIMIT_S = 60
_GZIP = re.compile(r"\s*gzip\s*(?:$|;\s*q=(?!0(?:\.0*)?\s*$))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WireFile:
    """One file, ready to send. Each encoding has its own tag: a strong one stands for the bytes that are sent."""

    body: bytes
    packed: bytes
    etag: str
    packed_etag: str


@dataclass(frozen=True, slots=True)
class WireFiles:
    """All files of one release. `release` is a name made from their content."""

    release: str
    files: dict[str, WireFile]


def current() -> WireFiles:
    """Return the files now on disk, built again only when one of them changed.

    In production they can't change while the process lives, so the look at the disk is left out.
    """
    return _build(0 if settings.PRODUCTION else _changed_at())


def panel_url() -> str:
    """The address of the panel's entry module, the same for as long as its files are."""
    return f"/widget/panel/{current().release}/{ENTRY}"


def find_panel_file(name: str) -> WireFile | None:
    """The panel's file of this name (`words/nl.js`), or None. The loader isn't one of them."""
    return None if name == LOADER else current().files.get(name)


def loader() -> WireFile:
    """The loader, the same for every site: it reads its site key from its own address."""
    return current().files[LOADER]


def fetched_with(name: str) -> set[str]:
    """Return the files that a page fetches with this one, itself included, before any of it runs."""
    found: set[str] = set()
    asked = [name]
    while asked:
        one = asked.pop()
        if one not in found:
            found.add(one)
            asked += _IMPORT.findall(current().files[one].body.decode())
    return found


def takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` header allows gzip: named, and not with a weight of zero."""
    return any(_GZIP.match(part) for part in accepted.split(","))


def esbuild() -> Path:
    """Return esbuild's program for this machine, itself and not its wrapper, so that nothing of Node is needed.

    Raises:
        RuntimeError: it isn't installed.
    """
    for path in NODE_MODULES.glob("@esbuild/*/bin/esbuild"):
        return path
    raise RuntimeError("esbuild is missing, which bundles the widget: run `npm ci`")


def _changed_at() -> int:
    return max(path.stat().st_mtime_ns for path in [SHARED, *FOLDER.rglob("*.js")])


@lru_cache(maxsize=2)
def _build(_changed_at: int) -> WireFiles:
    with tempfile.TemporaryDirectory(prefix="balie-widget-") as folder:
        home = Path(folder).resolve()
        out = home / "out"
        _gather(home)
        words = {f"words/{path.stem}": f"words/{path.name}" for path in sorted(FOLDER.glob("words/*.js"))}
        names = (
            "--format=esm",
            "--chunk-names=chunk-[hash]",
            f"--outdir={out}",
        )
        # The panel asks for it at the address where it is put.
        apart = (f"--external:*/{name}.js" for name in ALONE)
        _run(home, "--splitting", *apart, *names, *_entries(SHARING | words))
        _run(home, *names, *_entries(ALONE))
        # A script of the page, as pages from before modules can carry it.
        _run(home, "--format=iife", f"{FOLDER.name}/{LOADER}", f"--outfile={out / LOADER}")
        files = {
            path.relative_to(out).as_posix(): _wire_file(path.read_text(encoding="utf-8"))
            for path in sorted(out.rglob("*.js"))
        }
    contents = "".join(f"{name} {file.etag}\n" for name, file in files.items())
    return WireFiles(hashlib.sha256(contents.encode()).hexdigest()[:12], files)


def _gather(home: Path) -> None:
    """Copy the sources to a folder, in which their style sheets are plain strings without white space."""
    shutil.copytree(FOLDER, home / FOLDER.name)
    (home / SHARED.parent.name).mkdir()
    shutil.copy(SHARED, home / SHARED.parent.name)
    scripts = {path: path.read_text(encoding="utf-8") for path in sorted((home / FOLDER.name).rglob("*.js"))}
    sheets = [sheet for script in scripts.values() for sheet in _SHEET.findall(script)]
    names = [f"{number}.css" for number in range(len(sheets))]
    for name, sheet in zip(names, sheets, strict=True):
        (home / name).write_text(sheet, encoding="utf-8")
    _run(home, f"--outdir={home / 'sheets'}", *names)
    minified = (json.dumps((home / "sheets" / name).read_text(encoding="utf-8").strip()) for name in names)
    for path, script in scripts.items():
        path.write_text(_SHEET.sub(lambda _: next(minified), script), encoding="utf-8")


def _entries(files: Mapping[str, str]) -> list[str]:
    """The names that esbuild is asked for: the one under which each file travels, and where it lies."""
    return [f"{name}={FOLDER.name}/{path}" for name, path in files.items()]


def _run(home: Path, *options: str) -> None:
    # In the folder: the names of chunks come from paths as well, and its own is another in each process.
    command = [str(esbuild()), *_HOW, *options]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=_LIMIT_S, check=False)
    if done.returncode:
        raise RuntimeError(f"the widget could not be bundled: {done.stderr.strip()}")


def _wire_file(source: str) -> WireFile:
    body = source.encode()
    tag = hashlib.sha256(body).hexdigest()[:24]
    return WireFile(body, gzip.compress(body, compresslevel=9, mtime=0), f'"{tag}"', f'"{tag}-gz"')
