"""A console as a process of its own, to be killed: `python -m tests.chat.realtime.lone_console PORT COOKIE`.

It takes the seat, renews each 5 s and accepts every offer. What it hears goes to its output, a frame a line; a frame on
a line of its input is sent as it is.
"""

import asyncio
import json
import sys
import uuid
from typing import Any

from balie.bench.live.raw_socket import RawSocket, open_socket

RENEW_S = 5.0


async def main(port: int, cookie: str) -> None:
    """Live until killed, or until the input ends."""
    socket: RawSocket | None = None
    epoch: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def hear(payload: bytes) -> None:
        print(payload.decode(), flush=True)
        frame = json.loads(payload)
        if frame["type"] == "snapshot" and not epoch.done():
            epoch.set_result(frame["seat"]["epoch"])
        if frame["type"] == "offer.made":
            send(type="offer.accept", **_command(frame["offer"]))

    def send(**frame: Any) -> None:
        assert socket is not None
        socket.send(json.dumps(frame).encode())

    origin = f"http://127.0.0.1:{port}"
    socket = await open_socket(port, "/ws/console/", origin=origin, cookie=cookie, hear=hear)
    send(type="hello", take_seat=True)
    typed = asyncio.create_task(_pass_on(socket))
    while not typed.done():
        send(type="seat.renew", epoch=await epoch)
        await asyncio.wait([typed], timeout=RENEW_S)


async def _pass_on(socket: RawSocket) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        socket.send(line.strip().encode())


def _command(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "chat_id": entry["chat_id"],
        "fence": entry["fence"],
        "client_id": str(uuid.uuid4()),
    }


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
