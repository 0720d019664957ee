"""The operator's page and its colours."""

import re
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from agency.models import User
from balie.finders import SERVED
from tests.pages import squeezed

pytestmark = pytest.mark.django_db


def page(user: User | None, path: str):
    browser = Client(headers={"host": "localhost"})
    if user is not None:
        browser.force_login(user)
    return browser.get(path)


def test_an_operator_gets_the_console_in_their_language_with_a_signed_import_map(alice):
    alice.language = "en"
    alice.save()
    answer = page(alice, "/console/")
    html = answer.content.decode()
    nonce = html.split('<script type="importmap" nonce="')[1].split('"')[0]
    assert answer.status_code == 200
    assert '<html lang="en"' in squeezed(html)
    assert nonce
    assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"].count("no-store") == 1


def test_console_and_sign_out_name_whose_they_are(alice):
    assert f'data-operator="{alice.pk}"' in page(alice, "/console/").content.decode()
    assert f'data-forget="{alice.pk}"' in page(alice, "/accounts/logout/").content.decode()


@pytest.mark.parametrize("path", ["/console/", "/console/companies.css"])
def test_who_is_no_operator_finds_no_console(path, maud, carol):
    assert page(maud, path).status_code == 404
    assert page(carol, path).status_code == 404
    assert page(None, path).headers["Location"].startswith("/accounts/login/")


def test_the_colours_are_those_of_the_companies_one_answers_for(acme, zen, alice, bob):
    for company in (acme, zen):
        company.palette = {"light": {"solid": "#1d4ed8"}, "dark": {"solid": "#1d4ed8"}}
        company.save()
    both, one = page(alice, "/console/companies.css"), page(bob, "/console/companies.css")
    assert both.headers["Content-Type"] == "text/css; charset=utf-8"
    assert str(acme.pk) in both.content.decode()
    assert str(zen.pk) in both.content.decode()
    assert str(acme.pk) in one.content.decode()
    assert str(zen.pk) not in one.content.decode()


def test_of_the_npm_packages_only_the_listed_files_are_served():
    for path in SERVED:
        assert finders.find(f"npm/{path}"), path
    for path in ("npm/preact/package.json", "npm/../package.json", "preact/dist/preact.mjs"):
        assert not finders.find(path), path


def test_every_style_and_script_that_the_page_names_is_found(alice):
    html = page(alice, "/console/").content.decode()
    named = [unquote(path) for path in re.findall(rf'"{settings.STATIC_URL}([^"]+)"', html)]
    assert "console/main.js" in named
    assert [path for path in named if not finders.find(path)] == []
