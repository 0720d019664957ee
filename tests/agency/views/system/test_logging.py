"""Nothing that a visitor wrote, and nothing that opens a door, reaches a log."""

import io
import json
import logging
import logging.config
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from balie.logging import configuration, mask
from balie.run.balie_home import ROOT


@pytest.fixture
def lines() -> Iterator[list[dict[str, object]]]:
    """Return what a logger named balie.test prints as JSON. The list is filled when read."""
    settings = configuration(level="INFO", as_json=True)
    formatter = settings["formatters"]["line"]
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
        )
    )
    logger = logging.getLogger("balie.test")
    logger.setLevel("INFO")
    logger.addHandler(handler)

    class Lines(list[dict[str, object]]):
        def read(self) -> list[dict[str, object]]:
            return [json.loads(line) for line in handler.stream.getvalue().splitlines()]

    yield Lines()
    logger.removeHandler(handler)


def test_known_private_keys_are_dropped(lines):
    log = structlog.get_logger("balie.test")
    log.warning("refused", chat="c1", text="mijn IBAN", token="t", email="a@b.nl", ip="1.2.3.4")
    (line,) = lines.read()
    assert line["event"] == "refused"
    assert line["chat"] == "c1"
    assert {"text", "token", "email", "ip"}.isdisjoint(line)


def test_a_database_error_keeps_its_kind_and_loses_its_row(lines):
    words = "DETAIL:  Key (body)=(ik heet Marieke) already exists."
    problem = ValueError(f"duplicate key\n{words}")
    try:
        raise problem
    except ValueError:
        logging.getLogger("balie.test").exception("write_failed")
    (line,) = lines.read()
    assert "duplicate key" in line["exception"]
    assert "Marieke" not in json.dumps(line)


@pytest.mark.parametrize(
    "secret",
    [
        "marieke@voorbeeld.nl",
        "d1a2b3-4c5d6e7f8a9b0c1d2e3f4a5b6c7d8e9f",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0",
    ],
)
def test_addresses_and_tokens_are_masked_wherever_they_stand(secret):
    assert secret not in mask(f"Not Found: /accounts/password/reset/key/{secret}/ asked")


def test_ids_and_ordinary_words_stay_readable():
    text = "chat 0b6f6e1c-1f5e-4b52-9d3a-8a1f7a0f4c11 closed by dispatcher after 600 s at /manage/"
    assert mask(text) == text


def test_the_place_in_a_traceback_stays_readable():
    line = '  File "/srv/balie/lib/python3.11/site-packages/some_long_module_name_v2.py", line 12'
    assert mask(line) == line


SET_UP = """
import logging.config
import sys
import uvicorn.config
logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)
logging.basicConfig()
if {with_django}:
    import django
    django.setup()
from balie.{app} import app
app.log.setup(loglevel="WARNING")
import balie.{then}
ours = logging.getLogger().handlers
own = [name for name, one in logging.root.manager.loggerDict.items() if getattr(one, "handlers", [])]
print(own, [type(one.formatter).__name__ for one in ours], *({{"rich", "twisted"}} & {{*sys.modules}}))
"""


@pytest.mark.parametrize(
    ("app", "with_django", "then"),
    [("celery", True, "asgi"), ("celery", False, "celery"), ("clock", False, "clock")],
)
def test_no_library_keeps_a_handler_of_its_own(app: str, with_django: bool, then: str) -> None:
    """All that is said passes the nets, whether its server or Celery set up logging first.

    No process but daphne's pays for what structlog loads beside itself.
    """
    done = subprocess.run(
        [sys.executable, "-c", SET_UP.format(app=app, with_django=with_django, then=then)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "balie.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "[] ['ProcessorFormatter']\n", done.stderr
