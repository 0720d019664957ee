"""Addresses of pages with what nobody types: numbers without end, the calendar's edges, offsets that PostgreSQL refuses."""

import uuid
from typing import Any

import pytest
from django.test import Client

from tenants.models import Company

pytestmark = pytest.mark.django_db

LONG = "9" * 5_000
EDGES = ("0001-01-01", "9999-12-31", "9999-12", LONG, "\x00")
WEEKS = ("0001-W01", "9999-W52", LONG)
MARKS = (
    "2026-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00+15:00",
    "9999-12-31T23:59:59-23:00",
    LONG,
)
ASKED: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("/manage/log/", ("before",), tuple(f"{mark}~{uuid.UUID(int=7)}" for mark in MARKS)),
    ("/manage/log/", ("company", "person"), EDGES),
    ("/manage/companies/{company}/charges/", ("month", "page", "only"), EDGES),
    ("/manage/shifts/", ("week",), WEEKS),
    ("/manage/shifts/gaps/", ("week", "start"), WEEKS),
    ("/manage/shifts/copy/", ("week",), WEEKS),
    ("/manage/shifts/new/", ("day", "times", "person"), EDGES),
    ("/manage/people/", ("q", "start", "show"), EDGES),
    ("/manage/", ("q", "start", "show"), EDGES),
    ("/manage/reports/", ("month", "from", "to", "company"), EDGES),
    ("/manage/pool/", ("who", "desks", "chats", "company"), EDGES),
]


def test_no_page_fails_on_its_address(acme: Company, maud: Any) -> None:
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(maud)
    for path, names, values in ASKED:
        for value in values:
            answer = browser.get(path.format(company=acme.pk), dict.fromkeys(names, value))
            assert answer.status_code in (200, 404, 422), (path, value[:40])
