"""Two could be asked, and the better-ranked lacks what is wished: the other one is asked."""

import pytest

from agency.models import Certification, Operator, Seat, User
from agency.services.certification.certify import certify
from chat.services import assignment
from chat.services.assignment import Console, Wish
from tenants.models import Company
from tests import cast
from tests.chat.services.assignment.handing import (  # noqa: F401 -- fixtures
    ANY,
    ask,
    fixture_alice,
    fixture_bob,
    fixture_chat,
    fixture_eve,
    fresh,
    person,
    slots_are_counted,
)
from tests.chat.services.stage import after, open_chat, sit

pytestmark = pytest.mark.django_db

GERMAN = Wish("language", language="de")


@pytest.fixture
def bob_first(chat, alice_, bob_, eve_) -> None:
    """Give Eve, who speaks German, a chat. Bob holds none, so the router would rather ask him."""
    Seat.objects.exclude(pk=eve_.operator_id).update(paused=True)
    open_chat(eve_, now=after(1))
    Seat.objects.update(paused=False)
    assert ask(chat, alice_, ANY, at=2).offered_to_id == bob_.operator_id
    given = {"chat_id": chat.pk, "fence": fresh(chat).fence, "by": alice_, "now": after(3)}
    assignment.cancel_transfer(**given)


@pytest.fixture(name="frank_")
def fixture_frank(chat) -> Console:
    """Return a fourth operator, who speaks German too."""
    user = User.objects.create_user("frank@balie.test", cast.PASSWORD, name="Frank")
    operator = Operator.objects.create(user=user, public_name="Frank", languages=["de"])
    certify(operator=operator, company=Company.objects.get(slug="acme"))
    return sit("frank@balie.test")


def test_by_language(bob_first, chat, alice_, eve_) -> None:
    asked = ask(chat, alice_, GERMAN, at=4)
    assert (asked.offered_to_id, asked.transfer) == (eve_.operator_id, "de")


def test_by_language_for_the_second_time(bob_first, chat, alice_, eve_, frank_) -> None:
    """Bob is the best of those left, but he speaks no German."""
    first = ask(chat, alice_, GERMAN, at=4)
    by = {eve_.operator_id: eve_, frank_.operator_id: frank_}[first.offered_to_id]
    assignment.decline(chat_id=chat.pk, fence=first.fence, by=by, reason="", now=after(5))
    assert {first.offered_to_id, fresh(chat).offered_to_id} == {eve_.operator_id, frank_.operator_id}


def test_by_name(bob_first, chat, alice_, eve_) -> None:
    assert ask(chat, alice_, person(eve_), at=4).offered_to_id == eve_.operator_id


def test_by_certificate(bob_first, chat, alice_, bob_, eve_) -> None:
    Certification.objects.filter(operator=bob_.operator_id).delete()
    assert ask(chat, alice_, ANY, at=4).offered_to_id == eve_.operator_id
