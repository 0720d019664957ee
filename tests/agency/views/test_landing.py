"""The page on which each person lands, and the host."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from agency.models import PortalMember, User
from agency.services import access
from tests.agency.services.mail.sent import sent_mails
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

ACME, ZEN, AGENCY = "acme.localhost", "zen.localhost", "localhost"


@pytest.fixture
def sign_in() -> Callable[..., Any]:
    """Sign in through the form. Returns the response."""

    def act(user: User, *, host: str, password: str = PASSWORD, browser: Client | None = None) -> Any:
        browser = browser or Client()
        data = {"login": user.email, "password": password}
        return browser.post("/accounts/login/", data, headers={"host": host})

    return act


def test_a_manager_lands_on_the_companies(maud, sign_in):
    assert sign_in(maud, host=AGENCY).headers["Location"] == "/manage/"


def test_an_operator_lands_on_the_console(alice, sign_in):
    assert sign_in(alice, host=AGENCY).headers["Location"] == "/console/"


@pytest.mark.parametrize(("person", "host"), [("carol", ACME), ("dave", ZEN)])
def test_a_portal_user_lands_on_their_own_portal(request, person, host, sign_in):
    user = request.getfixturevalue(person)
    browser = Client()
    answer = sign_in(user, host=host, browser=browser)
    assert answer.headers["Location"] == "/"
    assert browser.get("/", headers={"host": host}).status_code == 200


def test_the_front_door_asks_strangers_to_sign_in():
    answer = Client().get("/", headers={"host": AGENCY})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")


@pytest.mark.parametrize(
    ("person", "host", "right"),
    [
        ("carol", AGENCY, "http://acme.localhost"),
        ("carol", ZEN, "http://acme.localhost"),
        ("dave", ACME, "http://zen.localhost"),
        ("maud", ACME, "http://localhost"),
        ("alice", ZEN, "http://localhost"),
    ],
)
@pytest.mark.usefixtures("acme", "zen")
def test_signing_in_on_the_wrong_host_shows_the_right_one(request, person, host, right, sign_in):
    user = request.getfixturevalue(person)
    browser = Client()
    answer = sign_in(user, host=host, browser=browser)
    assert answer.status_code == 403
    assert f'href="{right}' in answer.content.decode()
    assert "_auth_user_id" not in browser.session


def test_a_wrong_password_on_the_wrong_host_gives_nothing_away(carol, zen, acme, sign_in):
    answer = sign_in(carol, host=ZEN, password="not this one")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert acme.name not in page
    assert "http://acme" not in page


def test_known_and_unknown_addresses_get_the_same_answer(alice, sign_in):
    wrong = sign_in(alice, host=AGENCY, password="not this one").content.decode()
    data = {"login": "nobody@balie.test", "password": "not this one"}
    unknown = Client().post("/accounts/login/", data, headers={"host": AGENCY}).content.decode()
    same = "horen niet bij elkaar"
    assert same in wrong
    assert same in unknown
    assert wrong.count("<") == unknown.count("<")


def test_a_switched_off_account_gets_no_session(alice, sign_in):
    alice.is_active = False
    alice.save()
    browser = Client()
    sign_in(alice, host=AGENCY, browser=browser)
    assert "_auth_user_id" not in browser.session


def test_five_wrong_passwords_close_the_account_for_a_while(bob, sign_in):
    for _ in range(5):
        sign_in(bob, host=AGENCY, password="guess")
    answer = sign_in(bob, host=AGENCY)
    assert "Te veel pogingen" in answer.content.decode()


def test_nobody_can_sign_up():
    answer = Client().post("/accounts/signup/", {"email": "x@x.test"}, headers={"host": AGENCY})
    assert "wordt voor je gemaakt" in answer.content.decode()
    assert not User.objects.filter(email="x@x.test").exists()


@pytest.mark.parametrize("path", ["/accounts/email/", "/accounts/social/login/", "/admin/"])
def test_what_allauth_could_do_and_we_do_not_is_absent(path):
    assert Client().get(path, headers={"host": AGENCY}).status_code == 404


# The door, on every host


@pytest.mark.parametrize("path", ["/", "/preferences/"])
def test_a_portal_is_closed_to_people_of_another_company(carol, acme, zen, path):
    browser = Client()
    browser.force_login(carol)
    assert browser.get(path, headers={"host": ACME}).status_code == 200
    assert browser.get(path, headers={"host": ZEN}).status_code == 404


def test_agency_people_are_no_members_of_a_portal(maud, alice, acme):
    for user in (maud, alice):
        browser = Client()
        browser.force_login(user)
        assert browser.get("/", headers={"host": ACME}).status_code == 404


def test_membership_is_read_on_every_request(carol, acme):
    browser = Client()
    browser.force_login(carol)
    assert browser.get("/", headers={"host": ACME}).status_code == 200
    PortalMember.objects.filter(user=carol).delete()
    assert browser.get("/", headers={"host": ACME}).status_code == 404


@pytest.mark.parametrize("person", ["alice", "carol"])
def test_manage_is_absent_for_everybody_but_managers(request, person, acme):
    browser = Client()
    browser.force_login(request.getfixturevalue(person))
    forbidden = browser.get("/manage/", headers={"host": AGENCY})
    absent = browser.get("/nothing-here/", headers={"host": AGENCY})
    assert forbidden.status_code == absent.status_code == 404
    assert forbidden.content == absent.content


@pytest.mark.parametrize("path", ["/manage/", "/console/", "/manage/colours.css", "/api/v1/"])
def test_agency_pages_do_not_answer_on_a_portal_host(maud, acme, path):
    browser = Client()
    browser.force_login(maud)
    assert browser.get(path, headers={"host": ACME}).status_code == 404


def test_the_portal_does_not_answer_on_the_agency_host(carol, acme):
    browser = Client()
    browser.force_login(carol)
    assert browser.get("/colours.css", headers={"host": AGENCY}).status_code == 404
    assert browser.get("/", headers={"host": AGENCY}).status_code == 403


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "acme.localhost.evil.test",
        "evil.test",
        "acme",
        "",
        "acme.localhost@evil.test",
    ],
)
def test_an_unknown_host_gets_nothing(acme, host):
    assert Client().get("/accounts/login/", headers={"host": host}).status_code in {400, 404}


@pytest.mark.parametrize("host", ["ACME.localhost", "acme.localhost.", "acme.localhost:8123"])
def test_a_host_is_known_in_every_spelling(acme, host):
    assert Client().get("/accounts/login/", headers={"host": host}).status_code == 200


def test_a_company_that_is_not_ready_has_no_portal(acme):
    acme.ready = False
    acme.save()
    assert Client().get("/accounts/login/", headers={"host": ACME}).status_code == 404


# Mails about an account


@pytest.mark.parametrize(
    ("person", "host", "start"),
    [("maud", AGENCY, "http://localhost"), ("carol", ACME, "http://acme.")],
)
def test_the_link_in_a_mail_comes_from_stored_names(request, person, host, start, acme):
    user = request.getfixturevalue(person)
    forged = {"host": host, "x-forwarded-host": "evil.test"}
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": user.email}, headers=forged)
    (sent,) = sent_mails()
    assert start in sent.body
    assert "evil.test" not in sent.body + sent.subject
    assert sent.to == [user.email]


def test_an_unknown_address_gets_a_mail_too_so_the_answer_says_nothing(maud):
    browser = Client()
    answers = [
        browser.post("/accounts/password/reset/", {"email": email}, headers={"host": AGENCY})
        for email in (maud.email, "stranger@elsewhere.test")
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(sent_mails()) == 2


def test_a_new_password_is_chosen_with_the_link(alice, sign_in):
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": alice.email}, headers={"host": AGENCY})
    link = next(line for line in sent_mails()[0].body.splitlines() if line.startswith("http"))
    path = "/" + link.split("/", 3)[3]
    form = browser.get(path, headers={"host": AGENCY}, follow=True)
    place = form.redirect_chain[-1][0]
    data = {"password1": "four words for alice", "password2": "four words for alice"}
    assert browser.post(place, data, headers={"host": AGENCY}).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("four words for alice")
    again = Client().get(path, headers={"host": AGENCY})
    assert "werkt niet meer" in again.content.decode()


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "Dit is te kort: neem minstens 12 tekens."),
        ("1q2w3e4r5t6y", "Veel mensen gebruiken dit wachtwoord."),
        ("alice@balie.test", "Dit lijkt te veel op je naam of adres."),
    ],
)
def test_a_weak_new_password_is_refused_with_what_to_do(alice, password, said):
    browser = Client()
    browser.force_login(alice)
    data = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = browser.post("/accounts/password/change/", data, headers={"host": AGENCY})
    page = answer.content.decode()
    assert said in page
    assert 'aria-invalid="true"' in page


def test_places_are_built_from_stored_names(carol, alice, acme, settings):
    assert [place.host for place in access.list_places(carol)] == ["acme.localhost"]
    assert [place.host for place in access.list_places(alice)] == [settings.AGENCY_HOST]
