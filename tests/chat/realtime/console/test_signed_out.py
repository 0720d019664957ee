"""Where and how long a console lives: on the agency's host, and no longer than its session."""

from datetime import datetime

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session

from agency.models import Seat, User
from agency.services.pool import seats
from tenants import clock
from tests.chat.realtime.desk import console_socket, operator
from tests.chat.realtime.scene import new_id, wait_idle

pytestmark = pytest.mark.usefixtures("live")


async def test_a_hello_after_the_session_ended_gets_no_snapshot() -> None:
    socket = await console_socket("alice@balie.test")
    await socket.connect()
    await Session.objects.all().adelete()
    await socket.send(type="hello")
    assert (await socket.next())["code"] == "signed_out"
    assert await socket.hear_close() == 4401
    assert not await Seat.objects.filter(epoch__gt=0).aexists()


async def test_another_password_closes_the_consoles_of_the_old_one() -> None:
    socket, _ = await operator()
    alice = await User.objects.aget(email="alice@balie.test")
    old = alice.password
    try:
        alice.set_password("another-one-2026")
        await alice.asave(update_fields=["password"])
        assert (await socket.hear("error"))["code"] == "signed_out"
        assert await socket.hear_close() == 4401
    finally:
        await sync_to_async(User.objects.filter(pk=alice.pk).update)(password=old)


async def test_a_page_that_goes_away_leaves_five_seconds_unless_another_takes_the_seat() -> None:
    async def lease() -> datetime:
        return (await Seat.objects.aget(operator__user__email="alice@balie.test")).lease_until

    first, snapshot = await operator()
    whole = await lease()
    await first.send(type="seat.leave", epoch=snapshot["seat"]["epoch"])
    await wait_idle(first, new_id())
    # A lease only ever falls by leaving: renewals raise it.
    short = await lease()
    assert short < whole
    assert short <= clock.now() + seats.CLOSING
    second, again = await operator()
    assert again["seat"]["epoch"] == snapshot["seat"]["epoch"] + 1
    taken = await lease()
    assert taken > whole
    # The old page's word comes late: the seat is somebody else's by now.
    await first.send(type="seat.leave", epoch=snapshot["seat"]["epoch"])
    await wait_idle(first, new_id())
    assert await lease() == taken
    await second.send(type="seat.renew", epoch=again["seat"]["epoch"])
    await second.hear("seat.renewed")


async def test_a_console_lives_on_the_agency_s_host_alone() -> None:
    socket = await console_socket("alice@balie.test")
    own = [(b"origin", b"http://acme.localhost"), (b"host", b"acme.localhost")]
    cookies = [one for one in socket.communicator.scope["headers"] if one[0] == b"cookie"]
    socket.communicator.scope["headers"] = [*cookies, *own]
    await socket.connect()
    assert (await socket.next())["code"] == "bad_origin"
    assert await socket.hear_close() == 4403
