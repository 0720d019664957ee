"""The embedded PostgreSQL and Valkey by themselves, as the tests use them."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from balie.run import machine
from balie.run.balie_home import ROOT
from balie.run.machine import LaunchError
from balie.run.servers import postgres
from balie.run.servers.services import Services
from tests.balie.run.desk import are_gone, eventually

pytestmark = pytest.mark.launcher


def test_both_servers_answer_on_loopback_and_end_with_the_block(tmp_path: Path) -> None:
    with Services(tmp_path / "a space", durable=False) as services:
        pids = [process.pid for process in services.processes.values()]
        with psycopg.connect(services.database_url) as connection:
            row = connection.execute(
                "select current_database(), current_setting('max_connections'), "
                "current_setting('TimeZone'), inet_server_addr()::text"
            ).fetchone()
        with redis.Redis.from_url(services.redis_url) as client:
            assert client.ping()
            listens = client.config_get("bind")["bind"]
    assert row == ("balie", "200", "UTC", "127.0.0.1/32")
    assert listens == "127.0.0.1"
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_no_password_is_readable_by_others_or_shown_in_the_process_list(tmp_path: Path) -> None:
    with Services(tmp_path / "home", durable=False) as services:
        conf = tmp_path / "home" / "embedded.json"
        secrets = [v for k, v in json.loads(conf.read_text()).items() if k.endswith("password")]
        lines = [psutil.Process(p.pid).cmdline() for p in services.processes.values()]
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(services.database_url.replace(secrets[0], "wrong"))
    assert len(secrets) == 2
    assert stat.S_IMODE(conf.stat().st_mode) == 0o600
    assert not any(secret in " ".join(line) for secret in secrets for line in lines)


def test_servers_end_when_the_process_that_started_them_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from balie.run.servers.services import Services\n"
        "with Services(sys.argv[1], durable=False): print('up', flush=True); time.sleep(600)"
    )
    parent = psutil.Popen([sys.executable, "-c", code, str(tmp_path / "home")], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout.readline() == b"up\n"
    family = parent.children(recursive=True)
    assert len(family) > 2

    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(20)

    eventually(lambda: are_gone(family), within_s=40)


def test_a_first_start_that_was_cut_off_is_begun_again(tmp_path: Path) -> None:
    services = Services(tmp_path / "home", durable=False)
    services.plan()
    data = services.data / "postgres"
    data.with_name("postgres.complete").unlink()
    (data / "PG_VERSION").write_text("half")

    with services as running, psycopg.connect(running.database_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_dead_servers_lock_whose_number_is_used_again_is_forgotten(tmp_path: Path) -> None:
    with Services(tmp_path / "home", durable=False) as services:
        lock = services.data / "postgres" / "postmaster.pid"
        words = lock.read_text()
    # Our own pid: certainly alive, certainly not PostgreSQL.
    again = Services(tmp_path / "home", durable=False)
    again.plan()
    lock = again.data / "postgres" / "postmaster.pid"
    lock.write_text("\n".join([str(os.getpid()), *words.splitlines()[1:]]))
    with again as running, psycopg.connect(running.database_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_taken_port_is_replaced_and_a_free_one_kept() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        assert machine.pick_port(wanted=taken) != taken
    free = machine.pick_port()
    assert machine.pick_port(wanted=free) == free
    assert machine.pick_port(wanted=free, taken=frozenset({free})) != free


def test_a_missing_postgresql_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(postgres.Path, "glob", lambda self, pattern: iter(()))
    with pytest.raises(LaunchError, match="No PostgreSQL") as caught:
        postgres.find_binaries(None)
    assert "\n" not in str(caught.value)
