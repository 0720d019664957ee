"""Whose address a request and a socket have behind proxies, and that a proxy nobody told us of is said."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from agency.models import Heartbeat
from agency.services import alarms
from agency.services.system import forwarding
from balie.proxies import ClientAddress
from tenants import clock

pytestmark = pytest.mark.usefixtures("live")


async def seen(kind: str, peer: str, *headers: tuple[bytes, bytes]) -> Any:
    """Return the address that an application behind the proxies sees."""
    found: list[Any] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        found.append(scope["client"][0])

    scope = {"type": kind, "client": [peer, 4711], "headers": list(headers)}
    await ClientAddress(application)(scope, None, None)
    return found[0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_a_trusted_proxy_tells_the_address(settings: Any, kind: str) -> None:
    settings.PROXIES = 1
    told = (b"x-forwarded-for", b"10.1.1.1, 198.51.100.4")
    assert await seen(kind, "127.0.0.1", told) == "198.51.100.4"
    assert await seen(kind, "127.0.0.1", (b"x-forwarded-for", b"nonsense")) == "127.0.0.1"
    assert await seen(kind, "127.0.0.1") == "127.0.0.1"
    assert not await Heartbeat.objects.filter(part=forwarding.PART).aexists()


@pytest.mark.parametrize("header", [b"x-forwarded-for", b"forwarded", b"x-real-ip"])
async def test_an_untold_proxy_is_said_at_its_first_request(
    settings: Any, caplog: pytest.LogCaptureFixture, header: bytes
) -> None:
    settings.PROXIES = 0
    for _ in range(3):
        assert await seen("websocket", "127.0.0.1", (header, b"198.51.100.4")) == "127.0.0.1"
    said = [line for line in caplog.text.splitlines() if "forwarded_by_untrusted_peer" in line]
    assert len(said) == 1
    assert "198.51.100.4" not in said[0]
    await sync_to_async(alarms.count_alarms)(clock.now())
    found = await sync_to_async(alarms.list_alarms)(clock.now())
    assert [alarm.count for alarm in found if alarm.kind == "forwarding"] == [1]


async def test_a_stranger_s_header_alarms_nobody(settings: Any) -> None:
    settings.PROXIES = 0
    assert await seen("http", "8.8.8.8", (b"x-forwarded-for", b"1.2.3.4")) == "8.8.8.8"
    assert not await Heartbeat.objects.filter(part=forwarding.PART).aexists()
