"""Every page, found in the URL lists: headers, one language, no loose ends."""

import html
import re
from collections.abc import Iterator
from datetime import date

import pytest
from babel.messages.catalog import Catalog
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from django.utils.formats import date_format

from balie.management.commands.catalogue import find_problems, shadows, stored
from balie.middleware import HEALTH
from tests.cast import PASSWORD
from tests.pages import squeezed

pytestmark = pytest.mark.django_db

HOSTS = {"balie.urls": "localhost", "balie.portal_urls": "acme.localhost"}
PEOPLE = ["nobody", "maud", "alice", "carol"]
# They stand in a frame of our own pages.
FRAMED = re.compile(r"/look/frame/$")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def plain_paths(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    """Every path without arguments below `resolver`."""
    for entry in resolver.url_patterns:
        route = str(entry.pattern)
        if "<" in route or "(" in route:
            continue
        if isinstance(entry, URLPattern):
            yield prefix + route
        else:
            yield from plain_paths(entry, prefix + route)


ADDRESSES = [
    (host, path) for urls, host in HOSTS.items() for path in [*plain_paths(get_resolver(urls)), "/nothing-here/"]
]


@pytest.fixture(params=PEOPLE)
def browser(request, acme, zen) -> Client:
    """Return a browser with each of the people signed in, and one with nobody."""
    browser = Client()
    if request.param != "nobody":
        browser.force_login(request.getfixturevalue(request.param))
    return browser


def words_of(page: str) -> str:
    """Return what a reader of the page gets: text and spoken attributes, entities resolved, spaces single."""
    spoken = " ".join(re.findall(r'(?:aria-label|title|alt|placeholder|data-done)="([^"]*)"', page))
    text = re.sub(
        r"<(script|style|code)\b.*?</\1>|<form class=\"lang\".*?</form>|<[^>]+>",
        " ",
        page,
        flags=re.S,
    )
    return " ".join(html.unescape(f"{text} {spoken}").split())


def telling(pairs: list[tuple[str, str]]) -> list[str]:
    """Texts of one language that can't be text of the other: two words or more, and different."""
    return [one for one, other in pairs if one != other and " " in one and "%" not in one]


def test_the_url_lists_hold_pages():
    assert len(ADDRESSES) > 30


def test_every_page_carries_the_security_headers_and_no_script_or_style_of_its_own(browser):
    for host, path in ADDRESSES:
        answer = browser.get(path, headers={"host": host})
        assert answer.status_code < 500, path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        is_framed = answer.status_code == 200 and FRAMED.search(path)
        assert f"frame-ancestors '{'self' if is_framed else 'none'}'" in policy, path
        assert "unsafe" not in policy, path
        wanted = HEADERS | ({"X-Frame-Options": "SAMEORIGIN"} if is_framed else {})
        assert {name: answer.headers.get(name) for name in HEADERS} == wanted, path
        # A spreadsheet is no text.
        page = answer.content.decode(errors="replace")
        assert not re.search(r"<[^>]+\s(on\w+|style)=", page), path
        for tag in re.findall(r"<script\b[^>]*>", page):
            assert " src=" in tag or " nonce=" in tag or ' type="application/json"' in tag, path
        assert "<style" not in page, path


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_speaks_one_language(browser, language):
    pairs = [(str(m.id), str(m.string)) for m in stored() if m.id and isinstance(m.id, str)]
    foreign = telling(pairs if language == "nl" else [(nl, en) for en, nl in pairs])
    seen = 0
    for host in HOSTS.values():
        browser.post("/preferences/", {"language": language}, headers={"host": host})
    for host, path in ADDRESSES:
        answer = browser.get(path, headers={"host": host})
        if not answer.content or "html" not in answer.headers.get("Content-Type", ""):
            continue
        page = answer.content.decode()
        seen += 1
        assert f'<html lang="{language}"' in squeezed(page), path
        text = words_of(page)
        assert [word for word in foreign if word in text] == [], path
    assert seen >= 10


def test_the_dutch_catalogue_is_complete_and_compiled():
    assert find_problems() == []


def test_a_text_of_ours_that_means_something_else_in_django_is_a_problem():
    catalogue = Catalog(locale="nl")
    catalogue.add("May", "Mag")
    catalogue.add("May", "Mag", context="what somebody is allowed")
    catalogue.add("March", "maart")
    assert shadows(catalogue) == ["May"]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        (
            "nl",
            "januari februari maart april mei juni juli augustus september oktober november december",
        ),
        (
            "en",
            "January February March April May June July August September October November December",
        ),
    ],
)
def test_months_have_their_own_names(language, names):
    with translation.override(language):
        found = [date_format(date(2026, month, 1), "F") for month in range(1, 13)]
    assert found == names.split()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_one_heading_one_main_and_a_way_past_the_menu(browser, language):
    browser.post("/preferences/", {"language": language}, headers={"host": "localhost"})
    page = browser.get("/preferences/", headers={"host": "localhost"}, follow=True).content.decode()
    assert page.count("<h1") == page.count("<main") == 1
    assert page.index('class="skip" href="#content"') < page.index("<main")
    assert 'id="content"' in page


# A person's own choices


def test_language_and_theme_are_kept_with_the_person(maud):
    browser = Client()
    browser.force_login(maud)
    data = {"language": "en", "theme": "dark", "next": "/preferences/"}
    answer = browser.post("/preferences/", data, headers={"host": "localhost"})
    assert answer.headers["Location"] == "/preferences/"
    maud.refresh_from_db()
    assert (maud.language, maud.theme) == ("en", "dark")
    other = Client()
    other.force_login(maud)
    page = other.get("/preferences/", headers={"host": "localhost"}).content.decode()
    assert '<html lang="en" data-theme="dark">' in page


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_the_way_back_never_leads_elsewhere(target):
    data = {"language": "en", "next": target}
    answer = Client().post("/preferences/", data, headers={"host": "localhost"})
    assert answer.headers["Location"] == "/"


def test_a_language_we_do_not_speak_changes_nothing(maud):
    browser = Client()
    browser.force_login(maud)
    browser.post("/preferences/", {"language": "xx", "theme": "x"}, headers={"host": "localhost"})
    maud.refresh_from_db()
    assert (maud.language, maud.theme) == ("nl", "system")


@pytest.mark.parametrize("path", ["/accounts/login/", "/preferences/", "/accounts/password/reset/"])
def test_a_form_without_its_token_is_refused_in_words(path):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(path, {"language": "en"}, headers={"host": "localhost"})
    assert answer.status_code == 403
    assert "Dit formulier is verlopen" in answer.content.decode()


def test_a_crash_is_a_page_with_a_reference_and_no_database(settings, monkeypatch, caplog):
    def crash(request: object) -> None:
        raise RuntimeError("visitor said secret words")

    monkeypatch.setattr("agency.views.home.redirect", lambda _to: crash(None))
    answer = Client(raise_request_exception=False).get("/", headers={"host": "localhost"})
    assert answer.status_code == 500
    page = answer.content.decode()
    reference = re.search(r"[0-9A-F]{4}-[0-9A-F]{2}", page)
    assert reference
    assert reference.group() in caplog.text
    assert "secret words" not in page


def test_cookies_stay_on_their_host(maud, settings):
    data = {"login": maud.email, "password": PASSWORD}
    answer = Client().post("/accounts/login/", data, headers={"host": "localhost"})
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["domain"], cookie["samesite"], bool(cookie["httponly"])) == ("", "Lax", True)
    assert settings.SESSION_COOKIE_NAME.endswith(str(settings.PORT))


# The first pages of the manager and of the portal.


def test_the_managers_page_names_the_companies_and_leads_to_their_code(maud, acme, zen):
    browser = Client()
    browser.force_login(maud)
    page = browser.get("/manage/", headers={"host": "localhost"}).content.decode()
    for company in (acme, zen):
        assert company.name in page
        sites = f"/manage/companies/{company.pk}/sites/"
        assert f"/manage/companies/{company.pk}/" in page
        shown = browser.get(sites, headers={"host": "localhost"}).content.decode()
        for site in company.sites.all():
            assert f"/widget/{site.key}.js" in shown


def test_the_managers_page_costs_the_same_for_one_company_and_for_two(maud, alice, acme, django_assert_max_num_queries):
    browser = Client()
    browser.force_login(maud)
    with django_assert_max_num_queries(18):
        browser.get("/manage/", headers={"host": "localhost"})


def test_a_new_company_sees_an_honest_empty_page(carol, acme):
    browser = Client()
    browser.force_login(carol)
    page = browser.get("/", headers={"host": "acme.localhost"}).content.decode()
    assert "Nog geen chats" in page
    assert acme.sites.first().key in page


def test_the_colours_of_a_company_are_only_colours(acme):
    acme.palette = {"light": {"solid": "#112233", "text": "red;} body{display:none"}, "dark": {}}
    acme.save()
    css = Client().get("/colours.css", headers={"host": "acme.localhost"}).content.decode()
    assert f'[data-co="{acme.id}"] {{ --co-solid: #112233; }}' in css
    assert "display" not in css


@pytest.mark.parametrize("path", sorted(HEALTH))
def test_health_pages_are_no_pages_of_ours(path):
    assert "html" not in Client().get(path).headers["Content-Type"]
