"""The steps of coming aboard: saved at both doors, by whom, and what two people at one step are told."""

import re
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from agency.models import LogEntry, OnboardingStep, PortalMember, User
from balie.pages.onboarding.steps import STEPS
from billing.models import InvoiceDetails
from tenants.models import Company, Site
from tests.pages import browser_of

pytestmark = pytest.mark.django_db

COMPANY = {
    "name": "Acme Schoenen",
    "monogram": "AC",
    "language": "nl",
    "tone": "u",
    "address": "Kade 1, 8011 AB Zwolle",
    "reply_email": "",
    "country": "NL",
    "zone": "Europe/Amsterdam",
    "invoice-legal_name": "Acme Schoenen B.V.",
    "invoice-street": "Kade 1",
    "invoice-postcode": "8011ab",
    "invoice-city": "Zwolle",
    "invoice-country": "NL",
    "invoice-registration": "90001354",
    "invoice-vat_id": "",
    "invoice-iban": "",
    "invoice-contact": "",
    "invoice-email": "boeken@acme.example",
    "invoice-reference": "",
}
LEADS = {
    "question_email": "lead@acme.example",
    "lead_minutes": "30",
    "lead_escalation_email": "",
    "transcript_email": "",
}


@pytest.fixture
def owner(carol: User) -> Client:
    return browser_of(carol)


def edition(client: Client, url: str) -> str:
    page = client.get(url).content.decode()
    found = re.search(r'name="edition" value="([^"]*)"', page)
    assert found
    return found[1].replace("&quot;", '"')


def send(client: Client, url: str, values: dict[str, Any]) -> Any:
    return client.post(url, {"edition": edition(client, url), **values})


def test_a_step_is_saved_with_its_rows_and_goes_on_to_the_next(owner: Client, carol: User, acme: Company) -> None:
    answer = send(owner, "/start/company/", COMPANY)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/start/site/"
    acme.refresh_from_db()
    assert (acme.tone, acme.address) == ("u", "Kade 1, 8011 AB Zwolle")
    details = InvoiceDetails.objects.get(company=acme)
    assert (details.registration, details.postcode) == ("90001354", "8011 AB")
    done = OnboardingStep.objects.get(company=acme)
    assert (done.step, done.done_by) == ("company", carol.name)
    actors = set(LogEntry.objects.filter(company=acme).values_list("action", "actor_name"))
    assert actors == {("company.changed", carol.name), ("invoice_details.changed", carol.name)}
    page = owner.get("/start/").content.decode()
    assert "90001354, Zwolle" in page


def test_what_is_wrong_saves_nothing_of_any_form(owner: Client, acme: Company) -> None:
    answer = send(owner, "/start/company/", {**COMPANY, "invoice-registration": "12"})
    assert answer.status_code == 422
    assert "id_invoice-registration_error" in answer.content.decode()
    acme.refresh_from_db()
    assert acme.tone == "je"
    assert not OnboardingStep.objects.exists()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.slug)
@pytest.mark.parametrize("bad", ["\0", "\u202eevil", "<script>" * 100])
def test_no_field_of_a_step_breaks_it(manager: Client, acme: Company, step: Any, bad: str) -> None:
    url = f"/manage/companies/{acme.pk}/start/{step.slug}/"
    names = re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', manager.get(url).content.decode())
    answer = manager.post(url, {name: bad for name in names if name != "csrfmiddlewaretoken"})
    assert answer.status_code == 422
    assert b"<script><script>" not in answer.content


def test_a_step_that_fails_half_way_takes_back_what_it_wrote(
    owner: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The invoice details are written before somebody else's letters are met."""

    def taken(**_facts: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr("balie.pages.onboarding.company.companies.change_facts", taken)
    answer = send(owner, "/start/company/", COMPANY)
    assert answer.status_code == 422
    assert "id_monogram_error" in answer.content.decode()
    assert not InvoiceDetails.objects.filter(company=acme).exists()
    assert not OnboardingStep.objects.exists()


def test_an_editor_reads_the_checklist_only(carol: User, acme: Company) -> None:
    PortalMember.objects.filter(user=carol, company=acme).update(role=PortalMember.Role.EDITOR)
    editor = browser_of(carol)
    assert editor.get("/start/").status_code == 200
    assert 'href="/start/company/"' not in editor.get("/start/").content.decode()
    assert editor.get("/start/company/").headers["Location"] == "/start/"
    assert editor.post("/start/company/", COMPANY).status_code == 403


def test_the_second_of_two_is_told_field_by_field(owner: Client, manager: Client, acme: Company) -> None:
    url, theirs = "/start/leads/", f"/manage/companies/{acme.pk}/start/leads/"
    old = edition(owner, url)
    assert send(manager, theirs, {**LEADS, "transcript_email": "kopie@acme.example"}).status_code == 302
    mine = {**LEADS, "lead_minutes": "45", "question_email": "vragen@acme.test"}
    answer = owner.post(url, {**mine, "edition": old})
    assert answer.status_code == 422
    form = answer.context["sheets"][0]
    # Both wrote minutes, so mine stay with a word of theirs; what I left alone is as they saved it.
    assert set(form.errors) == {"lead_minutes", "question_email", "transcript_email"}
    assert "30" in form.errors["lead_minutes"][0]
    shown = {name: form[name].value() for name in LEADS}
    assert shown == {**LEADS, "lead_minutes": "45", "transcript_email": "kopie@acme.example"}
    acme.refresh_from_db()
    assert acme.lead_minutes == 30
    again = owner.post(url, {**shown, "edition": answer.context["edition"]})
    assert again.status_code == 302
    acme.refresh_from_db()
    assert (acme.lead_minutes, acme.transcript_email) == (45, "kopie@acme.example")


def test_a_company_s_own_site_is_meant(owner: Client, acme: Company, zen: Company) -> None:
    site, foreign = acme.sites.get(), zen.sites.get()
    values = {
        "site-name": "Winkel",
        "site-origins": "https://www.acme.example",
        "site-language": "nl",
        "site-unstaffed": "form",
        "site-phone": "",
        "site-privacy_url": "",
    }
    assert send(owner, "/start/site/", {**values, "site": str(foreign.pk)}).status_code == 302
    site.refresh_from_db()
    assert (site.name, site.origins) == ("Winkel", ["https://www.acme.example"])
    assert Site.objects.get(pk=foreign.pk).name != "Winkel"
