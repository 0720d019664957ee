"""The step of coming aboard in which the company agrees: what it saves, accepts and still asks for."""

from typing import Any

import pytest

from agency.models import User
from billing.models import Acceptance, Price
from billing.services.agreements.accept import CannotAccept, Consent
from tenants.models import Company
from tests.billing.services.test_agreements import known  # noqa: F401 -- fixture
from tests.pages import browser_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known")]

STEP = "/start/agreement/"


def yes(answer: Any, kind: str) -> dict[str, str]:
    proposal = next(one.proposal for one in answer.context["parts"].proposals if one.proposal.kind == kind)
    return {"act": "accept", "kind": kind, "price_id": proposal.price_id, "seen": proposal.sum, "name": "Carol Smit"}


def test_an_owner_accepts_both_in_the_step_and_goes_on(carol: User, acme: Company) -> None:
    Price.objects.create(company=acme, amount="4.50", valid_from="2026-01-01")
    browser = browser_of(carol)
    page = browser.get(STEP)
    for kind in ("processing", "price"):
        assert browser.post(STEP, {**yes(page, kind), "name": ""}).status_code == 422
        assert browser.post(STEP, yes(page, kind)).url == STEP
    assert Acceptance.objects.count() == 2
    answer = browser.post(STEP, {"chat_months": 12, "lead_months": 85})
    assert answer.status_code == 422
    answer = browser.post(STEP, {"chat_months": 12, "lead_months": 6})
    assert answer.status_code == 302
    acme.refresh_from_db()
    assert (acme.chat_months, acme.lead_months) == (12, 6)


def test_a_step_that_comes_back_with_errors_did_its_act_once(carol: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def refuse(*, consent: Consent, **_facts: Any) -> None:
        tried.append(consent.name)
        raise CannotAccept("changed")

    monkeypatch.setattr("billing.views.agreements.acceptances.accept", refuse)
    browser = browser_of(carol)
    answer = browser.post(STEP, yes(browser.get(STEP), "processing"))
    assert (answer.status_code, tried) == (422, ["Carol Smit"])
    assert "Lees opnieuw" in words_of(answer)


def test_the_list_says_which_name_and_price_are_missing(carol: User, maud: User, acme: Company) -> None:
    browser = browser_of(carol)
    listed = words_of(browser.get("/start/"))
    assert "een naam onder de verwerkersovereenkomst" in listed
    assert "een prijs, die het bureau vaststelt" in listed
    browser.post(STEP, yes(browser.get(STEP), "processing"))
    assert "een naam onder de verwerkersovereenkomst" not in words_of(browser.get("/start/"))
    manage = browser_of(maud, "localhost")
    step = f"/manage/companies/{acme.pk}{STEP}"
    assert f"/manage/companies/{acme.pk}/prices/" in words_of(manage.get(step))
    assert manage.post(step, yes(browser.get(STEP), "processing")).status_code == 404
    assert Acceptance.objects.count() == 1
