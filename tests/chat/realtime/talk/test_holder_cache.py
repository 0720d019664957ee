"""The memory of holders: who holds a chat for 3 s, that nobody does not at all, that somebody once did for ever."""

import uuid
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async

from agency.models import PoolEntry, User
from chat.realtime import holder_cache
from chat.services import access
from tests.chat.realtime.desk import operator
from tests.chat.realtime.scene import held

pytestmark = pytest.mark.usefixtures("live")


async def test_a_hand_over_is_seen_after_3_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(holder_cache, "time", SimpleNamespace(monotonic=lambda: now[0]))
    alice, _ = await operator()
    chat = uuid.UUID((await held(alice)).id)
    people = await sync_to_async(lambda: {user.email: user.pk for user in User.objects.all()})()
    alice_id, bob_id = people["alice@balie.test"], people["bob@balie.test"]
    assert await holder_cache.holder_of(chat) == alice_id
    await PoolEntry.objects.filter(pk=chat).aupdate(operator=bob_id)
    now[0] += 2.999
    assert await holder_cache.holder_of(chat) == alice_id
    now[0] += 0.001
    assert await holder_cache.holder_of(chat) == bob_id
    # Nobody: asked anew each time.
    now[0] += 3
    await PoolEntry.objects.filter(pk=chat).aupdate(operator=None, state="waiting")
    assert await holder_cache.holder_of(chat) is None
    await PoolEntry.objects.filter(pk=chat).aupdate(operator=alice_id, state="open")
    assert await holder_cache.holder_of(chat) == alice_id


async def test_who_never_held_a_chat_isn_t_remembered_as_such() -> None:
    alice, _ = await operator()
    chat = uuid.UUID((await held(alice)).id)
    people = await sync_to_async(lambda: {user.email: user.pk for user in User.objects.all()})()
    bob = people["bob@balie.test"]
    assert await access.schema_of_chat(people["alice@balie.test"], chat) == "t_acme"
    assert await access.schema_of_chat(bob, chat) is None
    bob_s, _ = await operator("bob@balie.test")
    await alice.send(type="chat.requeue", client_id=str(uuid.uuid4()), chat_id=str(chat), fence=(await _fence(chat)))
    await alice.hear("chat.removed")
    offer = (await bob_s.hear("offer.made"))["offer"]
    await bob_s.send(type="offer.accept", chat_id=str(chat), fence=offer["fence"], client_id=str(uuid.uuid4()))
    await bob_s.hear("chat.added")
    assert await access.schema_of_chat(bob, chat) == "t_acme"
    assert await access.schema_of_chat(people["alice@balie.test"], chat) == "t_acme", "she had it"


async def _fence(chat: uuid.UUID) -> int:
    return (await PoolEntry.objects.aget(pk=chat)).fence
