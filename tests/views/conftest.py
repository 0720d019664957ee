"""Each test has counters of its own, also when another worker shares the server."""

import uuid
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    """Rate limits start at nothing."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": default}
