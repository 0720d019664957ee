"""A variable with a value that isn't known is refused by name, in every way a process of ours begins."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from balie.environment import read_choice, read_environment, read_number
from balie.run.balie_home import ROOT
from balie.run.launch import Options
from balie.run.machine import LaunchError

WORDS = "BALIE_ENV is 'prodution'. Allowed: development, test, production."
CELERY = ("-m", "celery", "-A")
ENTRIES = {
    "command": ("manage.py", "dispatcher"),
    "launcher": ("manage.py", "run"),
    "web": ("-c", "import balie.asgi"),
    "behind the gate": ("-m", "balie.run.start_gate", "/nowhere", "daphne"),
    "worker": (*CELERY, "balie.celery:app", "worker"),
    "beat": (*CELERY, "balie.clock:app", "beat", "--pidfile=", "--schedule=/nowhere"),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_unknown_environment_starts_nothing(entry: str) -> None:
    done = subprocess.run(
        [sys.executable, *ENTRIES[entry]],
        cwd=ROOT,
        env=os.environ | {"BALIE_ENV": "prodution"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert WORDS in done.stderr.splitlines()[-1], done.stderr


@pytest.mark.parametrize("value", ["", "Production", "production ", "prod", "dev"])
def test_close_isn_t_enough(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALIE_ENV", value)
    with pytest.raises(ImproperlyConfigured, match="Allowed: development, test, production"):
        read_environment()
    with pytest.raises(LaunchError, match="Allowed: development, test, production"):
        Options.from_environment()


def test_development_is_what_nothing_said_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BALIE_ENV")
    assert read_environment() == "development"


def test_a_choice_names_the_empty_value_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_TLS", "true")
    with pytest.raises(ImproperlyConfigured, match="SMTP_TLS is 'true'"):
        read_choice("SMTP_TLS", ("", "0", "1"), default="")


@pytest.mark.parametrize("value", ["-1", "1e3", "one", "٣", "1.2.3", "."])
def test_what_is_no_number_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALIE_PROXIES", value)
    with pytest.raises(ImproperlyConfigured, match="BALIE_PROXIES is"):
        read_number("BALIE_PROXIES", default=0)


def test_a_number_is_read_and_an_empty_one_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALIE_PROXIES", "2")
    assert read_number("BALIE_PROXIES", default=0) == 2
    monkeypatch.setenv("BALIE_PROXIES", "")
    assert read_number("BALIE_PROXIES", default=0) == 0
