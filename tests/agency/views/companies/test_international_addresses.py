"""An address in another script: one account, one inbox, whichever form somebody types."""

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from agency.models import ChatRecord, User
from agency.views.fields import Mail, Origins, WebAddress
from chat.models import Question, TranscriptRequest, Visitor
from chat.services.finished import search
from tenants.context import in_company
from tenants.models import Company, Domain, Site
from tests.agency.services.mail.sent import sent_mails
from tests.cast import PASSWORD
from tests.chat.services.mail.transcripts import ask, talk

pytestmark = pytest.mark.django_db

TYPED, STORED = "Carol@Fußball.example", "carol@xn--fuball-cta.example"


@pytest.fixture
def carol_there(carol: User) -> User:
    """Carol, with an address in another script."""
    carol.email = STORED
    carol.save()
    return carol


@pytest.mark.parametrize("typed", [TYPED, f"\xa0{TYPED}\u200b", STORED, STORED.upper()])
def test_she_signs_in_and_gets_a_new_password(carol_there: User, typed: str) -> None:
    portal: dict[str, Any] = {"HTTP_HOST": "acme.localhost"}
    signed_in = Client(**portal).post("/accounts/login/", {"login": typed, "password": PASSWORD})
    assert signed_in.status_code == 302
    Client(**portal).post("/accounts/password/reset/", {"email": typed})
    (sent,) = sent_mails()
    assert sent.to == [STORED]
    assert "/accounts/password/reset/key/" in sent.body


def test_an_address_that_is_none_any_more_still_signs_in(carol: User) -> None:
    User.objects.filter(pk=carol.pk).update(email="carol@acme.local")
    answer = Client(HTTP_HOST="acme.localhost").post(
        "/accounts/login/", {"login": "carol@acme.local", "password": PASSWORD}
    )
    assert answer.status_code == 302


def test_pages_show_it_in_its_own_script_and_take_no_type_email(carol_there: User) -> None:
    browser = Client(HTTP_HOST="acme.localhost")
    login = browser.get("/accounts/login/").content.decode()
    assert 'inputmode="email"' in login
    assert 'type="email"' not in login
    browser.force_login(carol_there)
    page = browser.get("/preferences/").content.decode()
    assert "carol@fußball.example" in page
    assert "xn--" not in page


def test_forms_store_ascii_and_show_the_script() -> None:
    assert Mail().clean(" Jan@Fußball.example ") == "Jan@xn--fuball-cta.example"
    assert Mail().prepare_value("jan@xn--fuball-cta.example") == "jan@fußball.example"
    assert Origins().clean("https://straße.example") == ["https://xn--strae-oqa.example"]
    assert Origins().prepare_value("https://xn--strae-oqa.example\nhttps://a.nl") == (
        "https://straße.example\nhttps://a.nl"
    )
    assert WebAddress().clean("https://straße.example/ß") == "https://xn--strae-oqa.example/ß"


@pytest.mark.parametrize("typed", ["jan@fußball.example", "JAN@xn--fuball-cta.example "])
def test_a_chat_is_found_by_either_form(acme: Company, typed: str) -> None:
    chat_id, _visitor = chat = talk(acme)
    ask(acme, chat, "jan@fußball.example")
    with in_company(acme):
        request = TranscriptRequest.objects.get()
        assert request.recipient == "jan@xn--fuball-cta.example"
        which, _count = search.has_words(acme, search.read_search(typed))
        found = ChatRecord.objects.filter(which)
        assert [record.pk for record in found] == [chat_id]


def test_what_was_stored_as_typed_becomes_ascii(acme: Company, zen: Company, carol: User) -> None:
    """The data migrations. `ján@` can't be told to any server and stays."""
    for company in (acme, zen):
        Company.objects.filter(pk=company.pk).update(question_email="vragen@fußball.example")
        with in_company(company):
            Visitor.objects.create(email="jan@straße.example")
            Visitor.objects.create(email="ján@klant.example")
            ids = {"site_id": company.pk, "visitor_id": company.pk, "client_id": company.pk}
            Question.objects.create(email="jan@münchen.example", body="x", **ids)
    Site.objects.filter(company=acme).update(origins=["https://fußball.example:8080"])
    Domain.objects.filter(tenant=acme).update(domain="acme.büro.example")
    User.objects.filter(pk=carol.pk).update(email="carol@fußball.example")
    taken = User.objects.create_user("dirk@fußball.example", name="Dirk")
    User.objects.create(email="dirk@fußball.example", name="Dirk, as typed")

    for app, name in (
        ("tenants", "0005_plain_addresses"),
        ("agency", "0011_plain_addresses"),
    ):
        importlib.import_module(f"{app}.migrations.{name}").write_addresses_in_ascii(apps, None)
    chat = importlib.import_module("chat.migrations.0005_confirmed_transcripts")
    for company in (acme, zen):
        with in_company(company):
            chat.write_addresses_in_ascii(apps, None)
            assert set(Visitor.objects.values_list("email", flat=True)) == {
                "jan@xn--strae-oqa.example",
                "ján@klant.example",
            }
            assert Question.objects.get().email == "jan@xn--mnchen-3ya.example"
        company.refresh_from_db()
        assert company.question_email == "vragen@xn--fuball-cta.example"
    assert Site.objects.get(company=acme).origins == ["https://xn--fuball-cta.example:8080"]
    assert Domain.objects.get(tenant=acme).domain == "acme.xn--bro-hoa.example"
    carol.refresh_from_db()
    assert carol.email == STORED
    assert taken.email == "dirk@xn--fuball-cta.example"
    assert User.objects.filter(email="dirk@fußball.example").exists()
