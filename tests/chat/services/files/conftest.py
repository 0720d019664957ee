"""A storage of its own for each test: the files of one are no orphans of another."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Return where files are stored."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"
