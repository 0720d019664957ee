"""From nothing to a running Balie, in the foreground, and back to nothing.

The order: a free home, free ports, servers up, database prepared, Balie's programs up, `/healthz`
answers 200, one table printed. Then it waits for Ctrl-C or SIGTERM.
"""

import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis
from django.core.exceptions import ImproperlyConfigured

from balie.environment import read_environment
from balie.run.balie_home import ROOT, Home, one_line_errors
from balie.run.disk_room import DiskRoom
from balie.run.machine import LaunchError, pick_port, port_is_free
from balie.run.parent_watch import started_at
from balie.run.servers.services import Program, Services
from balie.run.signals import Stop, end_with_make, signals_held, stop_signals
from balie.run.supervise import Supervisor
from balie.run.text_table import running_table

SERVERS = ("daphne", "uvicorn")
HEALTH_LIMIT_S = 180.0
# The largest frame that may come in. Our own sockets are checked against the 64 KB budget with a clear error; this is
# the wall behind.
FRAME_WALL = 256 * 1024


@dataclass(frozen=True)
class Options:
    """The choices of the person who starts Balie, all from the environment."""

    home: Path
    port: int
    server: str
    database_url: str | None
    redis_url: str | None

    @classmethod
    def from_environment(cls) -> "Options":
        """Read BALIE_ENV, BALIE_HOME, PORT, SERVER, DATABASE_URL and REDIS_URL.

        Raises:
            LaunchError: a value isn't allowed.
        """
        try:
            read_environment()
        except ImproperlyConfigured as error:
            raise LaunchError(str(error)) from error
        server = os.environ.get("SERVER") or SERVERS[0]
        if server not in SERVERS:
            raise LaunchError(f"SERVER is daphne or uvicorn, not '{server}'.")
        port = os.environ.get("PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65535:
            raise LaunchError(f"PORT is a number from 1 to 65534, not '{port}'.")
        return cls(
            home=Path(os.environ.get("BALIE_HOME") or ROOT / "var"),
            port=int(port),
            server=server,
            database_url=os.environ.get("DATABASE_URL") or None,
            redis_url=os.environ.get("REDIS_URL") or None,
        )


def main() -> int:
    """Run the launcher with the variables of the environment and return its exit code."""
    try:
        return launch(Options.from_environment())
    except LaunchError as error:
        print(f"balie: {error}", file=sys.stderr)
        return 1


def web_arguments(*, server: str, port: int) -> list[str]:
    """Return the command line of the web server on 127.0.0.1, as `python -m` runs it. Both servers get the same
    options.
    """
    application, wall = "balie.asgi:application", str(FRAME_WALL)
    if server == "uvicorn":
        line = ["uvicorn", application, "--host", "127.0.0.1", "--port", str(port)]
        line += ["--loop", "uvloop", "--ws", "websockets-sansio", "--lifespan", "off"]
        line += ["--ws-per-message-deflate", "false", "--ws-max-size", wall]
        # Balie reads such headers itself, by BALIE_PROXIES, whatever the server.
        line += ["--no-proxy-headers"]
        line += ["--timeout-graceful-shutdown", "2", "--no-access-log", "--log-level", "warning"]
    else:
        line = ["daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
        line += ["--websocket_timeout", "-1", "--application-close-timeout", "2"]
        line += ["--websocket-max-message-size", wall, "--websocket-max-frame-size", wall]
        line += [application]
    return line


def balie_programs(options: Options, home: Home) -> dict[str, Program]:
    """Every process of Balie itself: name -> what to run."""
    gated = [sys.executable, "-m", "balie.run.start_gate", str(home.gate)]
    # Threads, not forks: the work waits for SMTP and PostgreSQL, and a killed worker leaves nobody.
    worker = ["worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING"]
    worker += ["--without-gossip", "--without-mingle"]
    worker = [*gated, "celery", "-A", "balie.celery:app", *worker]
    # No gate: beat never asks the database, and what it sends waits in the broker.
    beat = [sys.executable, "-m", "celery", "-A", "balie.clock:app"]
    beat += ["beat", "--schedule", str(home.run / "beat"), "--pidfile=", "--loglevel", "WARNING"]
    commands = {
        "web": [*gated, *web_arguments(server=options.server, port=options.port)],
        "dispatcher": [*gated, "django", "dispatcher"],
        "worker": worker,
        "beat": beat,
        "smtp_sink": [sys.executable, "-m", "balie.run.smtp_sink"],
        "demo_sites": [sys.executable, "-m", "balie.demo.sites"],
    }
    return {name: Program(argv, cwd=str(ROOT)) for name, argv in commands.items()}


def launch(options: Options) -> int:
    """Run Balie until it is told to stop and return the exit code of the command."""
    home = Home(options.home)
    try:
        with one_line_errors(), stop_signals():
            home.make()
            if not home.lock():
                return report_running(home)
            end_with_make()
            return run(options, home)
    except Stop:
        return 0
    except LaunchError as error:
        print(f"balie: {error}", file=sys.stderr)
        return 1


def run(options: Options, home: Home) -> int:
    """Start everything, print the table and wait. Whatever happens, leave no process."""
    began = time.monotonic()
    first = not home.facts_file.exists()
    home.end_leftovers()
    require_port(options.port, "PORT")
    require_port(options.port + 1, "the demo companies' own sites (PORT + 1)")
    say("Starting PostgreSQL and Valkey")
    services = Services(home.folder / "servers")
    servers = services.plan(database=options.database_url is None, cache=options.redis_url is None)
    facts = write_services_file(options, home, services)
    # Read by every child; what belongs to one run only isn't left to the shell we came from.
    os.environ.update({"BALIE_HOME": str(home.folder), "PORT": str(options.port)})
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.settings")
    supervisor = Supervisor(home, servers=servers, programs=balie_programs(options, home))
    try:
        supervisor.start()
        wait_for_services(services, supervisor, facts)
        supervisor.start_balie()
        say("Preparing the database and the demo" + (" (first start: a minute)" if first else ""))
        prepare(home)
        say("Starting the desk")
        supervisor.open_gate()
        wait_for_health(options.port, supervisor)
        print(running_table(facts, started_s=time.monotonic() - began), flush=True)
        room = DiskRoom({home.folder, services.data}, say=say, revive=supervisor.revive)
        while supervisor.is_alive():
            room.look()
            time.sleep(0.5)
        raise LaunchError(f"The supervisor was killed ({home.log}): everything is stopped.")
    finally:
        with signals_held():
            supervisor.stop()


def require_port(port: int, purpose: str) -> None:
    """Raise LaunchError when somebody else listens on the port."""
    if not port_is_free(port):
        raise LaunchError(
            f"Port {port} for {purpose} is in use by another program: "
            "stop that, or choose another with make run PORT=8010."
        )


def write_services_file(options: Options, home: Home, services: Services) -> dict[str, Any]:
    """Write where everything is. The secret key and the mail port stay what they were."""
    old = home.facts()
    taken = frozenset({options.port, options.port + 1})
    facts = {
        "database_url": options.database_url or services.database_url,
        "redis_url": options.redis_url or services.redis_url,
        "smtp_host": "127.0.0.1",
        "smtp_port": pick_port(wanted=old.get("smtp_port"), taken=taken),
        "secret_key": os.environ.get("SECRET_KEY") or old.get("secret_key") or secrets.token_urlsafe(48),
        "port": options.port,
        "sites_port": options.port + 1,
        "base_url": f"http://localhost:{options.port}",
        "mail": str(home.mail),
        "log": str(home.log),
        "pids": {"run": [os.getpid(), started_at(os.getpid())]},
    }
    home.write_facts(facts)
    return facts


def wait_for_services(services: Services, supervisor: Supervisor, facts: dict[str, Any]) -> None:
    """Wait until PostgreSQL and Valkey answer, ours or those of DATABASE_URL and REDIS_URL."""
    services.wait_until_ready(still_trying=supervisor.is_alive)
    try:
        psycopg.connect(facts["database_url"], connect_timeout=5).close()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[-1]
        raise LaunchError(f"The database of DATABASE_URL can't be reached: {reason}") from error
    try:
        with redis.Redis.from_url(facts["redis_url"], socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise LaunchError(f"The server of REDIS_URL can't be reached: {error}") from error


def prepare(home: Home) -> None:
    """Migrate every schema and load the demo, in a process of its own."""
    log = home.log / "prepare.log"
    command = [sys.executable, str(ROOT / "manage.py"), "prepare"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
    if code:
        last = (log.read_text(errors="replace").strip().splitlines() or ["no output"])[-1]
        raise LaunchError(f"The database could not be prepared: {last[:300]} ({log})")


def wait_for_health(port: int, supervisor: Supervisor) -> None:
    """Wait until every part answers.

    Raises:
        LaunchError: some don't after 180 s; it names them.
    """
    deadline = time.monotonic() + HEALTH_LIMIT_S
    words = "no answer"
    while time.monotonic() < deadline and supervisor.is_alive():
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except urllib.error.HTTPError as error:
            words = error.read(2_000).decode(errors="replace").strip()
        except OSError as error:
            words = str(error)
        else:
            return
        time.sleep(0.1)
    troubled = supervisor.troubled() if supervisor.is_alive() else {"supervisor": "EXITED"}
    lines = [f"  {name} {state}: {supervisor.last_words(name)}" for name, state in troubled.items()]
    raise LaunchError("\n".join([f"Balie did not become healthy: {words}", *lines]))


def report_running(home: Home) -> int:
    """Say where the run that holds this home can be found."""
    facts = home.facts()
    pid = facts.get("pids", {}).get("run", ["?"])[0]
    if not facts:
        print("Balie is being started here by another command.")
    else:
        print(f"Balie runs here already (pid {pid}).")
        print(running_table(facts))
    return 0


def say(words: str) -> None:
    """A line of progress."""
    print(f"  {words}", flush=True)
