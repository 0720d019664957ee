"""Valkey away: sign-in limits hold in memory, and nobody is kept out."""

import pytest
from django.test import Client

from balie.cache import ForgivingRedisCache
from tests.cast import PASSWORD


@pytest.fixture
def away() -> ForgivingRedisCache:
    """Return a cache whose server isn't there."""
    cache = ForgivingRedisCache("redis://127.0.0.1:1/0", {})
    cache.memory.clear()
    return cache


def test_it_remembers_without_its_server(away):
    assert away.add("lock", True, timeout=5)
    assert not away.add("lock", True, timeout=5)
    away.set("tries", [1, 2])
    assert away.get("tries") == [1, 2]
    away.delete("tries")
    assert away.get("tries", []) == []


@pytest.mark.django_db
def test_a_limit_still_holds_and_others_still_sign_in(settings, bob, alice):
    settings.CACHES = {
        "default": {
            "BACKEND": "balie.cache.ForgivingRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }

    def try_in(email: str, password: str) -> int:
        data = {"login": email, "password": password}
        return Client().post("/accounts/login/", data, headers={"host": "localhost"}).status_code

    assert {try_in(bob.email, "guess") for _ in range(5)} == {422}
    assert try_in(bob.email, PASSWORD) == 422
    assert try_in(alice.email, PASSWORD) == 302
