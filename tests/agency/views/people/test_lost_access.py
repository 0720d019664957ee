"""Lost access: the seat goes with it, in the same transaction and on every way to lose it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agency.models import Certification, LogEntry, PoolEntry, Seat, User
from agency.services.people.people import PersonFacts, change_person, switch_person
from agency.services.pool import seats
from chat.services import assignment
from chat.services.assignment import CannotAssign, Console, desks
from chat.services.begin.first_message import CannotBegin
from tenants import clock
from tenants.models import Company
from tests import cast
from tests.agency.views.people.test_password_links import choose_password, link_for
from tests.chat.services.stage import open_chat, sit, write_first

pytestmark = pytest.mark.django_db

HOST = {"host": "localhost"}
CHANGED = {"password1": "three words nobody knows", "password2": "three words nobody knows"}


def sign_in(user: User) -> Client:
    browser = Client(headers=HOST)
    browser.post("/accounts/login/", {"login": user.email, "password": cast.PASSWORD})
    return browser


def demote(alice: User, maud: User, browser: Client, now: datetime) -> None:
    facts: dict[str, Any] = {
        "name": alice.name,
        "email": alice.email,
        "language": alice.language,
        "is_manager": False,
        "answers": True,
        "public_name": "Alice",
        "level": "trained",
        "languages": ("nl", "en"),
    }
    for is_lead in (True, False):
        change_person(user_id=alice.pk, facts=PersonFacts(**facts, is_lead=is_lead), by=maud, now=now)


def switch_off(alice: User, maud: User, browser: Client, now: datetime) -> None:
    switch_person(user_id=alice.pk, active=False, by=maud, now=now)


def sign_out_by_manager(alice: User, maud: User, browser: Client, now: datetime) -> None:
    assert desks.sign_out(operator_id=alice.pk, by=maud, reason="test", now=now)


def sign_out(alice: User, maud: User, browser: Client, now: datetime) -> None:
    browser.post("/accounts/logout/")
    assert browser.get("/console/").status_code == 302


def change_password(alice: User, maud: User, browser: Client, now: datetime) -> None:
    old = {"oldpassword": cast.PASSWORD}
    assert browser.post("/accounts/password/change/", old | CHANGED).status_code == 302


def reset_password(alice: User, maud: User, browser: Client, now: datetime) -> None:
    alice.refresh_from_db()
    assert choose_password(Client(headers=HOST), link_for(alice)).status_code == 302


WAYS: dict[Callable[..., None], int] = {
    demote: 30,
    change_password: 30,
    reset_password: 30,
    switch_off: 0,
    sign_out_by_manager: 0,
    sign_out: 0,
}


@pytest.fixture
def browser(alice: User) -> Client:
    """Alice's, signed in."""
    return sign_in(alice)


@pytest.fixture
def desk(alice: User, browser: Client) -> Console:
    """Alice's console, in the session of her browser."""
    session = str(browser.session.session_key)
    seat = seats.take_seat(operator=alice.operator, now=clock.now(), session=session)
    return Console(alice.pk, seat.epoch, "Alice")


@pytest.mark.parametrize(("lose", "kept_for"), WAYS.items(), ids=lambda one: getattr(one, "__name__", None))
def test_every_way_to_lose_access_ends_the_seat_at_once(
    lose: Callable[..., None],
    kept_for: int,
    desk: Console,
    alice: User,
    maud: User,
    browser: Client,
) -> None:
    held = open_chat(desk, now=clock.now())
    write_first(now=clock.now())
    began = clock.now()
    lose(alice, maud, browser, clock.now())
    now = clock.now()
    assert assignment.assign_waiting(now=now) == 0
    seat = Seat.objects.get(pk=alice.pk)
    assert began <= seat.lease_until <= now
    assert seats.renew(operator_id=alice.pk, epoch=desk.epoch, now=now) is None
    with pytest.raises(CannotAssign, match="seat_taken"):
        assignment.hand_back(chat_id=held.pk, fence=held.fence, by=desk, now=now)
    # Held chats wait for an operator who may come back, and for nobody else.
    before = seat.lease_until + timedelta(seconds=kept_for) - timedelta(milliseconds=1)
    if kept_for:
        assert assignment.requeue_lost_seats(now=before) == 0
    assert assignment.requeue_lost_seats(now=before + timedelta(milliseconds=1)) == 1


def test_a_pending_offer_goes_on_at_once_where_held_chats_wait(
    desk: Console, alice: User, maud: User, browser: Client
) -> None:
    now = clock.now()
    held = open_chat(desk, now=now)
    offered, _ = write_first(now=now)
    assert assignment.assign_waiting(now=now) == 1
    demote(alice, maud, browser, now)
    assert assignment.requeue_lost_seats(now=clock.now()) == 1
    states = dict(PoolEntry.objects.values_list("pk", "state"))
    assert states == {held.pk: "open", offered.chat_id: "waiting"}
    # Opened again, the console has what it held, and is offered chats as before.
    seat = seats.take_seat(operator=alice.operator, now=clock.now())
    assert assignment.requeue_lost_seats(now=now + timedelta(seconds=14)) == 0
    again = Console(alice.pk, seat.epoch, "Alice")
    assignment.hand_back(chat_id=held.pk, fence=held.fence, by=again, now=clock.now())


def test_signing_out_elsewhere_leaves_the_desk_alone(desk: Console, alice: User) -> None:
    other = sign_in(alice)
    other.post("/accounts/logout/")
    assert seats.renew(operator_id=alice.pk, epoch=desk.epoch, now=clock.now()) is not None


def test_a_session_that_is_gone_ends_the_seat_of_its_console_alone(desk: Console) -> None:
    older = (desk.operator_id, desk.epoch - 1)
    seats.leave_ended([older], now=clock.now())
    assert seats.renew(operator_id=older[0], epoch=desk.epoch, now=clock.now()) is not None
    seats.leave_ended([(desk.operator_id, desk.epoch)], now=clock.now())
    assert seats.renew(operator_id=older[0], epoch=desk.epoch, now=clock.now()) is None
    assert Seat.objects.get(pk=older[0]).lease_until <= clock.now()


# The manager's question


def ask(company: Company, operator: User) -> str:
    return reverse("manage_revoke", args=[company.pk, operator.pk])


def test_the_manager_says_what_becomes_of_the_chats_in_hand(
    manager: Client, desk: Console, alice: User, acme: Company, zen: Company
) -> None:
    mine = open_chat(desk, now=clock.now())
    other = open_chat(desk, site_key=cast.ZEN_SITE, now=clock.now())
    page = manager.get(ask(acme, alice)).content.decode()
    assert "1 chat van Acme Schoenen onder handen" in page
    unsaid = manager.post(ask(acme, alice), {"back": "company"})
    assert (unsaid.status_code, Certification.objects.filter(operator=alice.pk).count()) == (422, 2)
    assert "Kies wat er met de chats onder handen gebeurt." in unsaid.content.decode()
    assert manager.post(ask(acme, alice), {"chats": "hand_over"}).status_code == 302
    states = dict(PoolEntry.objects.values_list("pk", "state"))
    assert states == {mine.pk: "waiting", other.pk: "open"}
    assert PoolEntry.objects.get(pk=mine.pk).at_head
    entry = LogEntry.objects.get(action="certification.revoked")
    assert entry.changes["handed_over"] == [None, 1]
    # The console goes on with the other company's chat, and is never offered the one that was handed over.
    assert seats.renew(operator_id=alice.pk, epoch=desk.epoch, now=clock.now()) is not None
    assert assignment.assign_waiting(now=clock.now()) == 0
    assert list(PoolEntry.objects.filter(operator=alice.pk).values_list("pk", flat=True)) == [other.pk]


@pytest.mark.parametrize("reload", [False, True], ids=["goes on", "reloads"])
def test_chats_that_are_to_be_finished_stay_in_hand_and_the_console_open(
    manager: Client, desk: Console, alice: User, acme: Company, reload: bool
) -> None:
    mine = open_chat(desk, now=clock.now())
    other = open_chat(desk, site_key=cast.ZEN_SITE, now=clock.now())
    access_epoch = User.objects.get(pk=alice.pk).access_epoch
    assert manager.post(ask(acme, alice), {"chats": "finish"}).status_code == 302
    # Its sockets close for another number only.
    assert User.objects.get(pk=alice.pk).access_epoch == access_epoch
    epoch = desk.epoch
    if reload:
        epoch = seats.take_seat(operator=alice.operator, now=clock.now()).epoch
    later = clock.now() + timedelta(minutes=5)
    assert seats.renew(operator_id=alice.pk, epoch=epoch, now=later) is not None
    assert assignment.requeue_lost_seats(now=later) == 0
    held = PoolEntry.objects.filter(operator=alice.pk, state="open").values_list("pk", flat=True)
    assert set(held) == {mine.pk, other.pk}
    assert "handed_over" not in LogEntry.objects.get(action="certification.revoked").changes
    # Nothing new of that company, which nobody else is here for, and of the other as before.
    with pytest.raises(CannotBegin, match="nobody"):
        write_first(now=clock.now())
    write_first(cast.ZEN_SITE, now=clock.now())
    assert assignment.assign_waiting(now=clock.now()) == 1


@pytest.mark.parametrize("hand_over", [False, True])
def test_an_offer_of_that_company_is_taken_back_at_once(
    desk: Console, alice: User, maud: User, acme: Company, hand_over: bool
) -> None:
    write_first(now=clock.now())
    write_first(cast.ZEN_SITE, now=clock.now())
    assert assignment.assign_waiting(now=clock.now()) == 2
    facts: dict[str, Any] = {"operator": alice.operator, "company": acme, "by": maud}
    assert desks.revoke(**facts, hand_over=hand_over, now=clock.now())
    states = dict(PoolEntry.objects.values_list("company__slug", "state"))
    assert states == {"acme": "waiting", "zen": "offered"}
    entry = LogEntry.objects.get(action="certification.revoked")
    assert entry.changes.get("handed_over") == ([None, 0] if hand_over else None)
    assert Seat.objects.get(pk=alice.pk).used == 1


def test_without_chats_in_hand_nothing_is_asked(manager: Client, desk: Console, alice: User, acme: Company) -> None:
    open_chat(desk, site_key=cast.ZEN_SITE, now=clock.now())
    page = manager.get(ask(acme, alice)).content.decode()
    assert 'name="chats"' not in page
    assert manager.post(ask(acme, alice), {}).status_code == 302
    assert not Certification.objects.filter(operator=alice.pk, company=acme).exists()


def test_a_transfer_that_waits_for_its_answer_is_handed_over_too(
    desk: Console, alice: User, bob: User, maud: User, acme: Company
) -> None:
    mine = open_chat(desk, now=clock.now())
    sit("bob@balie.test", now=clock.now())
    assignment.transfer(
        chat_id=mine.pk,
        fence=mine.fence,
        by=desk,
        wish=assignment.Wish(to="person", operator_id=bob.pk),
        now=clock.now(),
    )
    facts: dict[str, Any] = {"operator": alice.operator, "company": acme, "by": maud}
    assert desks.revoke(**facts, hand_over=True, now=clock.now())
    mine.refresh_from_db()
    assert (mine.state, mine.offered_to_id) == ("waiting", None)
    assert set(Seat.objects.values_list("used", flat=True)) == {0}
    assert not desks.revoke(**facts, hand_over=True, now=clock.now())
