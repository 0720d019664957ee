"""The files that an installation starts from, each tried by the program it is for, as Debian has it."""

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from balie.run.balie_home import ROOT
from balie.run.machine import pick_port
from tests.balie.run.desk import eventually
from tests.conftest import find_program

pytestmark = pytest.mark.launcher

DEPLOY = ROOT / "deploy"
SINCE_27 = "stream_close_delay"


def caddyfile() -> str:
    """Return the shipped file, on Caddy 2.6 without the one line that it doesn't know."""
    said = subprocess.run(["caddy", "version"], capture_output=True, text=True, timeout=30).stdout
    numbers = re.findall(r"\d+", said)
    text = (DEPLOY / "Caddyfile").read_text()
    if [int(number) for number in numbers[:2]] >= [2, 7]:
        return text
    print(f"Caddy {'.'.join(numbers[:3])}: deploy/Caddyfile is tried without {SINCE_27}, of 2.7")
    return "".join(line for line in text.splitlines(True) if SINCE_27 not in line)


@pytest.mark.debian("caddy")
def test_the_caddyfile_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        (tmp_path / "Caddyfile").write_text(caddyfile())
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", tmp_path / "Caddyfile"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout.strip()) == (0, "Valid configuration"), done.stderr


@contextmanager
def web(port: int) -> Iterator[None]:
    """Run a web process that answers everything, and kill it at the end."""
    command = [sys.executable, "-m", "tests.balie.run.stand_in", "web", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: ask(port) == (200, str(port)), within_s=30)
            yield
        finally:
            process.kill()


def ask(port: int, method: str = "GET", path: str = "/") -> tuple[int, str]:
    """Return the status of one answer and the port of its sender, or (0, "") if there is none."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request(method, path, body=b"{}" if method == "POST" else None)
        answer = line.getresponse()
        return answer.status, answer.headers.get("X-Port", "")
    except OSError:
        return 0, ""
    finally:
        line.close()


@pytest.mark.debian("caddy")
def test_a_killed_web_process_costs_no_client_an_error(tmp_path: Path) -> None:
    one, other, port = pick_port(), pick_port(), pick_port()
    text = caddyfile().replace("127.0.0.1:8000", f"127.0.0.1:{one}")
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{other}")
    text = text.replace("desk.example.nl {", f"http://127.0.0.1:{port} {{").split("*.portal")[0]
    text = text.replace("{\n\tservers", "{\n\tadmin off\n\tservers", 1)
    (tmp_path / "Caddyfile").write_text(text)
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", tmp_path / "Caddyfile"]
    with web(other), subprocess.Popen(command, stderr=subprocess.DEVNULL) as caddy:
        try:
            seen = []
            for _ in range(2):
                with web(one):
                    # Both are found well before one is killed.
                    for wanted in (one, other):
                        eventually(lambda w=wanted: ask(port) == (200, str(w)), within_s=30)
                # A form that is sent to nobody in the first moment may fail; a look never.
                seen += [ask(port) for _ in range(30)]
                seen += [ask(port, "POST", path) for path in ("/", "/wire/x/") for _ in range(10)]
            assert set(seen) == {(200, str(other))}
            assert ask(port, path="/healthz")[0] == ask(port, path="/metrics")[0] == 404
        finally:
            caddy.kill()


@pytest.mark.debian("systemd-analyze")
def test_the_units_are_valid(tmp_path: Path) -> None:
    units = []
    for unit in (DEPLOY / "systemd").glob("*.[st][ea]r*"):
        place = tmp_path / unit.name.replace("@.", "@8000.")
        place.write_text(unit.read_text().replace("/srv/balie/.venv/bin/python", sys.executable))
        units.append(str(place))
    assert len(units) == 5
    done = subprocess.run(
        [str(find_program("systemd-analyze")), "verify", *units],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_unit_runs_what_the_set_up_page_says_and_has_its_folder() -> None:
    page = (ROOT / "docs" / "setup.md").read_text()
    units = {unit.stem.strip("@"): unit.read_text() for unit in DEPLOY.glob("systemd/*.service")}
    assert len(units) == 4
    for name, text in units.items():
        assert "\nStateDirectory=balie\n" in text, name
        (wanted,) = re.findall(r"ExecStart=\S+ (?:-m )?(.*)", text)
        words = wanted.replace("uvicorn ", "").split()
        short = {"balie-web": words[:1], "balie-dispatcher": words[:2]}.get(name, words[:4])
        assert " ".join(short) in page, name
