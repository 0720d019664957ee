"""Signed facts of a visitor: tokens as the documentation makes them, and everything that isn't one."""

import base64
import hashlib
import hmac
import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.sites.identity import BadIdentity, Identity, read_identity

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OLD, NEW, KEY = "the old secret", "the new secret", "ac" * 16
WIDGET = Path(__file__).resolve().parents[4] / "docs/widget.md"


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret: str = NEW, alg: str = "HS256", **facts: Any) -> str:
    body = {"sub": "K-7", "aud": KEY, "exp": (NOW + timedelta(minutes=15)).timestamp(), "name": "Zoë"} | facts
    signed = f"{part(json.dumps({'alg': alg}).encode())}.{part(json.dumps(body).encode())}"
    return f"{signed}.{part(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def read(given: str, now: datetime = NOW) -> Identity:
    return read_identity(given, secrets=[OLD, NEW], audience=KEY, now=now)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_either_secret_that_holds_signs(secret: str) -> None:
    assert read(token(secret)) == Identity("K-7", "Zoë", "")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (token("another"), "signature"),
        (token("another", exp=0), "signature"),
        (token()[:-2] + "AA", "signature"),
        (token(alg="none"), "algorithm"),
        (token(alg="HS512"), "algorithm"),
        (token(aud="ad" * 16), "audience"),
        (token(aud=None), "audience"),
        (token(exp=(NOW - timedelta(seconds=61)).timestamp()), "expired"),
        (token(exp="soon"), "expired"),
        (token(exp=True), "expired"),
        (token(exp=float("nan")), "expired"),
        (token(exp=(NOW + timedelta(hours=2)).timestamp()), "too_long"),
        (token(exp=1e400), "too_long"),
        (token(exp=10**400), "too_long"),
        (token(exp=-(10**400)), "expired"),
        (token(sub=""), "facts"),
        (token(sub=7), "facts"),
        (token(sub="x" * 101), "facts"),
        (token(name="a\0b"), "facts"),
        ("", "unreadable"),
        ("a.b", "unreadable"),
        ("é.b.c", "unreadable"),
        ("!.!.!", "unreadable"),
        (f"{part(b'[]')}.{part(b'{}')}.x", "unreadable"),
        (f"{part(b'[' * 1_000)}.{part(b'{}')}.x", "unreadable"),
        ("a." + "b" * 5_000 + ".c", "unreadable"),
    ],
)
def test_anything_else_is_refused(given: str, code: str) -> None:
    with pytest.raises(BadIdentity) as refused:
        read(given)
    assert refused.value.code == code


def test_clocks_may_be_a_minute_apart_and_a_site_may_be_one_of_several() -> None:
    assert read(token(exp=(NOW - timedelta(seconds=59)).timestamp()))
    assert read(token(exp=(NOW + timedelta(minutes=60, seconds=59)).timestamp()))
    assert read(token(aud=["x", KEY]))


def test_without_a_secret_nothing_is_signed() -> None:
    with pytest.raises(BadIdentity):
        read_identity(token(""), secrets=[], audience=KEY, now=NOW)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_comes_is_refused_in_words(head: str, body: str, signature: str) -> None:
    with pytest.raises(BadIdentity):
        read(f"{head}.{body}.{signature}")


@pytest.mark.parametrize("language", ["python", "js"])
def test_the_documentation_s_own_lines_make_one(language: str) -> None:
    found = re.search(rf"## Signed customers.*?```{language}\n(.*?)```", WIDGET.read_text(), re.S)
    assert found
    call = f'token("{NEW}", "{KEY}", "K-7", "Zoë", "z@example.nl")'
    if language == "python":
        names: dict[str, Any] = {}
        exec(f"{found[1]}\nmade = {call}", names)
        made = names["made"]
    else:
        script = f"{found[1]}\nprocess.stdout.write({call})"
        made = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout
    assert read(made, datetime.now(UTC)) == Identity("K-7", "Zoë", "z@example.nl")
