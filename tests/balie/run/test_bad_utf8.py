"""A server's words when a client's text frame isn't UTF-8: at most one line, of ours, and no traceback."""

import base64
import contextlib
import json
import os
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from balie.run.launch import web_arguments
from balie.run.machine import pick_port
from tests import cast
from tests.balie.run.desk import eventually
from tests.balie.run.tied import run_tied

pytestmark = pytest.mark.launcher

LINE = ["a frame was not UTF-8; the server has closed its socket"]


@pytest.mark.usefixtures("django_db_setup")
@pytest.mark.parametrize("order", ["first", "gated"])
@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_a_frame_that_is_not_utf_8_is_one_quiet_line_at_most(server: str, order: str, tmp_path: Path) -> None:
    """`gated`: our logging is set up before the server's own, as under `make run`."""
    port, log = pick_port(), tmp_path / "log"
    gate = tmp_path / "gate"
    gate.touch()
    before = ["-m", "balie.run.start_gate", str(gate)] if order == "gated" else ["-m"]
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=connection.settings_dict["NAME"])
    environment = os.environ | {"DATABASE_URL": database.geturl(), "PORT": str(port)}
    with log.open("ab") as output:
        arguments = [*before, *web_arguments(server=server, port=port)]
        web = run_tied(arguments, environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        line = eventually(lambda: _connect(port), within_s=60)
        with line:
            line.sendall(_masked(b"\xff\xfe geheim"))
            line.settimeout(20)
            with contextlib.suppress(ConnectionResetError):
                while line.recv(4096):
                    pass
        if server == "uvicorn":
            eventually(log.read_text, within_s=20)
    finally:
        web.terminate()
        web.wait(20)
    said = [json.loads(one) for one in log.read_text().splitlines()]
    # daphne drops the connection without a reason that reaches us: there it looks like any lost one.
    assert [one["event"] for one in said] == (LINE if server == "uvicorn" else [])
    assert all(one["level"] == "info" and "exception" not in one for one in said)


def _connect(port: int) -> socket.socket | None:
    try:
        line = socket.create_connection(("127.0.0.1", port), timeout=20)
    except OSError:
        return None
    key = base64.b64encode(os.urandom(16)).decode()
    head = [
        f"GET /ws/widget/{cast.ACME_SITE}/ HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: balie.v1",
        f"Origin: {cast.ACME_ORIGIN}",
    ]
    line.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
    assert b"101" in line.recv(4096).split(b"\r\n")[0]
    return line


def _masked(payload: bytes) -> bytes:
    """Return a client's whole text frame."""
    mask = os.urandom(4)
    body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return bytes([0x81, 0x80 | len(payload)]) + mask + body
