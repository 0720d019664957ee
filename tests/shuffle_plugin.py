"""`pytest --shuffle SEED`: the files in another order, and the tests within each, to find what leans on order.

In a normal run chance decides, too: xdist gives each file to the process that is free. Modules and packages stay
together, as their fixtures cost the most.
"""

import random
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run files, and tests within each, in another order")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle folders, files and tests. The same seed gives the same order in each process of xdist."""
    seed = config.getoption("shuffle")
    if seed is None:
        return
    chance = random.Random(seed)
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    places: dict[Path, list[Path]] = {}
    for path in files:
        places.setdefault(path.parent, []).append(path)
    for shuffled in (*files.values(), *places.values()):
        chance.shuffle(shuffled)
    folders = [*places]
    chance.shuffle(folders)
    items[:] = [item for folder in folders for path in places[folder] for item in files[path]]
