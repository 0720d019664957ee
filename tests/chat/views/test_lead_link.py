"""The link in a lead's mail. A press takes it up and says how it ended, and opening it writes nothing."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agency.services.system import rate_limits
from agency.services.system.rate_limits import Limit
from chat.models import Lead
from chat.services.leads.link import lead_token
from tenants.context import in_company
from tenants.models import Company
from tests.chat.services.leads.made import ask, steps, the_lead
from tests.pages import squeezed

pytestmark = pytest.mark.django_db


def url(company: Company) -> str:
    return f"/lead/{lead_token(company, the_lead(company).pk)}/"


def host(slug: str = "acme", **facts: Any) -> Client:
    return Client(HTTP_HOST=f"{slug}.localhost", **facts)


def press(company: Company, step: str, **facts: str) -> str:
    answer = host(company.slug).post(url(company), {"step": step, **facts}, follow=True)
    assert answer.status_code == 200
    return squeezed(answer.content.decode())


def test_opening_it_writes_nothing_and_shows_no_more_than_who_it_is(acme: Company) -> None:
    ask(phone="06 12345678")
    for method in ("get", "head", "options", "put", "delete"):
        getattr(host(), method)(f"{url(acme)}?step=acknowledged")
    assert steps(acme) == [("made", "")]
    answer = host().get(url(acme))
    page = squeezed(answer.content.decode())
    assert "Vraag van Marieke" in page
    assert "Ik pak dit op" in page
    assert "Gewonnen" not in page
    for secret in ("marieke@", "12345678", "maat 39"):
        assert secret not in page
    assert answer.headers["Content-Language"] == "nl"


def test_somebody_without_a_name_is_not_shown_by_their_number(acme: Company) -> None:
    ask(name="", email="", phone="06 12345678")
    page = squeezed(host().get(url(acme)).content.decode())
    assert "<h1>Vragenformulier</h1>" in page
    assert "12345678" not in page


def test_one_press_takes_it_up_and_the_next_says_how_it_ended(acme: Company) -> None:
    ask()
    assert "Gewonnen" in press(acme, "acknowledged")
    assert "Dat was al zo" in press(acme, "acknowledged")
    assert "te duur" in press(acme, "lost", reason="te duur")
    assert "Toch verloren" in press(acme, "won")
    assert [kind for kind, by in steps(acme) if not by] == ["made", "acknowledged", "lost", "won"]


def test_a_step_that_isn_t_there_or_comes_too_early_is_said(acme: Company) -> None:
    ask()
    for step in ("", "sold", "new", "escalated", "won\x00"):
        answer = host().post(url(acme), {"step": step})
        assert answer.status_code == 422
    assert "Zeg eerst dat iemand hem oppakt." in press(acme, "won")
    press(acme, "acknowledged")
    answer = host().post(url(acme), {"step": "lost", "reason": "x" * 201})
    assert answer.status_code == 422
    assert "Hoogstens 200 tekens" in squeezed(answer.content.decode())
    assert host().post(url(acme), {"step": "lost", "reason": "a\x00b"}).status_code == 422
    assert the_lead(acme).state == "acknowledged"


def test_every_link_that_isn_t_good_shows_one_and_the_same_page(acme: Company, zen: Company) -> None:
    ask()
    good = url(acme)
    lead_id = the_lead(acme).pk
    pages = [host().get(f"/lead/{lead_token(acme, uuid.uuid4())}/")]
    pages += [host().get(bad) for bad in (good[:-3] + "/", good.replace(".", ".x"), "/lead/x/", "/lead/x.y/")]
    pages.append(host().get(f"/lead/{lead_token(zen, lead_id)}/"))
    pages.append(host("zen").get(good))
    with in_company(acme):
        Lead.objects.update(created_at=the_lead(acme).created_at - timedelta(days=60))
    pages += [host().get(good), host().post(good, {"step": "acknowledged"})]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content.decode().partition("<main")[2].partition("</main")[0] for page in pages}) == 1
    assert the_lead(acme).state == "new"
    assert Client(HTTP_HOST="localhost").get(good).status_code == 404


def test_an_address_that_asks_all_day_is_stopped(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    ask()
    monkeypatch.setattr(rate_limits, "LEADS_OF_ADDRESS", Limit("leads_address", 2, 600))
    codes = [host(REMOTE_ADDR="192.0.2.77").get(url(acme)).status_code for _time in range(3)]
    assert codes == [200, 200, 429]
