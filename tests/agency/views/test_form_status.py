"""A form that comes back with errors: 422, its list in the order of the page, and one wording of what is empty."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from agency.models import User
from tests.contracts.isolation import World
from tests.contracts.world import HOSTS, fixture_world, routes  # noqa: F401 -- fixture

pytestmark = pytest.mark.django_db

# Nothing, and what nobody means; a page with several forms tells them apart by `what`.
SENT = [
    {"name": "", "email": "x", "login": "x", "password": "x", "good": "x"},
    *(
        {
            "what": one,
            "starts_on": "x",
            "monday": "x",
            "seconds": "x",
            "offset": "x",
            "invite_after": "x",
        }
        for one in ("week", "dated", "invite")
    ),
]
SEVERAL = {"manage_company_hours", "manage_hours", "manage_company_members"}
# Said by Django of an empty field.
DJANGOS = ("This field is required", "Dit veld is verplicht")


@pytest.mark.parametrize(
    ("host", "email", "refusing"),
    [
        ("localhost", "maud@balie.test", {"manage_company", "manage_prices"}),
        ("localhost", "", {"account_login", "account_reset_password"}),
        ("acme.localhost", "carol@acme.test", {"account_change_password"}),
        ("acme.localhost", "", {"account_login", "account_reset_password"}),
    ],
)
def test_a_form_that_comes_back_says_so(world: World, host: str, email: str, refusing: set[str]) -> None:
    client = Client(headers={"host": host})
    if email:
        client.force_login(User.objects.get(email=email))
    refused, taken = set(), {}
    for route in routes(HOSTS[host][0]):
        values = {name: world.value(name, "own", route.name) for name in route.parameters}
        url = reverse(route.name, urlconf=route.urlconf, kwargs=values)
        for facts in SENT if route.name in SEVERAL else SENT[:1]:
            answer = _post(client, url, facts)
            if answer.status_code in (404, 405):
                break
            if answer.status_code == 422:
                refused.add(route.name)
                _check(answer.content.decode(), route.name)
            elif answer.status_code == 200 and answer.headers["Content-Type"][:9] == "text/html":
                taken[route.name] = facts
    # Signing up is closed: a page that says so, without a form.
    taken.pop("account_signup", None)
    assert not taken
    assert refused >= refusing


def _check(page: str, where: str) -> None:
    """The list follows the page, and nothing is said in Django's words."""
    assert not [words for words in DJANGOS if words in page], where
    listed = re.search(r"data-errors>(.*?)</ul>", page, re.DOTALL)
    targets = re.findall(r'href="#([^"]+)"', listed[1]) if listed else []
    places = [page.index(f'id="{target}"') for target in targets]
    assert places == sorted(places), (where, targets)


def _post(client: Client, url: str, facts: dict[str, str]) -> Any:
    """Send one form, of which nothing stays."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = client.post(url, facts)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer
