"""A company's texts as a manager writes them: versions, differences, and what is refused."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agency.models import InstructionVersion, LogEntry, User
from agency.services.certification import count_standings
from chat.models import Text
from chat.services import texts
from tenants.context import in_company
from tenants.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(maud: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(maud)
    return client


def the(company: Company, kind: str, *, key: str | None = None) -> Text:
    """The newest version of the one text of a kind."""
    with in_company(company):
        found = Text.objects.filter(kind=kind).order_by("-version")
        return (found.filter(key=key) if key else found)[0]


def at(company: Company, name: str, text: Text | None = None) -> str:
    return reverse(name, args=[company.pk] if text is None else [company.pk, text.pk])


def new(company: Company, kind: str) -> str:
    return f"{at(company, 'manage_text_new')}?kind={kind}"


def greeting(**more: Any) -> dict[str, Any]:
    return {
        "language": "nl",
        "body": "Hoi, ben je op zoek naar schoenen?",
        "patterns": "/schoenen/*\n/dames*",
        "starts": "Welke maat?",
        **more,
    }


def count(company: Company) -> int:
    with in_company(company):
        return Text.objects.count()


def test_the_list_shows_every_kind_and_which_greeting_a_page_gets(
    manager: Client, acme: Company
) -> None:
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


def test_a_new_version_shows_what_changed_and_who_wrote_it(
    manager: Client, maud: User, acme: Company
) -> None:
    canned = the(acme, "canned")
    edit = at(acme, "manage_text_edit", canned)
    form = manager.get(edit).content.decode()
    assert 'name="base" value="1"' in form
    answer = manager.post(
        edit, {"title": "Groet", "body": "Dag {naam}, hallo bij Acme.", "why": "", "base": "1"}
    )
    second = the(acme, "canned")
    assert answer.headers["Location"] == at(acme, "manage_text", second)
    page = manager.get(at(acme, "manage_text", second)).content.decode()
    assert "<ins>" in page
    assert "<del>" in page
    assert "versie 2, van kracht" in page
    assert "Maud Bakker" in page
    old = manager.get(at(acme, "manage_text", canned)).content.decode()
    assert "van kracht is 2" in old
    entry = LogEntry.objects.get(action="text.published")
    assert (entry.actor, entry.company) == (maud, acme)
    assert entry.changes["version"] == [1, 2]
    # From the old version: its words become the third.
    back = manager.get(edit).content.decode()
    assert 'name="base" value="2"' in back
    assert "LEAK-acme-canned" in back


def test_what_a_colleague_published_meanwhile_is_never_written_over(
    manager: Client, alice: User, acme: Company
) -> None:
    canned = the(acme, "canned")
    edit = at(acme, "manage_text_edit", canned)
    manager.post(edit, {"title": "Groet", "body": "Dag, eerste", "base": "1"})
    late = manager.post(edit, {"title": "Groet", "body": "Dag, tweede hand", "base": "1"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "terwijl jij schreef" in page
    assert "Dag, tweede hand" in page
    assert "eerste</del>" in page
    assert 'name="base" value="2"' in page
    assert the(acme, "canned").body == "Dag, eerste"
    again = manager.post(edit, {"title": "Groet", "body": "Dag, tweede hand", "base": "2"})
    assert again.status_code == 302
    assert the(acme, "canned").version == 3


@pytest.mark.parametrize("base", ["", "0", "99", "-1", "abc"])
def test_a_made_up_base_publishes_nothing(manager: Client, acme: Company, base: str) -> None:
    before = count(acme)
    edit = at(acme, "manage_text_edit", the(acme, "canned"))
    answer = manager.post(edit, {"title": "Groet", "body": "Dag", "base": base})
    assert answer.status_code in (409, 422)
    assert count(acme) == before


def test_two_first_versions_at_once_make_one(manager: Client, acme: Company) -> None:
    facts = {"language": "nl", "shortcut": "/Maat", "title": "Maat", "body": "Welke maat?"}
    assert manager.post(new(acme, "canned"), facts).status_code == 302
    twice = manager.post(new(acme, "canned"), facts)
    assert twice.status_code == 409
    assert "er al een: ‘Maat’" in twice.content.decode()
    assert the(acme, "canned", key="maat").version == 1


def test_there_is_one_script_and_one_instruction_per_language(
    manager: Client, acme: Company
) -> None:
    script = {"language": "nl", "title": "Tweede", "steps": "Een\nTwee"}
    assert manager.post(new(acme, "script"), script).status_code == 409
    assert manager.post(new(acme, "script"), {**script, "language": "en"}).status_code == 302


def test_a_reworded_step_keeps_its_key_and_the_body_stays(manager: Client, acme: Company) -> None:
    script = the(acme, "script")
    edit = at(acme, "manage_text_edit", script)
    manager.post(edit, {"title": "Script", "steps": "Groet warm\r\nVraag wie", "base": "1"})
    after = the(acme, "script")
    assert [step["key"] for step in after.data["steps"]] == ["greet", "s1"]
    assert after.data["steps"][0]["text"] == "Groet warm"
    assert after.body == script.body


def test_a_major_instruction_starts_the_grace_of_everybody(manager: Client, acme: Company) -> None:
    instruction = the(acme, "instruction")
    edit = at(acme, "manage_text_edit", instruction)
    assert "Nu gecertificeerd: 2" in manager.get(edit).content.decode()
    given = {"title": "Zo", "body": "Nieuw", "base": "1"}
    manager.post(edit, given)
    assert InstructionVersion.objects.get(company=acme).major == 1
    manager.post(edit, {**given, "base": "2", "body": "Anders", "major": "on"})
    assert InstructionVersion.objects.get(company=acme).major == 2
    standings = count_standings(acme.pk, timezone.now())
    assert (standings.current, standings.in_grace, standings.expired) == (0, 2, 0)
    assert LogEntry.objects.filter(action="instruction.raised").count() == 1
    # Refused as outdated: the number doesn't rise with it.
    manager.post(edit, {**given, "base": "1", "major": "on"})
    assert InstructionVersion.objects.get(company=acme).major == 2


def test_a_withdrawn_text_is_out_with_all_its_versions_and_comes_back_as_the_next(
    manager: Client, acme: Company
) -> None:
    canned = the(acme, "canned")
    edit = at(acme, "manage_text_edit", canned)
    manager.post(edit, {"title": "Groet", "body": "Dag", "base": "1"})
    away = at(acme, "manage_text_withdraw", canned)
    assert "terug te halen" in manager.get(away).content.decode()
    assert manager.post(away).status_code == 302
    manager.post(away)
    assert LogEntry.objects.filter(action="text.withdrawn").count() == 1
    with in_company(acme):
        assert texts.list_texts("canned") == []
    assert "1 ingetrokken" in manager.get(at(acme, "manage_texts")).content.decode()
    facts = {"language": "nl", "shortcut": "groet", "title": "Groet", "body": "Weer"}
    assert manager.post(new(acme, "canned"), facts).status_code == 302
    assert the(acme, "canned").version == 3
    with in_company(acme):
        assert [text.body for text in texts.list_texts("canned")] == ["Weer"]


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


def test_words_can_be_tried_on_a_page_before_they_are_published(
    manager: Client, acme: Company
) -> None:
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
    manager.post(
        at(acme, "manage_text_edit", text), {"title": "t", "body": f"{bad} ja", "base": "1"}
    )
    for address in (
        at(acme, "manage_texts"),
        at(acme, "manage_text", text),
        at(acme, "manage_text_edit", text),
    ):
        assert "<img src=x" not in manager.get(address).content.decode()


def test_a_text_of_another_company_is_not_there(
    manager: Client, acme: Company, zen: Company
) -> None:
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
            texts.publish_text(
                kind="canned", key=f"k{number}", language="nl", now=timezone.now(), body="Dag"
            )
            texts.publish_text(
                kind="canned", key="veel", language="nl", now=timezone.now(), body=f"Dag {number}"
            )
    with django_assert_max_num_queries(17):
        assert manager.get(at(acme, "manage_texts")).status_code == 200
    with django_assert_max_num_queries(18):
        assert (
            manager.get(at(acme, "manage_text", the(acme, "canned", key="veel"))).status_code == 200
        )
