"""Django's own commands: those that would mislead name what to use, and the one that an installation needs works."""

import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from agency.models import User
from balie.run.balie_home import ROOT

WORDS = "three words that only we put together"


@pytest.mark.parametrize(
    ("command", "instead"),
    [("migrate", "manage.py migrate_all"), ("runserver", "make run"), ("test", "make test")],
)
def test_a_command_of_django_s_that_would_mislead_names_the_right_one(command: str, instead: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"`{instead}`" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.django_db
def test_createsuperuser_makes_a_manager_who_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", WORDS)
    call_command(
        "createsuperuser",
        email="First@Desk.Example",
        name="Femke",
        interactive=False,
        stdout=StringIO(),
    )
    assert User.objects.get(email="first@desk.example").is_manager
    browser = Client(HTTP_HOST="localhost")
    answer = browser.post("/accounts/login/", {"login": "first@desk.example", "password": WORDS})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/manage/")
    for page in ("/manage/", "/manage/people/new/", "/manage/companies/new/"):
        assert browser.get(page).status_code == 200
