"""Files of npm packages as static files, under `npm/`. Nothing of them is copied into the repository."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# The files that pages may load, and nothing else of node_modules: the path behind `npm/` is the path in the package.
SERVED = (
    "preact/dist/preact.mjs",
    "preact/hooks/dist/hooks.mjs",
    "htm/dist/htm.mjs",
    "@preact/signals/dist/signals.mjs",
    "@preact/signals-core/dist/signals-core.mjs",
    "@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2",
    "@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-ext-wght-normal.woff2",
)
PREFIX = "npm/"


class PackageFinder(BaseFinder):
    """Finds the files of `SERVED` in node_modules."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = FileSystemStorage(settings.BASE_DIR / "node_modules")
        self.storage.prefix = PREFIX.rstrip("/")  # type: ignore[attr-defined]

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file on disk of a path such as `npm/htm/dist/htm.mjs`, or an empty list if it isn't served."""
        inside = path.removeprefix(PREFIX)
        if inside == path or inside not in SERVED or not self.storage.exists(inside):
            return []
        found = self.storage.path(inside)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every served file that is installed, for collectstatic."""
        for path in SERVED:
            if self.storage.exists(path):
                yield path, self.storage
