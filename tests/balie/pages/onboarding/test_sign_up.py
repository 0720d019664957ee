"""A company signs up by itself: the same words for everybody, a link that only a press takes up, once."""

import html
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from agency.models import AgencyDelivery, LogEntry, PortalMember, User
from agency.services import access
from agency.services.mail import agency_mail
from agency.services.system import rate_limits
from balie.steps import sign_up
from balie.steps.sign_up import sign_link
from billing.models import Price
from tenants import clock
from tenants.models import Company
from tests.agency.services.mail.sent import sent_mails

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


def test_the_mail_to_a_known_address_says_where_to_write(guest: Client, carol: User, settings: Any) -> None:
    for address, said in (("", "antwoorden op deze mail leest niemand"), ("bureau@balie.test", "Beantwoord dan")):
        settings.AGENCY_EMAIL = address
        AgencyDelivery.objects.all().delete()
        guest.post("/sign-up/", {**FORM, "email": carol.email})
        assert said in " ".join(AgencyDelivery.objects.get().text.split())
        mails = [mail for mail in sent_mails() if mail.to == [carol.email]]
        assert mails[-1].reply_to == ([address] if address else [])


@pytest.mark.parametrize("name", ["/sign-up/x. BV", "http://localhost:8000/sign-up/x.{secret}/ BV"])
def test_a_name_that_looks_like_a_link_doesn_t_spoil_the_real_one(guest: Client, name: str) -> None:
    guest.post("/sign-up/", {**FORM, "name": name})
    delivery = AgencyDelivery.objects.get()
    text = delivery.text.replace(agency_mail.SECRET, sign_link(delivery))
    assert guest.get(re.findall(r"/sign-up/\S+", text)[-1]).status_code == 200


def test_a_letter_without_a_link_signs_nothing(guest: Client, carol: User) -> None:
    name = access.host_url(None, "/sign-up/") + "x.{secret}"
    guest.post("/sign-up/", {**FORM, "name": name, "email": carol.email})
    assert sign_link(AgencyDelivery.objects.get()) == ""


def test_who_owns_a_company_that_isn_t_live_is_led_to_it(guest: Client) -> None:
    guest.post("/sign-up/", FORM)
    first = link()
    guest.post("/sign-up/", {**FORM, "name": "Tweede"})
    second = link()
    guest.post(first)
    answer = guest.post(second)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "nog niet live is: Fietsenhuis Verhoeven" in page
    assert "http://fietsenhuis-verhoeven.localhost" in page
    assert not Company.objects.filter(name="Tweede").exists()
    Company.objects.filter(name=FORM["name"]).update(live_at=clock.now())
    assert guest.post(second).status_code == 302


def test_presses_are_counted_for_the_whole_agency(guest: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "SIGN_UPS_OF_AGENCY", rate_limits.Limit("sign_ups_agency", 1, 3_600))
    rate_limits.forget(rate_limits.SIGN_UPS_OF_AGENCY, "all")
    paths = []
    for name in ("Eerste", "Tweede"):
        guest.post("/sign-up/", {**FORM, "name": name, "email": f"{name}@fietsen.example"})
        paths.append(link())
    # A second press of the first makes nothing, so it isn't counted.
    assert [guest.post(path).status_code for path in (paths[0], paths[0], paths[1])] == [302, 302, 422]
    assert not Company.objects.filter(name="Tweede").exists()
    rate_limits.forget(rate_limits.SIGN_UPS_OF_AGENCY, "all")


def test_what_no_second_press_mends_is_said_so(guest: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    guest.post("/sign-up/", FORM)
    path = link()
    monkeypatch.setattr(sign_up, "free_monogram", lambda name: "")
    page = guest.post(path).content.decode()
    assert "Schrijf naar" in page
    assert "Druk nog eens" not in page


def test_over_the_limit_the_form_comes_back_as_it_was_typed(guest: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    monkeypatch.setattr(rate_limits, "take_address", lambda limit, address: taken.append(limit.kind))
    assert guest.post("/sign-up/", {**FORM, "tone": ""}).status_code == 422
    assert taken == []
    answer = guest.post("/sign-up/", FORM)
    assert (answer.status_code, taken) == (429, ["sign_ups_address"])
    page = html.unescape(answer.content.decode())
    assert 'value="Fien Verhoeven"' in page
    assert "hoogstens 20 formulieren per 60 minuten" in page
    assert not AgencyDelivery.objects.exists()


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
