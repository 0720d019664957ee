"""Where a person is signed in, and signing out elsewhere."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from agency.models import Seat, User
from agency.services.people.sign_in import sessions
from agency.services.pool import seats
from tenants import clock
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
    "Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 "
    "Edg/141.0.0.0"
)


def sign_in(user: User, browser: str, address: str) -> Client:
    client = Client(headers={"host": "localhost", "user-agent": browser}, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def test_each_browser_is_listed_with_its_name_and_this_one_first(alice: User) -> None:
    desk = sign_in(alice, FIREFOX, "203.0.113.7")
    sign_in(alice, PHONE, "2001:db8::9")
    sign_in(alice, EDGE, "203.0.113.8")
    sign_in(alice, "", "203.0.113.9")
    lines = sessions.list_sessions(alice, this=desk.session.session_key)
    assert [(line.browser, line.system, line.address, line.is_this) for line in lines] == [
        ("Firefox", "Linux", "203.0.113.7", True),
        ("", "", "203.0.113.9", False),
        ("Edge", "Windows", "203.0.113.8", False),
        ("Safari", "iPhone", "2001:db8::9", False),
    ]


def test_signing_out_elsewhere_ends_those_sessions_and_no_other(alice: User, bob: User) -> None:
    desk, phone, other = (sign_in(alice, FIREFOX, f"203.0.113.{n}") for n in range(3))
    bobs = sign_in(bob, FIREFOX, "203.0.113.9")
    row = UserSession.objects.get(session_key=phone.session.session_key)
    desk.post("/preferences/sessions/", {"session": row.pk})
    assert [c.get("/preferences/").status_code for c in (desk, phone, other, bobs)] == [200, 302, 200, 200]
    desk.post("/preferences/sessions/")
    assert [c.get("/preferences/").status_code for c in (desk, other, bobs)] == [200, 302, 200]


def test_nobody_ends_the_session_of_somebody_else_or_their_own_by_number(alice: User, bob: User) -> None:
    desk, bobs = sign_in(alice, FIREFOX, "203.0.113.1"), sign_in(bob, FIREFOX, "203.0.113.2")
    for client in (bobs, desk):
        row = UserSession.objects.get(session_key=client.session.session_key)
        desk.post("/preferences/sessions/", {"session": row.pk})
        assert client.get("/preferences/").status_code == 200
    assert desk.post("/preferences/sessions/", {"session": "x"}).status_code == 404
    assert desk.post("/preferences/sessions/", {"session": "9" * 30}).status_code == 302


def test_the_seat_of_a_console_that_is_signed_out_ends_with_it(alice: User) -> None:
    desk, console = sign_in(alice, FIREFOX, "203.0.113.1"), sign_in(alice, FIREFOX, "203.0.113.2")
    now = clock.now()
    seats.take_seat(operator=alice.operator, now=now, session=str(console.session.session_key))
    desk.post("/preferences/sessions/")
    seat = Seat.objects.get(operator=alice.pk)
    assert seat.lease_until is None or seat.lease_until <= clock.now()


def test_what_was_known_of_a_browser_goes_with_its_session(alice: User) -> None:
    first, second = (sign_in(alice, FIREFOX, f"203.0.113.{n}") for n in range(2))
    now = clock.now()
    Session.objects.filter(pk=first.session.session_key).update(expire_date=now - timedelta(seconds=1))
    assert sessions.prune(now=now) == 1
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [second.session.session_key]
    assert second.get("/preferences/").status_code == 200
