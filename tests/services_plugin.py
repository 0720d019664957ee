"""PostgreSQL and Valkey for the tests, and one template database per state of the migrations.

A pytest plugin (named in pyproject.toml) and not a conftest: settings are read before any conftest is imported.
DATABASE_URL and REDIS_URL, if both are set, are used instead; the user then needs CREATEDB.
"""

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

os.environ["BALIE_ENV"] = "test"
os.environ["BALIE_HOME"] = os.environ.get("BALIE_TEST_HOME") or tempfile.mkdtemp(prefix="balie-")
os.environ.setdefault("SECRET_KEY", "the tests' own key, of no use anywhere else 0123456789")

# A worker of xdist inherits the servers of the process that started it.
if "BALIE_TEST_HOME" not in os.environ:
    os.environ["BALIE_TEST_HOME"] = os.environ["BALIE_HOME"]
    atexit.register(shutil.rmtree, os.environ["BALIE_HOME"], ignore_errors=True)
    # Whoever ends a run wants to read what failed until then; and the servers end in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        from balie.run.servers.services import Services

        _services = Services(Path(os.environ["BALIE_HOME"]) / "services", durable=False)
        _services.__enter__()
        atexit.register(_services.__exit__, None, None, None)
        os.environ["DATABASE_URL"] = _services.database_url
        os.environ["REDIS_URL"] = _services.redis_url
