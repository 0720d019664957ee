"""The bench's load: 200 visitors who write and 34 operators who hear them, as fast as answers come or at a rate."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from balie.bench.live.raw_socket import RawSocket, open_socket
from balie.bench.live.servers import Server
from balie.bench.live.setup import ORIGIN, Scene
from balie.bench.replay.tally import percentile

WARM_UP_S = 1.5
# Seconds to wait for texts still on their way after the last one. Anything later is lost.
SETTLE_S = 2.0
GREETED_WITHIN_S = 60.0
# Two nodes learn of each other by their heartbeats, each 2 s.
ACQUAINTED_S = 4.5
_BODY = "Hello, where is my order number 1234567?"


class _Inner(msgspec.Struct):
    seq: int
    client_id: str | None = None


class _Frame(msgspec.Struct):
    type: str
    client_id: str | None = None
    chat_id: str | None = None
    message: _Inner | None = None
    code: str = ""


_decode = msgspec.json.Decoder(_Frame).decode


@dataclass(slots=True)
class Measured:
    """One run: what was delivered, by how much of the servers' CPU, and what went wrong."""

    delivered: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    own_cpu_s: float = 0.0
    latencies: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def per_cpu_s(self) -> float:
        """Messages committed and delivered per CPU second of the servers."""
        return self.delivered / max(self.cpu_s, 0.01)

    @property
    def per_s(self) -> float:
        """Messages per second of wall-clock time."""
        return self.delivered / max(self.seconds, 0.01)

    def answer(self) -> dict[str, object]:
        """As it is printed."""
        found: dict[str, object] = {
            "per_cpu_s": round(self.per_cpu_s),
            "per_s": round(self.per_s),
            "server_cores": round(self.cpu_s / max(self.seconds, 0.01), 2),
            "client_cores": round(self.own_cpu_s / max(self.seconds, 0.01), 2),
        }
        for share in (50, 95, 99):
            value = percentile(self.latencies, share / 100)
            found[f"p{share}_ms"] = None if value is None else round(1000 * value, 1)
        return found | {"faults": dict(sorted(self.faults.items()))}


class BenchCrowd:
    """All sockets of one run. `visitors_at` and `operators_at` are the same server, or two nodes."""

    def __init__(self, scene: Scene, visitors_at: Server, operators_at: Server, *, strict: bool) -> None:
        """`strict`: seqs have no gap (the tutorial design has no such promise)."""
        self.scene, self.strict = scene, strict
        self.visitors_at, self.operators_at = visitors_at, operators_at
        self.measured = Measured()
        self._visitors: list[RawSocket] = []
        self._operators: list[RawSocket] = []
        self._number = {place.chat_id: index for index, place in enumerate(scene.places)}
        self._last: dict[str, int] = {}
        self._sent: dict[str, float] = {}
        self._acked: set[str] = set()
        self._heard: set[str] = set()
        self._texts = 0
        self._run = random.getrandbits(46)
        self._closed_loop = True
        self._until = 0.0
        self._from = float("inf")
        self._greeted = 0

    async def open(self) -> None:
        """Open every socket and say hello."""
        scene = self.scene
        for index, session in enumerate(scene.sessions):
            operator = await open_socket(
                self.operators_at.port,
                f"/ws/console/?operator={index}",
                origin=f"http://127.0.0.1:{self.operators_at.port}",
                cookie=f"{scene.cookie}={session}",
                hear=self._operator_hears,
            )
            operator.send(b'{"type":"hello","take_seat":true}')
            self._operators.append(operator)
        for index, place in enumerate(scene.places):
            visitor = await open_socket(
                self.visitors_at.port,
                f"/ws/widget/{place.site_key}/?visitor={index}",
                origin=ORIGIN,
                cookie="",
                hear=self._visitor_hears,
            )
            hello = {"type": "hello", "token": place.token, "chat_id": place.chat_id}
            # Everything older is of no interest here.
            visitor.send(msgspec.json.encode(hello | {"after": 2_000_000_000}))
            self._visitors.append(visitor)
        deadline = _now() + GREETED_WITHIN_S
        while self._greeted < (wanted := len(self._visitors) + len(self._operators)):
            if _now() > deadline:
                raise TimeoutError(f"{self._greeted} of {wanted} greeted, {self.measured.faults}")
            await asyncio.sleep(0.05)
        if self.visitors_at is not self.operators_at:
            await asyncio.sleep(ACQUAINTED_S)

    def close(self) -> None:
        """Close every socket."""
        for socket in (*self._visitors, *self._operators):
            if socket.closed:
                self.measured.faults["closed_by_server"] += 1
            socket.transport.abort()

    async def drive(self, seconds: float, *, rate: float | None = None) -> Measured:
        """Warm up, then measure.

        Args:
            rate: texts a second over all chats, as a Poisson process; None: each chat's next text when its last was
                heard.
        """
        self._closed_loop = rate is None
        await self._for(WARM_UP_S, rate)
        await asyncio.sleep(SETTLE_S)
        servers = {id(one): one for one in (self.visitors_at, self.operators_at)}.values()
        cpu, own, began = sum(one.cpu_s() for one in servers), time.process_time(), _now()
        self._from = began
        await self._for(seconds, rate)
        measured = self.measured
        measured.seconds = _now() - began
        measured.cpu_s = sum(one.cpu_s() for one in servers) - cpu
        measured.own_cpu_s = time.process_time() - own
        measured.delivered = len(measured.latencies)
        await asyncio.sleep(SETTLE_S)
        measured.faults["not_acked"] += len(self._sent.keys() - self._acked)
        measured.faults["not_delivered"] += len(self._sent.keys() - self._heard)
        measured.faults = +measured.faults
        return measured

    async def _for(self, seconds: float, rate: float | None) -> None:
        self._until = _now() + seconds
        if rate is None:
            for number in range(len(self._visitors)):
                self._post(number)
            await asyncio.sleep(seconds)
            return
        due = _now()
        while _now() < self._until:
            while due <= _now():
                self._post(random.randrange(len(self._visitors)))
                due += random.expovariate(rate)
            await asyncio.sleep(0.001)

    def _post(self, number: int) -> None:
        self._texts += 1
        client_id = f"00000000-0000-4000-8000-{(self._run + self._texts) & 0xFFFFFFFFFFFF:012x}"
        self._sent[client_id] = _now()
        frame = f'{{"type":"message.post","client_id":"{client_id}","body":"{_BODY}"}}'
        self._visitors[number].send(frame.encode())

    def _visitor_hears(self, payload: bytes) -> None:
        frame = _decode(payload)
        if frame.type == "ack" and frame.client_id is not None:
            self._acked.add(frame.client_id)
        elif frame.type == "welcome":
            self._greeted += 1
        elif frame.type == "error":
            self.measured.faults[f"error_{frame.code}"] += 1

    def _operator_hears(self, payload: bytes) -> None:
        frame = _decode(payload)
        if frame.type in ("welcome", "snapshot"):
            self._greeted += 1
        elif frame.type == "error":
            self.measured.faults[f"error_{frame.code}"] += 1
        if frame.type != "message.posted" or frame.message is None or frame.chat_id is None:
            return
        heard, seq, chat_id = _now(), frame.message.seq, frame.chat_id
        last = self._last.get(chat_id)
        self._last[chat_id] = seq
        if last is not None and (seq != last + 1 if self.strict else seq <= last):
            self.measured.faults["out_of_order"] += 1
        client_id = frame.message.client_id or ""
        sent = self._sent.get(client_id)
        if sent is None or client_id in self._heard:
            self.measured.faults["doubled"] += 1
            return
        self._heard.add(client_id)
        if sent >= self._from:
            self.measured.latencies.append(heard - sent)
        if self._closed_loop and heard < self._until:
            self._post(self._number[chat_id])


_now = time.perf_counter
