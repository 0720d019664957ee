"""A page's question while the database is away: a short no, for all who ask together from one try."""

import asyncio
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import OperationalError

from balie.asgi import application
from chat.realtime.widget import availability
from tenants import memory
from tests import cast

pytestmark = pytest.mark.usefixtures("live")


async def ask() -> int:
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/widget/{cast.ACME_SITE}/config",
        "headers": [],
        "query_string": b"",
    }
    request = ApplicationCommunicator(application, scope)
    status = int((await request.receive_output(5))["status"])
    await request.receive_output(5)
    await request.wait(5)
    return status


async def test_many_questions_wait_for_one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def away(now: Any, _picture: Any) -> Any:
        tries.append(now)
        raise OperationalError

    real = availability.list_site_states
    monkeypatch.setattr(availability, "list_site_states", away)
    assert await asyncio.gather(*[ask() for _ in range(20)]) == [503] * 20
    # One for those who asked together, and one at most of the task that re-reads each 2 s.
    assert len(tries) <= 2

    monkeypatch.setattr(availability, "list_site_states", real)
    memory.clear()
    assert await ask() == 200
