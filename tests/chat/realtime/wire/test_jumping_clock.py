"""A web process and a dispatcher whose own clock jumps, 11 minutes ahead and 10 behind, while people talk."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from agency.models import PoolEntry, Seat
from chat.management.commands import dispatcher
from tenants import clock
from tenants.context import run_in
from tests.chat.realtime.desk import operator, say
from tests.chat.realtime.scene import held

pytestmark = pytest.mark.usefixtures("live")

CLOSE = timedelta(seconds=30)


RIGHT, SECONDS = timezone.now, time.time


def jump(monkeypatch: pytest.MonkeyPatch, wrong: timedelta) -> None:
    """Set the clock of this process."""
    monkeypatch.setattr(timezone, "now", lambda: RIGHT() + wrong)
    monkeypatch.setattr(time, "time", lambda: SECONDS() + wrong.total_seconds())
    monkeypatch.setattr(clock, "own", lambda: datetime.now(UTC) + wrong)


async def test_nothing_ends_and_every_time_is_the_databases(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice, snapshot = await operator()
    chat = await held(alice)
    chat_id, fence = chat.id, chat.fence
    for wrong in (timedelta(minutes=11), timedelta(minutes=-10), timedelta(minutes=11)):
        jump(monkeypatch, wrong)
        await run_in(None, clock.ask)
        for ack in (
            await say(chat.visitor, "Nog een vraag"),
            await say(alice, "Zeker", chat_id=chat_id, fence=fence),
        ):
            assert abs(datetime.fromisoformat(ack["at"]) - RIGHT()) < CLOSE
        await alice.send(type="seat.renew", epoch=snapshot["seat"]["epoch"])
        renewed = await alice.hear("seat.renewed")
        assert abs(datetime.fromisoformat(renewed["server_time"]) - RIGHT()) < CLOSE
        assert await dispatcher.sweep()
        entry = await PoolEntry.objects.aget(pk=chat_id)
        assert (entry.state, str(entry.operator_id)) == ("open", snapshot["me"]["id"])
        assert abs(entry.turn_at - RIGHT()) < CLOSE
        seat = await Seat.objects.aget(pk=entry.operator_id)
        assert timedelta(0) < seat.lease_until - RIGHT() < CLOSE
