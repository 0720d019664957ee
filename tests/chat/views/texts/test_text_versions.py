"""Versions of a text: what changed, who wrote it, and that nobody writes over a colleague."""

import pytest
from django.test import Client
from django.utils import timezone

from agency.models import InstructionVersion, LogEntry, User
from agency.services.certification.certify import count_standings
from chat.services.texts import texts
from tenants.context import in_company
from tenants.models import Company
from tests.chat.views.texts.text_form import at, count, fixture_manager, new, the  # noqa: F401 -- fixtures
from tests.pages import squeezed

pytestmark = pytest.mark.django_db


def test_a_new_version_shows_what_changed_and_who_wrote_it(manager: Client, maud: User, acme: Company) -> None:
    canned = the(acme, "canned")
    edit = at(acme, "manage_text_edit", canned)
    form = manager.get(edit).content.decode()
    assert 'name="base" value="1"' in form
    answer = manager.post(edit, {"title": "Groet", "body": "Dag {naam}, hallo bij Acme.", "why": "", "base": "1"})
    second = the(acme, "canned")
    assert answer.headers["Location"] == at(acme, "manage_text", second)
    page = manager.get(at(acme, "manage_text", second)).content.decode()
    assert "<ins>" in page
    assert "<del>" in page
    assert "versie 2, van kracht" in page
    assert "Maud Bakker" in page
    old = manager.get(at(acme, "manage_text", canned)).content.decode()
    assert "versie 2, van kracht" in old
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
    page = squeezed(late.content.decode())
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


def test_a_reworded_step_keeps_its_key_and_the_body_stays(manager: Client, acme: Company) -> None:
    script = the(acme, "script")
    edit = at(acme, "manage_text_edit", script)
    manager.post(edit, {"title": "Script", "steps": "Groet warm\r\nVraag de maat\r\nVraag wie", "base": "1"})
    after = the(acme, "script")
    assert [step["key"] for step in after.data["steps"]] == ["greet", "size", "s1"]
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
