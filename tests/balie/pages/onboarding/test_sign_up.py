"""A company signs up by itself: the same words for everybody, a link that only a press takes up, once."""

import html
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from agency.models import AgencyDelivery, LogEntry, PortalMember, User
from agency.services.mail import agency_mail
from balie.steps.sign_up import sign_link
from billing.models import Price
from tenants import clock
from tenants.models import Company

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Fietsenhuis Verhoeven",
    "person": "Fien Verhoeven",
    "email": "Fien@fietsen.example",
    "language": "nl",
    "tone": "u",
}


@pytest.fixture
def guest() -> Client:
    return Client(HTTP_HOST="localhost")


def link() -> str:
    """Return the path of the link in the last letter, as its reader gets it."""
    delivery = AgencyDelivery.objects.latest("created_at")
    text = delivery.text.replace(agency_mail.SECRET, sign_link(delivery))
    found = re.search(r"http://localhost\S*(/sign-up/\S+)", text)
    assert found
    return found[1]


def test_a_press_behind_the_link_makes_the_company_once(guest: Client, settings: Any) -> None:
    settings.SIGN_UP_PRICE = Decimal("3.75")
    assert guest.post("/sign-up/", FORM).headers["Location"] == "/sign-up/sent/"
    assert not Company.objects.filter(name=FORM["name"]).exists()
    path = link()
    assert "Fietsenhuis Verhoeven" in guest.get(path).content.decode()
    # Mail scanners follow links.
    assert not Company.objects.filter(name=FORM["name"]).exists()
    assert guest.post(path).headers["Location"] == path
    company = Company.objects.get(name=FORM["name"])
    way_in = re.search(
        r"http://fietsenhuis-verhoeven\.localhost\S*(/accounts/[^\"]*)", guest.get(path).content.decode()
    )
    assert way_in
    assert "/password/reset/key/" in way_in[1]
    assert (company.live_at, company.tone, company.monogram) == (None, "u", "FV")
    owner = PortalMember.objects.get(company=company)
    assert (owner.role, owner.user.email) == ("owner", "fien@fietsen.example")
    assert Price.objects.get(company=company).amount == Decimal("3.75")
    done = LogEntry.objects.filter(company=company).values_list("action", "actor_name")
    assert set(done) == {("company.signed_up", ""), ("price.set", "")}
    assert guest.post(path).status_code == 302
    assert Company.objects.filter(name=FORM["name"]).count() == 1
    owner.user.set_password("veertien paarse tafels")
    owner.user.save()
    assert "/accounts/login/" in guest.get(path).content.decode()


def test_without_a_price_of_the_agency_a_manager_sets_it(guest: Client) -> None:
    guest.post("/sign-up/", FORM)
    guest.post(link())
    assert not Price.objects.filter(company__name=FORM["name"]).exists()


def test_an_address_with_an_account_is_told_so_by_mail_alone(guest: Client, carol: User) -> None:
    first = guest.post("/sign-up/", FORM)
    second = guest.post("/sign-up/", {**FORM, "email": carol.email})
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    text = AgencyDelivery.objects.get(recipient=carol.email).text
    assert "/sign-up/" not in text
    assert "http://acme.localhost" in text


def test_a_forged_old_or_cut_off_link_leads_nowhere(guest: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    guest.post("/sign-up/", FORM)
    path = link()
    payload, _, signature = path.removeprefix("/sign-up/").rstrip("/").partition(".")
    for token in (payload, f"{payload}.", f"{payload[:-2]}.{signature}", f"{payload}A.{signature}", "é", "." * 50):
        assert guest.post(f"/sign-up/{token}/").status_code == 404, token
    later = clock.now() + timedelta(days=3, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert guest.post(path).status_code == 404
    assert not Company.objects.filter(name=FORM["name"]).exists()


def test_one_mailbox_gets_three_links_an_hour(guest: Client) -> None:
    answers = {guest.post("/sign-up/", {**FORM, "name": f"Bedrijf {n}"}).status_code for n in range(5)}
    assert answers == {302}
    assert AgencyDelivery.objects.count() == 3


@pytest.mark.parametrize("bad", ["", "\0", "\u202eevil", "x" * 10_000, "<script>alert(1)</script>"])
def test_what_is_wrong_is_said_and_nothing_is_mailed(guest: Client, bad: str) -> None:
    answer = guest.post("/sign-up/", dict.fromkeys(FORM, bad))
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert all(f'id="id_{name}_error"' in page for name in ("email", "language", "tone"))
    assert "<script>alert" not in answer.content.decode()
    assert not AgencyDelivery.objects.exists()


def test_switched_off_there_is_nothing(guest: Client, settings: Any) -> None:
    guest.post("/sign-up/", FORM)
    path = link()
    settings.SIGN_UP = False
    for url in ("/sign-up/", "/sign-up/sent/", path):
        assert guest.get(url).status_code == 404
        assert guest.post(url).status_code in {404, 405}
