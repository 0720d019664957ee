"""A page that tries a site's chat, for the tests of the robot's socket."""

from typing import Any

import pytest

from chat.realtime import trial
from chat.services.trial import issue_token
from tenants.models import Company, Site
from tests import cast
from tests.chat.realtime.desk import Socket


@pytest.fixture(name="quick")
def fixture_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_TYPES", 0.01)
    monkeypatch.setattr(trial, "_WRITES", 0.02)


@pytest.fixture(name="not_live", autouse=True)
async def fixture_not_live(live: None) -> None:
    await Company.objects.filter(slug="acme").aupdate(live_at=None)


async def token_of(key: str = cast.ACME_SITE, origin: str = cast.ACME_ORIGIN) -> str:
    return issue_token(await Site.objects.aget(key=key), origin)


async def trying(token: str, *, key: str = cast.ACME_SITE, origin: str = cast.ACME_ORIGIN) -> Socket:
    socket = Socket(f"/ws/widget/{key}/?test={token}", [(b"origin", origin.encode())])
    await socket.connect()
    return socket


async def welcomed(**hello: Any) -> Socket:
    socket = await trying(await token_of())
    await socket.send(type="hello", **hello)
    assert (await socket.hear("welcome"))["availability"]["mode"] == "chat"
    return socket


async def words(socket: Socket) -> str:
    """Return the robot's next text."""
    while True:
        message = (await socket.hear("message.posted"))["message"]
        if message["kind"] == "text":
            assert (message["side"], message["name"]) == ("operator", "Robot")
            return str(message["body"])
