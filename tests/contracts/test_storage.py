"""Every address of every host, asked by everybody: no browser and no proxy may keep what it answers."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from agency.models import User
from balie.middleware import HEALTH
from tests.contracts.isolation import ROLES, World
from tests.contracts.world import HOSTS, fixture_world, routes  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db

# Files that anybody may have, on the sites of companies: each says itself how long it may be kept.
KEPT = {"widget_loader", "widget_panel", "widget_logo"}


def addresses(host: str, world: World) -> dict[str, str]:
    """Return the host's addresses by route, each with the ids of the first company."""
    urlconf, _company = HOSTS[host]
    found = {path: path for path in HEALTH} | {"nowhere": "/nowhere/"}
    for route in routes(urlconf):
        values = {name: world.value(name, "own", route.name) for name in route.parameters}
        found[route.name] = reverse(route.name, urlconf=urlconf, kwargs=values)
    return found


@pytest.mark.parametrize("role", ["nobody", "alice@balie.test", "maud@balie.test", "carol@acme.test"])
def test_no_answer_may_be_stored(world: World, role: str) -> None:
    assert role in ROLES
    shown = 0
    for host in ("localhost", "acme.localhost", "stranger.example"):
        client = Client(HTTP_HOST=host)
        if role != "nobody":
            client.force_login(User.objects.get(email=role))
        for name, url in addresses(host if host in HOSTS else "localhost", world).items():
            answer = client.get(url)
            stored = re.split(r",\s*", answer.headers.get("Cache-Control", ""))
            if name in KEPT and answer.status_code == 200:
                assert "no-store" not in stored, url
                continue
            assert "no-store" in stored, f"{role} {host}{url}: {answer.status_code} {stored}"
            shown += answer.status_code == 200
    # A manager sees most of it, and whoever sees nothing sees the doors.
    assert shown >= (30 if role.startswith("maud") else 5)
