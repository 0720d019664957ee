"""The last step of coming aboard: the code in its forms, the test chat, and going live."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agency.models import LogEntry, OnboardingStep, User
from balie.steps import go_live
from balie.steps.go_live import MISSING, Gate
from chat.services.trial import check_token
from tenants.models import Company, Site
from tests import cast
from tests.pages import browser_of, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(carol: User) -> Client:
    return browser_of(carol)


@pytest.fixture(autouse=True)
def not_live(acme: Company) -> Company:
    Company.objects.filter(pk=acme.pk).update(live_at=None)
    acme.refresh_from_db()
    return acme


def lacks(monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
    """Let the gate say this. Another test is about its reading."""
    read = go_live.read_gate
    monkeypatch.setattr(go_live, "read_gate", lambda company, now: Gate(codes, read(company, now).gap))


def at(company: Company) -> str:
    return reverse("manage_company_start_step", args=[company.pk, "start"])


def press(client: Client, url: str, act: str, **more: Any) -> str:
    return words_of(client.post(url, {"act": act, **more}, follow=True))


def test_the_code_stands_there_in_four_forms_each_with_how(owner: Client) -> None:
    page = words_of(owner.get("/start/start/"))
    line = html.escape(f'/widget/{cast.ACME_SITE}.js" async></script>')
    assert page.count(line) == 4
    assert html.escape("add_action('wp_footer', function () { echo '<script") in page
    for name in ("Google Tag Manager", "WordPress", "Shopify"):
        assert name in page


def test_each_address_has_a_test_chat_and_so_has_a_page_of_ours(owner: Client, manager: Client, acme: Company) -> None:
    site = Site.objects.get(company=acme)
    for client, url, own in (
        (owner, "/start/start/", "http://acme.localhost"),
        (manager, at(acme), "http://localhost"),
    ):
        links = re.findall(r'href="([^"#]*)#balie-test=([\w:.-]+)"', words_of(client.get(url)))
        assert [address for address, _ in links] == [f"{cast.ACME_ORIGIN}/", links[1][0]]
        assert links[1][0].startswith(f"{own}/")
        check_token(links[0][1], key=site.key, origin=cast.ACME_ORIGIN)
        check_token(links[1][1], key=site.key, origin=own)
        page = words_of(client.get(links[1][0].removeprefix(own)))
        assert f"/widget/{site.key}.js" in page


def test_an_owner_asks_and_the_manager_sees_it_on_the_list(
    owner: Client, manager: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nog niet live" in words_of(manager.get("/manage/", {"show": "needs"}))
    lacks(monkeypatch, "tested", "people")
    page = words_of(owner.get("/start/start/"))
    assert "een proefchat" in page
    assert "ingeplande bevoegde mensen" not in page
    assert "Eerst: een proefchat." in press(owner, "/start/start/", "ask")
    lacks(monkeypatch, "people")
    assert "Jullie deel is klaar" in words_of(owner.get("/start/start/"))
    assert "We weten het" in press(owner, "/start/start/", "ask")
    acme.refresh_from_db()
    assert acme.live_asked_at is not None
    assert "wil live" in words_of(manager.get("/manage/"))
    assert OnboardingStep.objects.get(company=acme, step="start").done_by == "Carol"


def test_a_manager_sees_the_half_hours_that_lack_people_and_lets_it_go_live(
    manager: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = words_of(manager.get(at(acme)))
    # The cast's companies are open always, and nobody is planned.
    assert "niemand" in page
    assert re.search(r'href="/manage/shifts/\?week=\d{4}-W\d\d"', page)
    assert reverse("manage_company_operators", args=[acme.pk]) in page
    lacks(monkeypatch, "people")
    assert "Eerst: ingeplande bevoegde mensen" in press(manager, at(acme), "live")
    lacks(monkeypatch)
    assert "Acme Schoenen staat aan" in press(manager, at(acme), "live")
    acme.refresh_from_db()
    assert acme.live_at is not None
    assert "Het staat al live." in press(manager, at(acme), "live")
    assert "Zeg waarom" in press(manager, at(acme), "pause", reason=" \0 ")
    assert "staat op pauze" in press(manager, at(acme), "pause", reason="<b>Verbouwing</b>")
    acme.refresh_from_db()
    assert acme.live_at is None
    log = words_of(manager.get("/manage/log/"))
    assert "Zette het bedrijf op pauze" in log
    assert "&lt;b&gt;Verbouwing&lt;/b&gt;" in log


@pytest.mark.parametrize("act", ["live", "pause", "nothing"])
def test_what_a_company_may_not_do_is_not_there(
    owner: Client, acme: Company, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacks(monkeypatch)
    assert owner.post("/start/start/", {"act": act, "reason": "x"}).status_code == 404
    acme.refresh_from_db()
    assert acme.live_at is None
    assert not LogEntry.objects.filter(action__in=["company.live", "company.paused"]).exists()


def test_a_look_for_the_code_takes_a_site_of_ones_own(owner: Client, zen: Company) -> None:
    for site in (str(zen.sites.get().pk), "", "x\0"):
        assert owner.post("/start/start/", {"act": "look", "site": site}).status_code == 404


def test_everything_that_can_stand_against_it_has_words_in_both_languages(manager: Client, acme: Company) -> None:
    from balie.pages.onboarding import start

    assert set(start._MISSING) == set(MISSING)
    assert {"site", "hours", "code", "tested"} <= go_live.OF_COMPANY
    assert "people" not in go_live.OF_COMPANY
