"""A manager at a company's texts."""

import pytest
from django.test import Client
from django.urls import reverse

from agency.models import User
from chat.models import Text
from tenants.context import in_company
from tenants.models import Company


@pytest.fixture(name="manager")
def fixture_manager(maud: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(maud)
    return client


def the(company: Company, kind: str, *, key: str | None = None) -> Text:
    """Return the newest version of the one text of a kind."""
    with in_company(company):
        found = Text.objects.filter(kind=kind).order_by("-version")
        return (found.filter(key=key) if key else found)[0]


def at(company: Company, name: str, text: Text | None = None) -> str:
    return reverse(name, args=[company.pk] if text is None else [company.pk, text.pk])


def new(company: Company, kind: str) -> str:
    return f"{at(company, 'manage_text_new')}?kind={kind}"


def count(company: Company) -> int:
    with in_company(company):
        return Text.objects.count()
