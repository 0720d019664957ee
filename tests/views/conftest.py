"""Each test has counters of its own, also when another worker shares the server."""

import uuid
from typing import Any

import pytest

from agency.services import alarms


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    """Rate limits start at nothing."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": default}


@pytest.fixture(autouse=True)
def fresh_alarms() -> None:
    """What another test was alarmed about isn't remembered."""
    alarms._kept.clear()
