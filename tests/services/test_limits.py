"""How often one address may begin something."""

import uuid

from agency.services.limits import is_allowed


def count(address: str, times: int) -> list[bool]:
    what = uuid.uuid4().hex
    return [is_allowed(what=what, address=address, limit=3, within=60) for _ in range(times)]


def test_an_address_is_stopped_at_its_limit() -> None:
    assert count("203.0.113.7", 5) == [True, True, True, False, False]


def test_loopback_is_never_limited() -> None:
    assert all(count("127.0.0.1", 10))
    assert all(count("::1", 10))
