"""Fixtures for all tests: a clone of the template database per worker, and the cast in it."""

import asyncio
import gc
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
import pytest_asyncio
from channels.testing import application as channels_application
from django.conf import settings
from django.db import close_old_connections, connection, connections

from agency.live import process
from agency.models import User
from tenants import clock, memory
from tenants.models import Company
from tests import cast, kept
from tests.chat.realtime.threads import CountedThreads
from tests.services_plugin import is_pure

# How long an example takes says how busy the machine is, and nothing about the code.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

# Before the first password is made.
settings.PASSWORD_HASHERS = ["tests.hashing.QuickHasher"]

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"

# Channels' test client lets no thread give its connection back (SQLite in memory would be gone): four sockets later the
# pool of ten is empty.
channels_application.no_op = close_old_connections


# The folder in which Debian puts what only root starts isn't on everybody's path.
PROGRAMS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])


# Things that a journey's module lays for all its tests: the addresses of its sites, and a greeting.
OF_THE_MODULE = ("tenants_site", "chat_text")


# The programs that shipped files are tried with. The marker `debian` names one of them.
DEBIAN = {"caddy": "caddy", "pgbouncer": "pgbouncer", "systemd-analyze": "systemd"}


def pytest_report_header() -> list[str]:
    """Say what is left out. It is said here, as what a process of xdist prints while it collects is never seen."""
    lines = [f"{name} (apt-get install {DEBIAN[name]})" for name in DEBIAN if not find_program(name)]
    lines += [] if SHARED_DATA.is_dir() else ["real input (../shared/data)"]
    return [f"tests left out for want of: {line}" for line in lines]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs something from outside that isn't here: real input, programs of Debian.

    Raises UsageError for a test that asks for the database where no servers are started for it.
    """
    servers = {"db", "django_db_setup", "committed", "live"}
    for item in items:
        if is_pure(item.nodeid) and servers & {*getattr(item, "fixturenames", ())}:
            raise pytest.UsageError(f"{item.nodeid} needs the database: it belongs to another layer")
    left_out = [item for item in items if not _has_what_it_needs(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _has_what_it_needs(item)]


def pytest_collection_finish() -> None:
    """Leave what was imported out of each full collection: 200,000 objects that stay, 0.13 s each time."""
    gc.collect()
    gc.freeze()


def _has_what_it_needs(item: pytest.Item) -> bool:
    if "shared_data" in item.keywords and not SHARED_DATA.is_dir():
        return False
    marker = item.get_closest_marker("debian")
    assert marker is None or set(marker.args) <= DEBIAN.keys()
    return marker is None or all(find_program(name) for name in marker.args)


def find_program(name: str) -> str | None:
    """Where a program of the system is, or None."""
    return shutil.which(name, path=PROGRAMS)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Clone the template, made once per state of the migrations and the cast (0.05 s instead of 5)."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with django_db_blocker.unblock():
        template = _template()
        with _admin() as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        _use(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        connection.close_pool()
        with _admin() as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(autouse=True)
def new_process() -> None:
    """Let each test begin as a process does: what another test knew, the time among it, is forgotten."""
    memory.clear()


@pytest.fixture(autouse=True)
def same_settings() -> Iterator[None]:
    """Fail the test that leaves other settings behind, and not one that comes after it.

    `settings.X = ` inside a block of `override_settings` ends after the block, and brings the block's settings back.
    """
    before = settings._wrapped
    yield
    left, settings._wrapped = settings._wrapped, before
    assert left is before, "end `settings.X = ` inside its block: nest override_settings(X=...)"


@pytest.fixture
def committed(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits, for tests with sockets, threads or several connections. Afterwards all is as it was."""
    with django_db_blocker.unblock():
        clock.ask()  # as the handshake of each socket does
        yield
        is_browser = request.node.get_closest_marker("browser") is not None
        kept.restore(but=OF_THE_MODULE if is_browser else ())
        connections.close_all()


@pytest_asyncio.fixture
async def live(committed: None) -> AsyncIterator[None]:
    """The live path on this test's event loop. Its tasks end with the test."""
    from tests.chat.realtime import desk

    threads = CountedThreads()
    asyncio.get_running_loop().set_default_executor(threads)
    yield
    await desk.leave_all()
    await process.stop()
    await threads.end()


@pytest.fixture
def acme(db: None) -> Company:
    return Company.objects.get(slug="acme")


@pytest.fixture
def zen(db: None) -> Company:
    return Company.objects.get(slug="zen")


@pytest.fixture
def maud(db: None) -> User:
    return User.objects.get(email="maud@balie.test")


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.get(email="alice@balie.test")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.get(email="bob@balie.test")


@pytest.fixture
def carol(db: None) -> User:
    return User.objects.get(email="carol@acme.test")


@pytest.fixture
def dave(db: None) -> User:
    return User.objects.get(email="dave@zen.test")


def _admin() -> psycopg.Connection[Any]:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def _use(name: str) -> None:
    connections.close_all()
    connection.close_pool()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _template() -> str:
    name = f"template_{_fingerprint()}"
    with _admin() as admin:
        # One worker makes it, the others wait.
        admin.execute("SELECT pg_advisory_lock(7112)")
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        making = f"{name}_making"
        admin.execute(f'DROP DATABASE IF EXISTS "{making}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{making}"')
        _use(making)
        from django.core.management import call_command

        call_command("migrate_all", verbosity=0)
        cast.make_cast()
        kept.keep()
        connections.close_all()
        connection.close_pool()
        admin.execute(f'ALTER DATABASE "{making}" RENAME TO "{name}"')
    return name


def _fingerprint() -> str:
    digest = hashlib.sha256()
    sources = [*ROOT.glob("*/migrations/*.py"), ROOT / "tests" / "cast.py", ROOT / "tests" / "kept.py"]
    sources += [ROOT / "tenants" / "provisioning.py", ROOT / "balie" / "steps" / "onboard.py"]
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
