"""Three consoles and a chat that goes from hand to hand."""

import uuid
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from agency.domain.pool.reasons import PoolReason
from agency.models import Assignment, Operator, PoolEntry, Seat, User
from agency.services.certification.certify import certify
from chat.models import Message
from chat.services import assignment
from chat.services.assignment import CannotAssign, Console, Wish
from tenants.context import in_company
from tenants.models import Company
from tests import cast
from tests.chat.services.stage import after, open_chat, sit

ANY, DUTCH = Wish("any"), Wish("language", language="nl")


@pytest.fixture(name="alice_")
def fixture_alice(db: None) -> Console:
    """Alice at her desk."""
    return sit("alice@balie.test")


@pytest.fixture(name="chat")
def fixture_chat(alice_: Console) -> PoolEntry:
    """Return a chat of acme's that Alice has."""
    return open_chat(alice_)


@pytest.fixture(name="bob_")
def fixture_bob(chat: PoolEntry) -> Console:
    """Bob at his desk, after Alice's chat was hers."""
    return sit("bob@balie.test")


@pytest.fixture(name="eve_")
def fixture_eve(chat: PoolEntry) -> Console:
    """Return a third operator, who knows acme."""
    user = User.objects.create_user("eve@balie.test", cast.PASSWORD, name="Eve")
    operator = Operator.objects.create(user=user, public_name="Eve", languages=["nl", "de"])
    certify(operator=operator, company=Company.objects.get(slug="acme"))
    return sit("eve@balie.test")


def ask(entry: PoolEntry, by: Console, wish: Wish, *, note: str = "", at: float = 0) -> PoolEntry:
    entry.refresh_from_db()
    said = assignment.HandoverNote(note, uuid.uuid4()) if note else None
    assignment.transfer(chat_id=entry.pk, fence=entry.fence, by=by, wish=wish, note=said, now=after(at))
    return fresh(entry)


def fresh(entry: PoolEntry) -> PoolEntry:
    return PoolEntry.objects.get(pk=entry.pk)


def person(console: Console) -> Wish:
    return Wish("person", console.operator_id)


def trail(entry: PoolEntry) -> list[tuple[str, UUID, PoolReason]]:
    rows = Assignment.objects.filter(chat_id=entry.pk).order_by("id")
    return [(str(row.kind), row.operator_id, row.reason) for row in rows]


def lines(entry: PoolEntry) -> list[tuple[str, Any]]:
    with in_company(Company.objects.get(pk=entry.company_id)):
        rows = Message.objects.filter(chat_id=entry.pk).exclude(kind="text").exclude(kind="auto")
        return [(str(row.kind), row.data or row.body) for row in rows.order_by("seq")]


def refused(act: Any, **given: Any) -> str:
    with pytest.raises(CannotAssign) as error:
        act(**given)
    return error.value.code


@pytest.fixture(autouse=True)
def slots_are_counted(db: None) -> Iterator[None]:
    """Check after every test that each seat uses no more and no less than it holds and is asked for, and that each
    change raised the fence.
    """
    yield
    for seat in Seat.objects.all():
        held = PoolEntry.objects.filter(operator=seat.pk, state="open").count()
        asked = PoolEntry.objects.filter(offered_to=seat.pk).count()
        assert seat.used == held + asked, seat
    for entry in PoolEntry.objects.all():
        fences = Assignment.objects.filter(chat_id=entry.pk).values_list("fence", flat=True)
        assert max(fences, default=0) <= entry.fence
