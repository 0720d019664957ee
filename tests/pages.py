"""The surroundings of every test of a page: counters of its own, also when another worker shares the server, and a
manager.
"""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from agency.models import User


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    """Rate limits start at nothing."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": default}


@pytest.fixture
def manager(maud: User) -> Client:
    """Return a manager's browser, signed in on the agency's host."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(maud)
    return client


def squeezed(page: str) -> str:
    """Drop the white space in and around tags, so that no test says how a template is laid out."""
    return re.sub(r"\s*(<[^>]*?)\s*(>)\s*", r"\1\2", re.sub(r"\s+", " ", page))


def browser_of(user: User, host: str = "acme.localhost") -> Client:
    """A browser on a host in which somebody has signed in."""
    browser = Client(HTTP_HOST=host)
    browser.force_login(user)
    return browser


def words_of(answer: Any) -> str:
    """Return a page's markup with each run of white space as one space."""
    return " ".join(answer.content.decode().split())
