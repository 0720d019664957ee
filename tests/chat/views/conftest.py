"""Fixtures of every test of a page."""

from tests.pages import manager, own_cache  # noqa: F401 -- fixtures
