"""Chats that change hands, one story each, as test_snapshot tells them with those of `stories`."""

from collections.abc import AsyncIterator
from datetime import timedelta

from django.utils import timezone

from agency.models import Operator, Seat, User
from chat.services import assignment
from tenants.context import run_in
from tests.chat.realtime.desk import say, take
from tests.chat.realtime.stage import Stage, Story, sweep


async def transferred_to_bob(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    yield
    person = await User.objects.aget(email="bob@balie.test")
    await stage.ask("person", operator_id=str(person.pk), note="Wil ruilen")
    await stage.answer("Ik vraag het even.")
    await stage.command("offer.accept", by=bob)
    await stage.answer_of_bob("Hoi, ik ben Bob.")
    await say(stage.marieke, "Dag Bob")


async def transferred_to_alice(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    await stage.ask()
    await stage.command("offer.accept", by=bob)
    await stage.answer_of_bob("Hoi!")
    yield
    await stage.command("chat.transfer", by=bob, to="language", language="en")
    await take(stage.alice)
    await stage.answer("Hello!")


async def transfer_declined(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    yield
    await stage.ask()
    await stage.command("offer.decline", by=bob, reason="busy")


async def transfer_expired(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.colleague()
    await stage.ask()
    yield
    assert await sweep(assignment.expire_offers, 11) == 1


async def transfer_taken_back(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.colleague()
    yield
    await stage.ask()
    await stage.command("transfer.cancel")


async def closed_while_it_is_transferred(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.colleague()
    await stage.ask()
    yield
    await stage.end_by_visitor()


async def lost_while_it_is_transferred(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.colleague()
    await stage.ask()
    yield
    # Bob's console renewed meanwhile, Alice's didn't.
    await Seat.objects.filter(operator__user__email="bob@balie.test").aupdate(
        lease_until=timezone.now() + timedelta(seconds=60)
    )
    assert await sweep(assignment.requeue_lost_seats, 16) == 1


async def picked(stage: Stage) -> AsyncIterator[None]:
    await stage.begin_unanswered()
    yield
    await stage.command("chat.pick")
    await stage.answer()


async def taken_over_from_alice(stage: Stage) -> AsyncIterator[None]:
    await _lead("bob@balie.test")
    await stage.open()
    bob = await stage.colleague()
    yield
    await stage.command("chat.take", by=bob)
    await stage.answer_of_bob("Ik neem het over.")


async def called_and_picked(stage: Stage) -> AsyncIterator[None]:
    """Let pass twice by Bob while Alice, who leads, is on a break: she is called, and takes it."""
    await _lead("alice@balie.test")
    await stage.pause(on=True)
    bob = await stage.colleague()
    yield
    stage.chat_id = (await say(stage.marieke, "Valt de Veluwe klein?"))["chat_id"]
    for _ in range(2):
        await bob.hear("offer.made")
        await stage.command("offer.decline", by=bob)
    await stage.alice.hear("call.made")
    await bob.hear("offer.made")
    await stage.pause(on=True, by=bob)
    await stage.command("chat.pick")


async def called_and_left(stage: Stage) -> AsyncIterator[None]:
    await _lead("alice@balie.test")
    await stage.pause(on=True)
    bob = await stage.colleague()
    stage.chat_id = (await say(stage.marieke, "Valt de Veluwe klein?"))["chat_id"]
    for _ in range(2):
        await bob.hear("offer.made")
        await stage.command("offer.decline", by=bob)
    await bob.hear("offer.made")
    yield
    await stage.end_by_visitor()


async def put_back_by_a_manager(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    await stage.pause(on=True)
    yield
    maud = await User.objects.aget(email="maud@balie.test")
    given = {"chat_id": stage.chat_id, "by": maud, "reason": "te druk", "now": timezone.now()}
    assert await run_in(None, assignment.requeue_by_manager, **given)


async def moved_by_a_manager(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    yield
    maud = await User.objects.aget(email="maud@balie.test")
    to = await User.objects.aget(email="bob@balie.test")
    given = {"chat_id": stage.chat_id, "by": maud, "reason": "taal", "now": timezone.now()}
    await run_in(None, assignment.move_by_manager, operator_id=to.pk, **given)
    await stage.command("offer.accept", by=bob)


async def handed_on_at_the_end_of_the_shift(stage: Stage) -> AsyncIterator[None]:
    await stage.open()
    bob = await stage.colleague()
    await Seat.objects.filter(operator__user__email="alice@balie.test").aupdate(
        shift_ends_at=timezone.now(), draining=True, drain_reason="shift"
    )
    await Seat.objects.aupdate(lease_until=timezone.now() + timedelta(seconds=60))
    yield
    assert await sweep(assignment.hand_on_ended, 21) == 1
    assert await sweep(assignment.assign_waiting, 21) == 1
    await take(bob)


async def no_more_new_chats(stage: Stage) -> AsyncIterator[None]:
    yield
    await stage.drain(on=True)


async def new_chats_again(stage: Stage) -> AsyncIterator[None]:
    await stage.drain(on=True)
    yield
    await stage.drain(on=False)


HANDOVERS: list[Story] = [
    transferred_to_bob,
    transferred_to_alice,
    transfer_declined,
    transfer_expired,
    transfer_taken_back,
    closed_while_it_is_transferred,
    lost_while_it_is_transferred,
    picked,
    taken_over_from_alice,
    called_and_picked,
    called_and_left,
    put_back_by_a_manager,
    moved_by_a_manager,
    handed_on_at_the_end_of_the_shift,
    no_more_new_chats,
    new_chats_again,
]


async def _lead(email: str) -> None:
    """Make somebody the lead from now on. After the test nobody is."""
    await Operator.objects.filter(user__email=email).aupdate(is_lead=True)
