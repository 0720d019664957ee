"""A company's texts: the list, words that are refused, and who may write."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat.services.texts import texts
from tenants.context import in_company
from tenants.models import Company, Site
from tests.chat.views.texts.text_form import at, count, fixture_manager, new, the  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db


def greeting(**more: Any) -> dict[str, Any]:
    return {
        "language": "nl",
        "body": "Hoi, ben je op zoek naar schoenen?",
        "patterns": "/schoenen/*\n/dames*",
        "starts": "Welke maat?",
        **more,
    }


def test_the_list_shows_every_kind_and_which_greeting_a_page_gets(manager: Client, acme: Company) -> None:
    manager.post(new(acme, "greeting"), greeting(title="Schoenen"))
    page = manager.get(at(acme, "manage_texts")).content.decode()
    for words in ("Script", "Begroetingen", "Standaardantwoorden", "Instructie", "Uitnodigingen"):
        assert words in page
    assert "/groet" in page
    found = manager.get(
        at(acme, "manage_texts"), {"url": "https://shop.acme.example/schoenen/7?maat=42"}
    ).content.decode()
    first, second = found.index("door ‘/schoenen/*’: 10 tekens"), found.index("door ‘*’: 0 tekens")
    assert first < second
    for hostile in ("\x00", "x" * 10_000, "javascript:alert(1)", "%"):
        answer = manager.get(at(acme, "manage_texts"), {"url": hostile, "language": "xx"})
        assert answer.status_code == 200


def test_there_is_one_script_and_one_instruction_per_language(manager: Client, acme: Company) -> None:
    script = {"language": "nl", "title": "Tweede", "steps": "Een\nTwee"}
    assert manager.post(new(acme, "script"), script).status_code == 409
    assert manager.post(new(acme, "script"), {**script, "language": "en"}).status_code == 302


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("greeting", {"body": ""}),
        ("greeting", {"body": "x" * 10_000}),
        ("greeting", {"body": "Hoi\x00"}),
        ("greeting", {"patterns": ""}),
        ("greeting", {"patterns": "https://shop.acme.example/schoenen"}),
        ("greeting", {"patterns": "schoenen"}),
        ("greeting", {"patterns": "/zoek?q=1"}),
        ("greeting", {"patterns": "\n".join(f"/p{n}" for n in range(21))}),
        ("greeting", {"patterns": "/" + "a" * 300}),
        ("greeting", {"starts": "\n".join(f"Vraag {n}" for n in range(50))}),
        ("greeting", {"starts": "x" * 81}),
        ("greeting", {"language": "xx"}),
        ("greeting", {"title": "x" * 101}),
        ("script", {"steps": ""}),
        ("script", {"steps": "\n".join(f"Stap {n}" for n in range(31))}),
        ("script", {"steps": "x" * 201}),
        ("script", {"title": ""}),
        ("canned", {"shortcut": "twee woorden"}),
        ("canned", {"shortcut": "x" * 41}),
        ("canned", {"shortcut": "/"}),
        ("canned", {"body": "Dag {maat}"}),
        ("canned", {"body": "x" * 4_001}),
        ("canned", {"why": "x" * 301}),
        ("instruction", {"body": "x" * 20_001}),
        ("instruction", {"title": "a\x1fb"}),
    ],
)
def test_bad_words_are_refused_and_kept_in_the_form(
    manager: Client, acme: Company, kind: str, wrong: dict[str, str]
) -> None:
    good = {
        "greeting": greeting(title="Titel"),
        "script": {"language": "en", "title": "Titel", "steps": "Een"},
        "canned": {"language": "nl", "shortcut": "nieuw", "title": "Titel", "body": "Dag"},
        "instruction": {"language": "en", "title": "Titel", "body": "Zo"},
    }[kind]
    before = count(acme)
    answer = manager.post(new(acme, kind), {**good, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "field__error" in page
    if "title" not in wrong:
        assert 'value="Titel"' in page
    assert count(acme) == before
    assert manager.post(new(acme, kind), good).status_code == 302


def test_words_can_be_tried_on_a_page_before_they_are_published(manager: Client, acme: Company) -> None:
    before = count(acme)
    given = greeting(test="1", url="https://shop.acme.example/schoenen/7")
    page = manager.post(new(acme, "greeting"), given).content.decode()
    assert "niet gepubliceerd" in page
    assert page.index("Deze begroeting") < page.index("ben je op zoek naar schoenen?</q>")
    elsewhere = manager.post(new(acme, "greeting"), {**given, "url": "/over-ons"}).content.decode()
    assert "Hoi van Acme Schoenen!" in elsewhere
    nowhere = manager.post(
        at(acme, "manage_text_edit", the(acme, "greeting")),
        {"body": "Hoi", "patterns": "/a*", "base": "1", "test": "1", "url": "/b"},
    ).content.decode()
    assert "past geen begroeting" in nowhere
    assert count(acme) == before


def test_markup_in_a_text_is_words(manager: Client, acme: Company) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    facts = {"language": "nl", "shortcut": "xss", "title": bad[:60], "body": bad}
    manager.post(new(acme, "canned"), facts)
    text = the(acme, "canned", key="xss")
    manager.post(at(acme, "manage_text_edit", text), {"title": "t", "body": f"{bad} ja", "base": "1"})
    for address in (
        at(acme, "manage_texts"),
        at(acme, "manage_text", text),
        at(acme, "manage_text_edit", text),
    ):
        assert "<img src=x" not in manager.get(address).content.decode()


def test_a_text_of_another_company_is_not_there(manager: Client, acme: Company, zen: Company) -> None:
    text = the(zen, "canned")
    for name in ("manage_text", "manage_text_edit", "manage_text_withdraw"):
        assert manager.get(at(acme, name, text)).status_code == 404
        if name != "manage_text":
            assert manager.post(at(acme, name, text)).status_code == 404
    assert manager.get(f"{at(acme, 'manage_text_new')}?kind=poem").status_code == 404


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_only_managers_come_in(who: str, request: pytest.FixtureRequest, acme: Company) -> None:
    for host in ("localhost", "acme.localhost"):
        client = Client(HTTP_HOST=host)
        client.force_login(request.getfixturevalue(who))
        for address in (
            at(acme, "manage_texts"),
            new(acme, "canned"),
            at(acme, "manage_text", the(acme, "canned")),
            at(acme, "manage_text_edit", the(acme, "canned")),
            at(acme, "manage_text_withdraw", the(acme, "canned")),
        ):
            assert client.get(address).status_code == 404


def test_the_pages_cost_the_same_for_many_texts(
    manager: Client, acme: Company, django_assert_max_num_queries: Any
) -> None:
    with in_company(acme):
        for number in range(200):
            texts.publish_text(kind="canned", key=f"k{number}", language="nl", now=timezone.now(), body="Dag")
            texts.publish_text(kind="canned", key="veel", language="nl", now=timezone.now(), body=f"Dag {number}")
    with django_assert_max_num_queries(17):
        assert manager.get(at(acme, "manage_texts")).status_code == 200
    with django_assert_max_num_queries(18):
        assert manager.get(at(acme, "manage_text", the(acme, "canned", key="veel"))).status_code == 200


def test_a_site_without_words_in_its_language_is_said_to_the_manager(manager: Client, acme: Company) -> None:
    """An English site of a Dutch company greeted nobody and invited nobody, and no page said so."""
    assert "geen begroeting" not in manager.get(at(acme, "manage_texts")).content.decode()
    Site.objects.filter(company=acme).update(language="en", invite_after=30)
    page = manager.get(at(acme, "manage_texts")).content.decode()
    assert "geen begroeting in deze taal (Engels)" in page
    assert "Uitnodigingen nodigen daar niemand uit" in page
    manager.post(new(acme, "greeting"), greeting(language="en", title="Shoes", body="Hi!"))
    assert "geen begroeting" not in manager.get(at(acme, "manage_texts")).content.decode()
