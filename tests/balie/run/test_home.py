"""The launcher's refusals, each in one line, and what it keeps."""

import collections
import shutil
import stat
from pathlib import Path

import pytest

from balie.run.balie_home import Home, one_line_errors
from balie.run.launch import Options, web_arguments
from balie.run.machine import LaunchError


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = collections.namedtuple("usage", "total used free")(10**9, 10**9 - 10**6, 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(LaunchError, match="disk is full: 1 MB free"):
        Home(tmp_path / "home").make()


def test_an_error_of_the_system_becomes_one_line_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "afile").touch()
    with pytest.raises(LaunchError, match=r"File exists.*afile"), one_line_errors():
        (tmp_path / "afile").mkdir()


@pytest.mark.parametrize("port", ["0", "65535", "-1", "http", "8000 ", "８０００x"])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(LaunchError, match="PORT is a number"):
        Options.from_environment()


def test_an_unknown_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVER", "gunicorn")
    with pytest.raises(LaunchError, match="daphne or uvicorn"):
        Options.from_environment()


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_the_web_process_listens_on_loopback_only(server: str) -> None:
    line = web_arguments(server=server, port=8123)
    assert "127.0.0.1" in line
    assert "8123" in line
    assert not any("0.0.0.0" in word for word in line)


def test_facts_are_private_and_replaced_whole(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    assert home.facts() == {}
    home.write_facts({"port": 1})
    home.write_facts({"port": 2})
    assert home.facts() == {"port": 2}
    assert stat.S_IMODE(home.facts_file.stat().st_mode) == 0o600
    assert [p.name for p in home.folder.glob("*.draft")] == []


def test_half_a_facts_file_counts_as_none(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    home.facts_file.write_text('{"port": 80')
    assert home.facts() == {}


def test_a_home_has_one_run(tmp_path: Path) -> None:
    first, second = Home(tmp_path / "home"), Home(tmp_path / "home")
    first.make()
    assert first.lock()
    assert not second.lock()
    del first
    assert second.lock()


def test_the_supervisors_socket_fits_even_in_a_deep_folder(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("d" * 120))
    assert len(str(deep.socket_path())) < 100
    assert deep.socket_path() == Home(deep.folder).socket_path()
    assert deep.socket_path() != Home(tmp_path / ("e" * 120)).socket_path()
