"""A manager at the company pages, and the form for a new company as somebody fills it in."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from agency.models import (
    LogEntry,
    OpeningHours,
    OutboxRow,
    Promise,
    User,
)
from billing.models import Price
from tenants.models import Company, Domain, Site

HOST = {"host": "localhost"}

NEW = "/manage/companies/new/"


@pytest.fixture(name="browser")
def fixture_browser(maud: User, acme: Company) -> Client:
    """Return the manager's browser."""
    browser = Client(headers=HOST)
    browser.force_login(maud)
    return browser


def typed(**changed: str) -> dict[str, str]:
    """Return a form filled in well, but for what is changed."""
    return {
        "id": str(uuid.uuid4()),
        "name": "Fietsenhuis Verhoeven",
        "slug": "fietsenhuis",
        "language": "nl",
        "tone": "u",
        "promise-seconds": "25",
        "promise-percent": "92,5",
        "price-amount": "4,50",
        "owner-name": "Fien Verhoeven",
        "owner-email": "fien@fietsen.example",
        **changed,
    }


def schemas() -> set[str]:
    """Return the companies' schemas that the database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture(name="nothing_made")
def fixture_nothing_made() -> Iterator[None]:
    """Check that the test leaves everything as it found it."""

    def counts() -> tuple[Any, ...]:
        models = (Company, Domain, Site, User, OpeningHours, Promise, Price, LogEntry, OutboxRow)
        return (schemas(), *(model.objects.count() for model in models))

    before = counts()
    yield
    assert counts() == before


def facts_of(company: Company, **changed: str) -> dict[str, str]:
    names = ("name", "monogram", "brand", "tone", "language", "zone", "country", "question_email", "lead_minutes")
    return {**{name: getattr(company, name) for name in names}, **changed}
