"""The surroundings of every test of a page: counters of its own, also when another worker shares the server, and a
manager.
"""

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
