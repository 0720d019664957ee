"""A manager at the pages about people, and the form as it is filled in."""

import pytest
from django.test import Client
from django.urls import reverse

from agency.models import (
    User,
)


@pytest.fixture(name="manager")
def fixture_manager(maud: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(maud)
    return client


def one(user: User, name: str = "manage_person") -> str:
    return reverse(name, args=[user.pk])
