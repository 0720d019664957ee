"""Channels consumers with their own receive loop: no task, no thread hop and no layer message per frame.

The middleware and the router serve the handshake only. The consumer authenticates and accepts inside them, leaves its
loop in a slot of the scope and returns; `HandOver`, the outermost application, runs it. So an idle socket keeps no
scope copies and no nested coroutines (6 KiB less), and a send passes no wrapper.
"""

import asyncio
import logging
from typing import Any, ClassVar
from uuid import UUID

from channels.consumer import AsyncConsumer
from django.db import DataError, InterfaceError, OperationalError

from agency.domain.refusal import Refusal
from agency.live import process, switchboard
from agency.live.outlet import FAILED, TOO_FAST, Outlet
from chat.domain import events
from chat.domain.frames import FRAME_LIMIT, BadFrame, ids_of
from chat.realtime.frame_budget import FrameBudget
from tenants import clock

log = logging.getLogger("balie.live")

SUBPROTOCOL = "balie.v1"
# Close codes of docs/protocol.md.
BAD_FRAME, SIGNED_OUT, FORBIDDEN, UNKNOWN, NO_HELLO = 4400, 4401, 4403, 4404, 4408
# The servers' own code for a text frame that isn't UTF-8: they close without asking us.
NOT_UTF_8 = 1007
HELLO_WITHIN = 10.0


class HandOver:
    """The outermost ASGI application: runs the loop that a consumer left in the scope."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        slot: list[Any] = []
        await self.app({**scope, "hand_over": slot}, receive, send)
        del scope
        if slot:
            await slot.pop()(receive, send)


class Refused(Refusal):
    """A handshake or a frame that is refused with an error code of the wire and, if given, a close code."""

    def __init__(self, code: str, close: int | None = None, detail: str = "") -> None:
        super().__init__(code)
        self.close, self.detail = close, detail


class DirectConsumer(AsyncConsumer):
    """One socket. Subclasses say who may enter and what each frame does."""

    # Class attributes stand for what a fresh socket has, so that an idle one holds few of its own.
    outlet: Outlet
    budget: FrameBudget
    _hello_timer: asyncio.TimerHandle | None = None
    _addresses: ClassVar[tuple[str, ...]] = ()

    async def enter(self, scope: dict[str, Any]) -> None:
        """Check site, origin and session. Raises Refused."""
        raise NotImplementedError

    def parse(self, text: str) -> Any:
        """The frame in the text. Raises BadFrame."""
        raise NotImplementedError

    async def handle(self, frame: Any) -> None:
        """Do what the frame asks. Raises Refused."""
        raise NotImplementedError

    def leave(self) -> None:
        """Clean up after a socket that is gone. Its addresses are already given back."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        refused: Refused | None = None
        try:
            await clock.ready()
            await self.enter(scope)
        except Refused as error:
            refused = error
        except Exception:
            log.exception("handshake failed")
            refused = Refused("retry", FAILED)
        offered = scope.get("subprotocols") or []
        accept = {"type": "websocket.accept"}
        if SUBPROTOCOL in offered:
            accept["subprotocol"] = SUBPROTOCOL
        await send(accept)
        if refused is not None:
            await send({"type": "websocket.send", "text": _error(refused.code)})
            await send({"type": "websocket.close", "code": refused.close or FORBIDDEN})
            return
        if "hand_over" in scope:
            scope["hand_over"].append(self.loop)
        else:
            await self.loop(receive, send)

    async def loop(self, receive: Any, send: Any) -> None:
        """Take frames until the socket closes. Always closes it before returning."""
        self._open(send)
        code: int | None = None
        try:
            while code is None:
                message = await receive()
                if message["type"] != "websocket.receive":
                    if message.get("code") == NOT_UTF_8:
                        log.info("a frame was not UTF-8; the server has closed its socket")
                    break
                code = await self._take(message.get("text"))
        except Exception:
            log.exception("socket failed")
            code = FAILED
        finally:
            self._shut()
        if code is not None:
            # daphne leaves a socket open for ever whose application returned without closing it.
            self.outlet.close(code)
            if self.outlet.task is not None:
                await asyncio.wait([self.outlet.task], timeout=5)

    def say(self, event: events.Event) -> None:
        """Send one event to this socket."""
        self.outlet.push(events.encode(event))

    def listen_to(self, *addresses: str) -> None:
        """Hear what is sent to these addresses, and to no others."""
        for address in self._addresses:
            if address not in addresses:
                switchboard.unsubscribe(address, self.outlet)
        for address in addresses:
            switchboard.subscribe(address, self.outlet)
        self._addresses = addresses  # type: ignore[misc]

    def greeted(self) -> None:
        """The hello has come."""
        if self._hello_timer is not None:
            self._hello_timer.cancel()
            self._hello_timer = None

    def _open(self, send: Any) -> None:
        process.start()
        self.outlet = Outlet(send)
        self.budget = FrameBudget()
        running = asyncio.get_running_loop()
        self._hello_timer = running.call_later(HELLO_WITHIN, self.outlet.close, NO_HELLO)

    def _shut(self) -> None:
        self.greeted()
        for address in self._addresses:
            switchboard.unsubscribe(address, self.outlet)
        self._addresses = ()  # type: ignore[misc]
        self.budget.sockets -= 1
        self.leave()

    async def _take(self, text: str | None) -> int | None:
        """Handle one frame. Returns the close code if the socket has to go."""
        if self.outlet.closed:
            return NO_HELLO
        if not self.budget.take():
            self.refuse("too_fast")
            return TOO_FAST
        if text is None:
            self.refuse("bad_frame", detail="a text frame is expected")
            return None
        if len(text) > FRAME_LIMIT or len(text.encode("utf-8", "replace")) > FRAME_LIMIT:
            self.refuse("too_big")
            return BAD_FRAME
        frame: Any = None
        try:
            frame = self.parse(text)
            await self.handle(frame)
        except BadFrame as error:
            self.refuse("bad_frame", *ids_of(text), detail=str(error))
        except DataError as error:
            # Said of this one frame: closing would let the client come back and send it again, for ever.
            log.error("the database refused a %s: %s", type(frame).__name__, error)
            self._refuse_frame(frame, "refused")
        except (OperationalError, InterfaceError) as error:
            log.warning("database away: %s", type(error).__name__)
            self._refuse_frame(frame, "retry")
        except Refused as error:
            self._refuse_frame(frame, error.code, error.detail)
            return error.close
        except Refusal as error:
            # A service says no in the words of the wire.
            self._refuse_frame(frame, error.code)
        return None

    def _refuse_frame(self, frame: Any, code: str, detail: str = "") -> None:
        ids = getattr(frame, "client_id", None), getattr(frame, "chat_id", None)
        self.refuse(code, *ids, detail)

    def refuse(
        self,
        code: str,
        client_id: UUID | None = None,
        chat_id: UUID | None = None,
        detail: str = "",
    ) -> None:
        """Answer with an error."""
        self.outlet.push(_error(code, client_id, chat_id, detail))


def _error(code: str, client_id: UUID | None = None, chat_id: UUID | None = None, detail: str = "") -> str:
    return events.encode(events.Error(code, client_id, chat_id, detail))
