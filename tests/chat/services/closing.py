"""A chat near its end."""

import pytest


@pytest.fixture(autouse=True)
def fresh(db: None) -> None:
    from tenants import resolve

    resolve._sites.clear()
