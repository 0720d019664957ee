"""Wrong passwords: counted per account over all hosts, and a known device of the account isn't locked out."""

from typing import Any

import pytest
from django.test import Client

from agency.models import Block, LogEntry, User
from agency.services.system import rate_limits
from agency.services.system.rate_limits import Limit
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

STRANGER = "203.0.113.50"
# Every name and port under which one process answers; each was a count of its own.
HOSTS = [
    "localhost",
    "localhost:8001",
    "LOCALHOST",
    "127.0.0.1",
    "acme.localhost",
    "zen.localhost:99",
]


def try_in(
    email: str,
    password: str,
    *,
    host: str = "localhost",
    browser: Client | None = None,
    address: str = STRANGER,
) -> Any:
    data = {"login": email, "password": password}
    browser = browser or Client()
    return browser.post("/accounts/login/", data, headers={"host": host}, REMOTE_ADDR=address)


def is_closed(answer: Any) -> bool:
    return "Te veel pogingen" in answer.content.decode()


def test_wrong_passwords_count_over_all_hosts(bob: User) -> None:
    answers = [try_in(bob.email, "guess", host=HOSTS[n % len(HOSTS)]) for n in range(12)]
    assert [is_closed(answer) for answer in answers] == [False] * 5 + [True] * 7


def test_another_spelling_of_the_address_is_the_same_account(bob: User) -> None:
    for spelling in (bob.email, bob.email.upper(), f" {bob.email} ", bob.email.title(), bob.email):
        assert not is_closed(try_in(spelling, "guess"))
    assert is_closed(try_in(bob.email.swapcase(), "guess"))


def test_an_address_nobody_has_is_counted_alike() -> None:
    answers = [try_in("nobody@balie.test", "guess") for _ in range(6)]
    assert [is_closed(answer) for answer in answers] == [False] * 5 + [True]


def test_one_address_that_tries_many_accounts_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "PASSWORDS_OF_ADDRESS", Limit("passwords_address", 3, 300))
    house = [f"2001:db8:5:5::{number:x}" for number in range(1, 6)]
    answers = [try_in(f"{n}@balie.test", "guess", address=one) for n, one in enumerate(house)]
    assert [is_closed(answer) for answer in answers] == [False] * 3 + [True] * 2


def test_an_office_that_signs_in_at_seven_meets_no_limit(alice: User) -> None:
    for _ in range(70):
        assert try_in(alice.email, PASSWORD).status_code == 302


def test_a_known_device_is_not_locked_out_by_a_stranger(alice: User) -> None:
    desk = Client()
    assert try_in(alice.email, PASSWORD, browser=desk).status_code == 302
    (cookie,) = [held for name, held in desk.cookies.items() if "_device_" in name]
    assert (cookie["domain"], cookie["path"], cookie["httponly"], cookie["samesite"]) == (
        "",
        "/accounts/",
        True,
        "Lax",
    )
    assert alice.email not in cookie.value
    desk.cookies.pop("balie_session_8000", None)
    assert all(try_in(alice.email, "guess").status_code == 422 for _ in range(8))
    assert is_closed(try_in(alice.email, PASSWORD))
    assert try_in(alice.email, PASSWORD, browser=desk).status_code == 302


def test_a_known_device_has_a_count_of_its_own(alice: User, bob: User) -> None:
    desk = Client()
    try_in(alice.email, PASSWORD, browser=desk)
    answers = [try_in(alice.email, "guess", browser=_signed_out(desk)) for _ in range(11)]
    assert [is_closed(answer) for answer in answers] == [False] * 10 + [True]
    # It is known for alice, and a stranger for bob.
    assert [is_closed(try_in(bob.email, "guess", browser=desk)) for _ in range(6)][-1]


def test_a_device_cookie_of_somebody_else_or_a_forged_one_is_none(alice: User, bob: User) -> None:
    desk = Client()
    try_in(alice.email, PASSWORD, browser=desk)
    name = next(name for name in desk.cookies if "_device_" in name)
    forger = Client()
    forger.cookies[name.replace(alice.pk.hex[:12], bob.pk.hex[:12])] = desk.cookies[name].value
    answers = [try_in(bob.email, "guess", browser=forger) for _ in range(6)]
    assert is_closed(answers[-1])


def test_a_manager_sees_who_waits_and_lets_them_go_on(
    bob: User, manager: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert "Niemand is over een grens" in manager.get("/manage/limits/").content.decode()
    for _ in range(6):
        try_in(bob.email, "guess")
    page = manager.get("/manage/limits/").content.decode()
    assert bob.email in page
    assert "Verkeerde wachtwoorden: een account" in page
    block = Block.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        said = manager.post("/manage/limits/", {"limit": str(block.pk)}, follow=True)
    assert "De grens is opgeheven" in said.content.decode()
    assert try_in(bob.email, PASSWORD).status_code == 302
    assert LogEntry.objects.get(action="limit.lifted").object_name == bob.email
    log = manager.get("/manage/log/").content.decode()
    assert "Hief een grens op" in log
    assert "Verkeerde wachtwoorden: een account" in log
    again = manager.post("/manage/limits/", {"limit": str(block.pk)}, follow=True)
    assert "al voorbij" in again.content.decode()
    assert manager.post("/manage/limits/", {"limit": "x"}).status_code == 404


def test_only_a_manager_sees_the_limits(alice: User) -> None:
    operator = Client(HTTP_HOST="localhost")
    operator.force_login(alice)
    assert operator.get("/manage/limits/").status_code == 404


def test_mails_for_a_new_password_are_limited_by_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "RESETS_OF_ADDRESS", Limit("resets_address", 1, 300))
    browser = Client(REMOTE_ADDR=STRANGER, HTTP_HOST="localhost")
    answers = [browser.post("/accounts/password/reset/", {"email": f"{n}@x.test"}).status_code for n in range(3)]
    assert answers[1:] == [429, 429]


def _signed_out(browser: Client) -> Client:
    for name in [name for name in browser.cookies if "device" not in name]:
        del browser.cookies[name]
    return browser
