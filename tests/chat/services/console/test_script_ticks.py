"""The ticks in a company's script: they stay with the chat, whoever holds it, and go with its end."""

from collections.abc import Callable
from datetime import datetime

import pytest

from agency.models import Operator, PoolEntry, User
from chat.domain.lifecycle import Outcome
from chat.domain.texts.wording import MOST_STEPS
from chat.services import assignment
from chat.services.assignment import Console, script_ticks
from chat.services.console.snapshot import console_snapshot
from chat.services.ending import reasons_to_close
from tests.chat.services.assignment.handing import (  # noqa: F401 -- fixtures
    ask,
    fixture_alice,
    fixture_bob,
    fixture_chat,
    fixture_eve,
    fresh,
    person,
    refused,
    slots_are_counted,
)
from tests.chat.services.stage import after, used

pytestmark = pytest.mark.django_db


def tick(chat: PoolEntry, by: Console, step: str, *, on: bool = True, at: float = 1) -> None:
    script_ticks.tick(chat_id=chat.pk, fence=fresh(chat).fence, by=by, step=step, on=on, now=after(at))


def ticks_seen_by(console: Console) -> dict[str, datetime]:
    """Return what a console that is opened now shows of its one chat."""
    (chat,) = console_snapshot(User.objects.get(pk=console.operator_id), now=after(60)).chats
    return chat.entry.ticks


def transferred(chat: PoolEntry, alice: Console, bob: Console) -> None:
    asked = ask(chat, alice, person(bob), at=2)
    assignment.accept(chat_id=chat.pk, fence=asked.fence, by=bob, now=after(3))


def taken_over(chat: PoolEntry, alice: Console, bob: Console) -> None:
    Operator.objects.filter(pk=bob.operator_id).update(is_lead=True)
    assignment.take_over(chat_id=chat.pk, fence=fresh(chat).fence, by=bob, now=after(3))


def handed_back(chat: PoolEntry, alice: Console, bob: Console) -> None:
    assignment.hand_back(chat_id=chat.pk, fence=fresh(chat).fence, by=alice, now=after(2))
    assert assignment.assign_waiting(now=after(3)) == 1
    assignment.accept(chat_id=chat.pk, fence=fresh(chat).fence, by=bob, now=after(4))


@pytest.mark.parametrize("pass_on", [transferred, taken_over, handed_back])
def test_the_next_operator_sees_what_the_first_ticked(chat, alice_, bob_, pass_on: Callable[..., None]) -> None:
    tick(chat, alice_, "order")
    tick(chat, alice_, "size", at=2)
    tick(chat, alice_, "size", on=False, at=3)
    assert ticks_seen_by(alice_) == {"order": after(1)}
    pass_on(chat, alice_, bob_)
    assert ticks_seen_by(bob_) == {"order": after(1)}
    tick(chat, bob_, "size", at=9)
    assert ticks_seen_by(bob_) == {"order": after(1), "size": after(9)}
    # An operator who gave the chat away ticks nothing in it any more.
    assert used(alice_) == 0
    given = {"fence": fresh(chat).fence, "by": alice_, "step": "size", "on": False, "now": after(9)}
    assert refused(script_ticks.tick, chat_id=chat.pk, **given) == "not_yours"


def test_a_repeat_changes_nothing_and_a_script_has_no_more_than_its_steps(chat, alice_) -> None:
    tick(chat, alice_, "order")
    tick(chat, alice_, "order", at=5)
    assert ticks_seen_by(alice_) == {"order": after(1)}
    tick(chat, alice_, "never", on=False)
    for number in range(MOST_STEPS - 1):
        tick(chat, alice_, f"step-{number}")
    given = {"chat_id": chat.pk, "fence": chat.fence, "by": alice_, "on": True, "now": after(2)}
    assert refused(script_ticks.tick, **given, step="one more") == "too_many"
    assert len(ticks_seen_by(alice_)) == MOST_STEPS


def test_a_console_that_sees_an_older_chat_ticks_nothing(chat, alice_) -> None:
    given = {"chat_id": chat.pk, "step": "order", "on": True, "now": after(2)}
    assert refused(script_ticks.tick, **given, by=alice_, fence=chat.fence + 1) == "fence"
    older = Console(alice_.operator_id, alice_.epoch - 1, alice_.name)
    assert refused(script_ticks.tick, **given, by=older, fence=chat.fence) == "seat_taken"
    assert ticks_seen_by(alice_) == {}


def test_what_is_ticked_in_wrap_up_counts_and_ends_with_the_chat(chat, alice_) -> None:
    reasons_to_close.close_by_operator(chat_id=chat.pk, fence=chat.fence, by=alice_, now=after(5))
    tick(chat, alice_, "mail", at=6)
    assert ticks_seen_by(alice_) == {"mail": after(6)}
    given = {"chat_id": chat.pk, "by": alice_, "now": after(7), "outcome": str(Outcome.RESOLVED)}
    reasons_to_close.wrap_up(**given, fence=fresh(chat).fence)
    assert not PoolEntry.objects.filter(pk=chat.pk).exists()
