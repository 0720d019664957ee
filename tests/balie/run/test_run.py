"""The whole of `manage.py run`: real programs, real demo, from an empty folder. About a minute."""

import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from balie.demo.sites import SITE_KEYS
from tests.balie.run.desk import UP, Desk, are_gone

pytestmark = [pytest.mark.launcher, pytest.mark.prove]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "the real desk", command=("manage.py", "run"))
    yield desk
    desk.clear()


def fetch(url: str, host: str = "localhost") -> tuple[int, str]:
    request = urllib.request.Request(url, headers={"Host": host})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read().decode()


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_an_empty_folder_becomes_a_front_desk_twice(desk: Desk, server: str) -> None:
    desk.start(SERVER=server, BALIE_ENV="development").until(UP, within_s=120)
    base, sites = f"http://127.0.0.1:{desk.port}", f"http://127.0.0.1:{desk.port + 1}"

    assert fetch(f"{base}/healthz")[0] == 200
    for name, key in SITE_KEYS.items():
        page = fetch(f"{sites}/", host=f"{name}.localhost:{desk.port + 1}")[1]
        assert f'src="http://localhost:{desk.port}/widget/{key}.js"' in page
        assert fetch(f"{base}/widget/{key}.js")[0] == 200

    family = desk.descendants()
    began = time.monotonic()
    desk.process.send_signal(signal.SIGTERM)
    assert desk.ends(within_s=12) == 0
    assert time.monotonic() - began <= 10
    assert are_gone(family)

    began = time.monotonic()
    desk.start(SERVER=server, BALIE_ENV="development").until(UP, within_s=60)
    assert time.monotonic() - began <= 10
