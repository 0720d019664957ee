"""Links to a password work for people who may enter, on the host where they do, and for nobody else."""

import re
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.test import Client

from agency.models import PortalMember, User
from agency.services.people import portal_members
from tenants import clock
from tenants.models import Company
from tests.agency.services.mail.sent import sent_mails
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

AGENCY, ACME, ZEN = "localhost", "acme.localhost", "zen.localhost"
NEW = "three words nobody knows"
# Whose link, and the one host of these on which it works.
RIGHT = {
    "alice@balie.test": AGENCY,
    "maud@balie.test": AGENCY,
    "carol@acme.test": ACME,
    "dave@zen.test": ZEN,
}


def link_for(user: User) -> str:
    """Return the path of a link as mails have it."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return f"/accounts/password/reset/key/{key}/"


def choose_password(browser: Client, link: str) -> Any:
    """Follow a link and send a new password. Returns the last answer."""
    first = browser.get(link)
    if first.status_code != 302:
        return first
    return browser.post(first.headers["Location"], {"password1": NEW, "password2": NEW})


def is_changed(user: User) -> bool:
    return not User.objects.get(pk=user.pk).check_password(PASSWORD)


@pytest.mark.parametrize("host", [AGENCY, ACME, ZEN])
@pytest.mark.parametrize("email", RIGHT)
def test_a_link_works_on_the_host_of_its_person_alone(email: str, host: str) -> None:
    user = User.objects.get(email=email)
    answer = choose_password(Client(headers={"host": host}), link_for(user))
    assert is_changed(user) == (RIGHT[email] == host)
    if RIGHT[email] != host:
        assert "Deze link werkt niet meer" in answer.content.decode()


@pytest.mark.parametrize("email", RIGHT)
def test_a_link_to_an_account_that_is_switched_off_is_refused(email: str) -> None:
    user = User.objects.get(email=email)
    link = link_for(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    choose_password(Client(headers={"host": RIGHT[email]}), link)
    assert not is_changed(user)


def test_a_link_of_a_removed_member_is_refused_on_every_host(
    carol: User, maud: User, acme: Company, zen: Company
) -> None:
    link = link_for(carol)
    PortalMember.objects.create(user=maud, company=acme, role=PortalMember.Role.OWNER)
    portal_members.remove_member(company=acme, user_id=carol.pk, by=maud, now=clock.now())
    for host in (AGENCY, ACME, ZEN):
        choose_password(Client(headers={"host": host}), link)
    assert not is_changed(carol)


def test_between_the_link_and_the_password_access_may_end(carol: User) -> None:
    browser = Client(headers={"host": ACME})
    form = browser.get(link_for(carol)).headers["Location"]
    assert browser.get(form).context["form"].fields
    PortalMember.objects.filter(user=carol).delete()
    browser.post(form, {"password1": NEW, "password2": NEW})
    assert not is_changed(carol)


@pytest.mark.parametrize("host", [AGENCY, ACME, ZEN])
@pytest.mark.parametrize("email", RIGHT)
def test_only_somebody_who_may_enter_is_mailed_a_link(email: str, host: str) -> None:
    browser = Client(headers={"host": host})
    answer = browser.post("/accounts/password/reset/", {"email": email})
    # The page says the same to everybody; the mail alone tells who has no place here.
    assert answer.headers["Location"] == "/accounts/password/reset/done/"
    [sent] = sent_mails()
    links = re.findall(r"https?://\S+/password/reset/key/\S+", sent.body)
    assert (sent.to, len(links)) == ([email], int(RIGHT[email] == host))
    if not links:
        place = {AGENCY: "Balie", ACME: "Acme Schoenen", ZEN: "Zen Energie"}[host]
        assert place in sent.body
