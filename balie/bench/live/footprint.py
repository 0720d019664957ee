"""Measure a server while nobody writes: memory of an idle socket, a config answer, the widget's bytes."""

import asyncio
import time
from typing import cast

from balie.bench.live.raw_socket import RawSocket, open_socket
from balie.bench.live.servers import Server
from balie.bench.live.setup import ORIGIN, Scene
from chat.services import widget_files

IDLE_SOCKETS, FIRST_SOCKETS, AT_ONCE = 2_000, 50, 40
CONFIG_CONNECTIONS = 32
_HELLO = b'{"type":"hello"}'


async def idle_kib(scene: Scene, server: Server, count: int = IDLE_SOCKETS) -> dict[str, float]:
    """Unshared memory per visitor's socket that said hello and has no chat.

    Measured after the first 50, so that what a process makes once isn't counted.
    """
    visitors = _IdleVisitors(scene, server.port)
    await visitors.open(FIRST_SOCKETS, limit_s=30)
    await asyncio.sleep(2)
    before = server.unshared_kib()
    await visitors.open(count, limit_s=120)
    await asyncio.sleep(3)
    after = server.unshared_kib()
    open_ones = visitors.close()
    return {
        "kib_per_socket": round((after - before) / count, 1),
        "process_mib": round(before / 1024, 1),
        "sockets": open_ones,
    }


class _IdleVisitors:
    """Visitors' sockets that said hello and say nothing else."""

    def __init__(self, scene: Scene, port: int) -> None:
        self.scene, self.port = scene, port
        self.sockets: list[RawSocket] = []
        self._welcomed = self._wanted = 0
        self._everybody = asyncio.Event()
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def open(self, count: int, *, limit_s: float) -> None:
        """Open `count` more sockets and wait until each was welcomed."""
        self._wanted += count
        self._everybody.clear()
        self.sockets += await asyncio.gather(*(self._open(number) for number in range(count)))
        await asyncio.wait_for(self._everybody.wait(), limit_s)

    def close(self) -> int:
        """Close all sockets and return how many were still open."""
        open_ones = sum(not socket.closed for socket in self.sockets)
        for socket in self.sockets:
            socket.transport.abort()
        return open_ones

    async def _open(self, number: int) -> RawSocket:
        async with self._gate:
            places = self.scene.places
            path = f"/ws/widget/{places[number % len(places)].site_key}/"
            socket = await open_socket(self.port, path, origin=ORIGIN, cookie="", hear=self._hear)
            socket.send(_HELLO)
            return socket

    def _hear(self, payload: bytes) -> None:
        self._welcomed += payload.startswith(b'{"type":"welcome"')
        if self._welcomed >= self._wanted:
            self._everybody.set()


class _Asker(asyncio.Protocol):
    """Asks for the config again and again on one connection."""

    def __init__(self, request: bytes, until: float) -> None:
        self.request, self.until = request, until
        self.answers = self.failures = 0
        self._buffer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._buffer = b""
        self.answers += 1
        self.failures += not head.startswith(b"HTTP/1.1 200")
        if time.perf_counter() < self.until:
            self.transport.write(self.request)
        else:
            self.transport.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


async def config_rate(scene: Scene, server: Server, seconds: float) -> dict[str, float]:
    """Config answers per CPU second of the server, over 32 connections that stay open."""
    loop = asyncio.get_running_loop()
    path = f"/widget/{scene.places[0].site_key}/config"
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {ORIGIN}\r\n\r\n"

    async def ask(until: float) -> list[_Asker]:
        askers = []
        for _ in range(CONFIG_CONNECTIONS):
            _, asker = await loop.create_connection(lambda: _Asker(request.encode(), until), "127.0.0.1", server.port)
            askers.append(asker)
        await asyncio.gather(*(asker.done for asker in askers))
        return askers

    await ask(time.perf_counter() + 0.5)
    cpu, began = server.cpu_s(), time.perf_counter()
    askers = await ask(began + seconds)
    answers = sum(asker.answers for asker in askers)
    return {
        "per_cpu_s": round(answers / max(0.01, server.cpu_s() - cpu)),
        "per_s": round(answers / (time.perf_counter() - began)),
        "failed": sum(asker.failures for asker in askers),
    }


def widget_bytes() -> dict[str, int]:
    """Measure the loader and the panel as they go over the wire: compressed, the panel with its styles and its longest
    language.
    """
    files = widget_files.current().files
    sizes = {name: len(file.packed) for name, file in files.items()}
    words = [size for name, size in sizes.items() if name.startswith("words/")]
    panel = sum(sizes[name] for name in widget_files.fetched_with(widget_files.ENTRY))
    return {"loader_gzip": sizes[widget_files.LOADER], "panel_gzip": panel + max(words)}
