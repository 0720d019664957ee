"""A company's texts on its own host: its people write, approve and publish, its readers read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agency.models import LogEntry, PortalMember, User
from chat.models import Text
from chat.services.texts import texts
from tenants.context import in_company
from tenants.models import Company
from tests.chat.views.texts.text_form import at, fixture_manager, the  # noqa: F401 -- fixtures
from tests.pages import squeezed

pytestmark = pytest.mark.django_db


def here(name: str, text: Text | None = None) -> str:
    return reverse(name, urlconf="balie.portal_urls", args=[] if text is None else [text.pk])


@pytest.fixture(name="portal")
def fixture_portal(carol: User) -> Client:
    client = Client(HTTP_HOST="acme.localhost")
    client.force_login(carol)
    return client


@pytest.fixture(name="draft")
def fixture_draft(manager: Client, acme: Company) -> Text:
    """A draft of the agency's for a company that approves."""
    Company.objects.filter(pk=acme.pk).update(managers_publish=False)
    given = {"title": "Groet", "body": "Dag {naam}!", "base": "1"}
    answer = manager.post(at(acme, "manage_text_edit", the(acme, "canned")), given)
    assert answer.status_code == 302
    return the(acme, "canned")


def test_what_a_manager_writes_awaits_the_company(manager: Client, portal: Client, acme: Company, draft: Text) -> None:
    assert (draft.version, draft.published_at) == (2, None)
    page = squeezed(manager.get(at(acme, "manage_text", draft)).content.decode())
    assert "wacht op goedkeuring" in page
    # No way round it by the address of the page.
    refused = manager.post(at(acme, "manage_text_publish", draft), {"when": "now", "base": draft.edition})
    assert refused.status_code == 302
    assert the(acme, "canned").published_at is None
    assert manager.post(at(acme, "manage_text_act", draft), {"do": "approve", "base": "2"}).status_code == 404

    home = squeezed(portal.get(here("portal_texts")).content.decode())
    assert "1 concept wacht op je goedkeuring" in home
    asked = squeezed(portal.get(here("portal_text_publish", draft)).content.decode())
    assert "<ins>Dag {naam}!</ins>" in asked
    # Managers are the agency to the company.
    assert "Maud" not in home + asked
    done = portal.post(here("portal_text_publish", draft), {"when": "now", "base": draft.edition})
    assert done.headers["Location"] == here("portal_text", draft)
    made = the(acme, "canned")
    assert (made.approved_name, made.published_name, made.published_inside) == ("Carol", "Carol", False)
    history = squeezed(manager.get(at(acme, "manage_text", made)).content.decode())
    assert "Maud Bakker" in history
    assert "goedgekeurd: Carol" in history


def test_a_manager_publishes_what_was_approved(manager: Client, portal: Client, acme: Company, draft: Text) -> None:
    portal.post(here("portal_text_act", draft), {"do": "approve", "base": draft.edition})
    approved = the(acme, "canned")
    assert approved.approved_name == "Carol"
    manager.post(at(acme, "manage_text_publish", draft), {"when": "now", "base": approved.edition})
    assert the(acme, "canned").published_name == "Maud Bakker"


def test_an_old_page_approves_nothing_it_did_not_show(
    manager: Client, portal: Client, acme: Company, draft: Text
) -> None:
    given = {"title": "Groet", "body": "Stiekem", "base": draft.edition}
    manager.post(at(acme, "manage_text_edit", draft), given)
    for name, words in (("portal_text_act", {"do": "approve"}), ("portal_text_publish", {"when": "now"})):
        page = portal.post(here(name, draft), {**words, "base": draft.edition}, follow=True).content.decode()
        assert "Intussen is er iets aan deze tekst gedaan" in page
    newest = the(acme, "canned")
    assert (newest.approved_at, newest.published_at) == (None, None)


def test_of_two_who_write_the_second_is_told_and_loses_nothing(
    manager: Client, portal: Client, acme: Company, draft: Text
) -> None:
    edit = here("portal_text_edit", draft)
    assert f'name="base" value="{draft.edition}"' in portal.get(edit).content.decode()
    manager.post(at(acme, "manage_text_edit", draft), {"title": "Groet", "body": "Van Maud", "base": draft.edition})
    late = portal.post(edit, {"title": "Groet", "body": "Van Carol", "base": draft.edition, "draft": "1"})
    page = squeezed(late.content.decode())
    assert late.status_code == 409
    assert "wijzigde het concept van versie 2" in page
    assert "Van Carol</textarea>" in page.replace("> Van", ">Van")
    assert "Maud</del>" in page
    assert the(acme, "canned").body == "Van Maud"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Een dag en een tijd"),
        ("morgen", "Een dag en een tijd"),
        ("2026-13-40T10:00", "Een dag en een tijd"),
        ("2020-01-01T10:00", "voorbij"),
        ("9999-01-01T10:00", "een jaar vooruit"),
        ("\x00", ""),
        ("x" * 5_000, "Een dag en een tijd"),
        ("<b>", "Een dag en een tijd"),
        ("\u202e2026", "Een dag en een tijd"),
    ],
)
def test_a_moment_that_is_none_is_refused_in_words(
    portal: Client, acme: Company, draft: Text, typed: str, said: str
) -> None:
    answer = portal.post(here("portal_text_publish", draft), {"when": "at", "at": typed, "base": draft.edition})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert the(acme, "canned").published_at is None


def test_a_moment_is_on_the_company_s_clock_and_can_be_taken_back(portal: Client, acme: Company, draft: Text) -> None:
    Company.objects.filter(pk=acme.pk).update(zone="America/New_York")
    day = (timezone.now() + timedelta(days=3)).date()
    portal.post(here("portal_text_publish", draft), {"when": "at", "at": f"{day}T09:00", "base": draft.edition})
    made = the(acme, "canned")
    assert made.published_at is not None
    assert made.published_at.hour in {13, 14}
    page = squeezed(portal.get(here("portal_text", made)).content.decode())
    assert "09:00" in page
    assert "gaat vanzelf in op" in page
    late = portal.post(here("portal_text_edit", made), {"title": "t", "body": "Nog iets", "base": made.edition})
    assert late.status_code == 409
    assert "wacht op haar moment" in squeezed(late.content.decode())
    portal.post(here("portal_text_act", made), {"do": "unschedule", "base": made.edition})
    assert the(acme, "canned").published_at is None


def test_readers_read_and_change_nothing(carol: User, portal: Client, acme: Company, draft: Text) -> None:
    PortalMember.objects.filter(user=carol).update(role=PortalMember.Role.READER)
    for name in ("portal_texts", "portal_text"):
        page = portal.get(here(name, draft if name == "portal_text" else None)).content.decode()
        assert draft.title in page
        assert "<form" not in page.split("<main")[1].replace('<form class="filters"', "")
        assert here("portal_text_edit", draft) not in page
    for name in ("portal_text_edit", "portal_text_publish", "portal_text_act", "portal_text_withdraw"):
        assert portal.post(here(name, draft), {"do": "approve", "base": "2"}).status_code == 403
        if name != "portal_text_act":
            assert portal.get(here(name, draft)).status_code == 404
    assert portal.post(here("portal_text_rule"), {"managers_publish": "1"}).status_code == 403


@pytest.mark.parametrize("role", ["owner", "editor"])
def test_an_owner_says_whether_managers_publish(role: str, carol: User, portal: Client, acme: Company) -> None:
    PortalMember.objects.filter(user=carol).update(role=role)
    answers = [portal.post(here("portal_text_rule"), {"managers_publish": value}) for value in ("0", "0", "x")]
    expected = [302, 302, 404] if role == "owner" else [403] * 3
    assert [answer.status_code for answer in answers] == expected
    acme.refresh_from_db()
    assert acme.managers_publish == (role == "editor")
    assert LogEntry.objects.filter(action="text.rule_changed").count() == (role == "owner")


def test_the_company_writes_a_notice_with_an_end(portal: Client, acme: Company) -> None:
    form = f"{here('portal_text_new')}?kind=notice"
    good = {"language": "nl", "title": "Dicht", "body": "Vandaag dicht vanaf 15:00", "greets": "on"}
    for until, said in (("", "Vul dit in"), ("2020-01-01T10:00", "voorbij"), ("nooit", "Een dag en een tijd")):
        refused = portal.post(form, {**good, "until": until})
        assert refused.status_code == 422
        assert said in refused.content.decode()
    end = f"{(timezone.now() + timedelta(days=1)).date()}T15:00"
    assert portal.post(form, {**good, "until": end}).status_code == 302
    with in_company(acme):
        (notice,) = texts.list_texts("notice")
        assert [text.pk for text in texts.list_greetings("nl")] == [notice.pk]
    later = f"{(timezone.now() + timedelta(days=2)).date()}T15:00"
    draft = portal.post(form, {**good, "title": "Morgen", "until": end, "draft": "1"})
    text = the(acme, "notice", key="morgen")
    assert draft.status_code == 302
    refused = portal.post(here("portal_text_publish", text), {"when": "at", "at": later, "base": text.edition})
    assert "aflopen voor ze begint" in refused.content.decode()


def test_the_company_sees_who_read_the_instruction_by_public_names(
    portal: Client, manager: Client, acme: Company, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(name="Alice van der Geheim")
    text = the(acme, "instruction")
    mine, theirs = (client.get(url).content.decode() for client, url in (
        (portal, here("portal_text", text)), (manager, at(acme, "manage_text", text)),
    ))  # fmt: skip
    assert "hoofdversie 1, de nieuwste" in mine
    assert "Alice" in mine
    assert "Geheim" not in mine
    assert "Alice van der Geheim" in theirs


def test_another_company_s_text_is_not_there(portal: Client, zen: Company) -> None:
    text = the(zen, "canned")
    for name in ("portal_text", "portal_text_edit", "portal_text_publish", "portal_text_withdraw"):
        assert portal.get(here(name, text)).status_code == 404
    assert portal.post(here("portal_text_act", text), {"do": "approve", "base": "1"}).status_code == 404
    assert portal.get(f"{here('portal_text_new')}?kind=poem").status_code == 404
