"""The traces that connections leave in a web process: none."""

import asyncio
import time
from pathlib import Path

import psutil
import pytest

from balie.bench.live.raw_socket import RawSocket, open_socket
from tests import cast
from tests.balie.bench.web import serving

WIDGET = f"/ws/widget/{cast.ACME_SITE}/"
_CLOSE = b"\x88\x82\0\0\0\0\x03\xe8"
AT_ONCE, ROUND, ROUNDS = 20, 2_000, 10
# By how much the most of the second 10,000 may pass the most of the first, in KiB: 0.4 for each. A connection that
# stays takes 6 or more. Between two collections of its cycles a process swings by 10 MiB, so the tops are compared.
GAIN_KIB = 4_096
# A connection that the server has forgotten is closed within this.
CLOSED_WITHIN_S = 30


@pytest.mark.prove
@pytest.mark.launcher
@pytest.mark.timeout(1_200)
@pytest.mark.usefixtures("committed")
def test_20_000_connections_leave_no_memory_in_daphne(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Half say hello. Every fourth is cut without a word, as by a phone that goes out of reach."""
    with serving("daphne", tmp_path) as web:
        process = psutil.Process(web.pid)
        taken, began = [], time.monotonic()
        for _ in range(ROUNDS):
            asyncio.run(_come_and_go(web.port, ROUND))
            _wait_until_closed(process, web.port)
            taken.append(round(process.memory_full_info().uss / 1024))
        seconds = time.monotonic() - began
    with capsys.disabled():
        print(f"\n{ROUND * ROUNDS} connections in {seconds:.0f} s; KiB after each {ROUND}: {taken}")
    half = ROUNDS // 2
    assert max(taken[half:]) - max(taken[:half]) <= GAIN_KIB, taken


async def _come_and_go(port: int, count: int) -> None:
    """Connect and leave so many times, a few at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            welcomed = asyncio.Event()
            socket = await open_socket(
                port, WIDGET, origin=cast.ACME_ORIGIN, cookie="", hear=lambda _text: welcomed.set()
            )
            if number % 2:
                socket.send(b'{"type":"hello"}')
                await asyncio.wait_for(welcomed.wait(), CLOSED_WITHIN_S)
            await _leave(socket, rudely=number % 4 == 0)

    await asyncio.gather(*(one(number) for number in range(count)))


async def _leave(socket: RawSocket, *, rudely: bool) -> None:
    if rudely:
        socket.transport.abort()
        return
    socket.transport.write(_CLOSE)
    async with asyncio.timeout(CLOSED_WITHIN_S):
        while not socket.closed:
            await asyncio.sleep(0.005)


def _wait_until_closed(process: psutil.Process, port: int) -> None:
    deadline = time.monotonic() + CLOSED_WITHIN_S
    while any(one.status == "ESTABLISHED" and one.laddr.port == port for one in process.net_connections(kind="tcp")):
        assert time.monotonic() < deadline, "the server keeps connections that nobody has"
        time.sleep(0.1)
