"""The readers of charges and prices, and what they read."""

import re
from typing import Any

import pytest
from django.test import Client

from agency.models import User
from tenants.models import Company


def browser(email: str, host: str) -> Client:
    client = Client(HTTP_HOST=host)
    client.force_login(User.objects.get(email=email))
    return client


@pytest.fixture(name="mauds")
def fixture_mauds(acme: Company) -> Client:
    return browser("maud@balie.test", "localhost")


def text(answer: Any) -> str:
    """Return a page's words, without tags. Spaces of every kind are one."""
    assert answer.status_code in (200, 422), answer.status_code
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def ask(client: Client, url: str, language: str = "nl") -> str:
    User.objects.update(language=language)
    return text(client.get(url))
