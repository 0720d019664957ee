"""Where a sign-in leads: to a path of the same host that was asked for, and never anywhere else."""

import pytest
from django.test import Client

from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def leads_to(wanted: str) -> str:
    data = {"login": "alice@balie.test", "password": PASSWORD, "next": wanted}
    answer = Client(HTTP_HOST="localhost").post("/accounts/login/", data)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_the_path_that_was_asked_for() -> None:
    assert leads_to("/shifts/?week=2") == "/shifts/?week=2"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/x",
        "///evil.example",
        "/\\evil.example",
        "http://localhost/console/",
        "http:evil.example",
        "javascript:alert(1)",
        " https://evil.example",
    ],
)
def test_nowhere_else(wanted: str) -> None:
    assert leads_to(wanted) == leads_to("")
