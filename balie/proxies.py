"""The caller's own address instead of the proxy's, for HTTP and sockets alike."""

from typing import Any

from django.conf import settings

from agency.domain.network import client_of
from agency.services.system import forwarding
from tenants.context import run_in


class ClientAddress:
    """ASGI application: puts the address that our own proxies tell into `scope["client"]`, and hands on.

    The one rule for both servers; neither is told to read such headers itself.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = scope.get("headers", ())
        if any(name in forwarding.HEADERS for name, _ in headers):
            peer = (scope.get("client") or ("",))[0] or ""
            if settings.PROXIES > 0:
                told = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
                scope = {**scope, "client": [client_of(peer, told, settings.PROXIES), 0]}
            elif forwarding.is_news():
                await run_in(None, forwarding.say_untrusted, peer)
        await self.app(scope, receive, send)
