"""A run of the demo as a reader of the guides has it: an empty folder, `manage.py run`."""

from collections.abc import Iterator

import pytest

from tests.balie.run.desk import UP, Desk

START_LIMIT_S = 150


@pytest.fixture(autouse=True)
def new_process() -> None:
    """Begin as any process: these tests ask nothing of the database of the others."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the demo answers."""
    desk = Desk(tmp_path_factory.mktemp("demo"), command=("manage.py", "run"))
    try:
        desk.start(SERVER="uvicorn", BALIE_ENV="development").until(UP, within_s=START_LIMIT_S)
        yield desk.port
    finally:
        desk.clear()
