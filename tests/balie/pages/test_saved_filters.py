"""Filters of the chat list that people keep: their own, and everybody's."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from agency.models import PortalMember, SavedFilter, User
from agency.services.companies.saved_filters import MOST
from tenants.models import Company
from tests.agency.services.pool.history import add_chat
from tests.pages import browser_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUERY = "q=veters&outcome=lead&verdict=nope&before=x&evil=1"


def save(browser: Any, name: str = "Leads over veters", query: str = QUERY, **more: str) -> str:
    """Save a filter. Returns what the page says of it."""
    page = browser.post("/chats/filters/", {"name": name, "query": query, **more}, follow=True).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_filter_is_kept_by_its_readable_fields_and_leads_to_the_list(acme: Company, carol: User) -> None:
    add_chat(acme, 1, NOW, said=("veters",), outcome="lead")
    add_chat(acme, 2, NOW, said=("veters",))
    browser = browser_of(carol)
    assert "Bewaard: Leads over veters." in save(browser)
    kept = SavedFilter.objects.get()
    assert (kept.asked, kept.user, kept.made_by) == ({"q": "veters", "outcome": "lead"}, carol, carol.name)
    page = browser.get("/chats/").content.decode()
    link = re.search(r'href="(/chats/\?q=veters&amp;outcome=lead)"', page)
    assert link
    assert browser.get(link[1].replace("&amp;", "&")).context["page"].count == 1
    # What it named and is no more is said, and narrows nothing.
    SavedFilter.objects.update(asked={"q": "veters", "site": str(kept.pk)})
    answer = browser.get(f"/chats/?q=veters&site={kept.pk}")
    assert answer.context["page"].count == 2
    assert "Kies er een uit de lijst." in answer.content.decode()


def test_own_ones_are_nobody_else_s_and_shared_ones_everybody_s(acme: Company, carol: User, bob: Any) -> None:
    other = User.objects.create_user("eve@acme.test", None, name="Eve")
    PortalMember.objects.create(company=acme, user=other, role="reader")
    save(browser_of(carol), "Van mij")
    save(browser_of(carol), "Van ons", shared="on")
    page = browser_of(other).get("/chats/").content.decode()
    assert "Van ons" in page
    assert "Van mij" not in page
    reader = browser_of(other)
    assert "beslissen over filters" in save(reader, "Ook", shared="on")
    for kept in SavedFilter.objects.all():
        for what in ("delete", "rename"):
            reader.post(f"/chats/filters/{kept.pk}/", {"what": what, "name": "Anders"})
    assert {kept.name for kept in SavedFilter.objects.all()} == {"Van mij", "Van ons"}


def test_renamed_and_deleted(carol: User) -> None:
    browser = browser_of(carol)
    save(browser, "Een")
    save(browser, "Twee")
    kept = SavedFilter.objects.get(name="Een")
    url = f"/chats/filters/{kept.pk}/"
    assert "Er is al een" in browser.post(url, {"what": "rename", "name": "Twee"}, follow=True).content.decode()
    browser.post(url, {"what": "rename", "name": "Drie"})
    assert set(SavedFilter.objects.values_list("name", flat=True)) == {"Twee", "Drie"}
    browser.post(url, {"what": "delete"})
    assert SavedFilter.objects.get().name == "Twee"
    assert "is er niet meer" in browser.post(url, {"what": "delete"}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("", QUERY, "Naam"),
        ("x" * 61, QUERY, "Naam"),
        ("a\0b", QUERY, "Naam"),
        ("Leeg", "", "niet versmald"),
        ("Leeg", "verdict=nope", "niet versmald"),
        ("<b>Vet</b>", QUERY, "&lt;b&gt;Vet&lt;/b&gt;"),
    ],
)
def test_what_can_t_be_saved_is_said(carol: User, name: str, query: str, said: str) -> None:
    assert said in save(browser_of(carol), name, query)
    assert SavedFilter.objects.exists() == name.startswith("<b>")


def test_twenty_each_and_one_of_a_name(carol: User) -> None:
    browser = browser_of(carol)
    assert "Bewaard" in save(browser, "Eerste")
    assert "Er is al een" in save(browser, "Eerste")
    facts = {"company": carol.portal_memberships.get().company, "user": carol, "asked": {"q": "x"}, "made_at": NOW}
    SavedFilter.objects.bulk_create(SavedFilter(name=f"F{number}", **facts) for number in range(MOST - 1))
    assert "al 20 bewaarde filters" in save(browser, "Te veel")
    assert "Bewaard" in save(browser, "Voor ons allen", shared="on")
