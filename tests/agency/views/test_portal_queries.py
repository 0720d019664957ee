"""No page of a company's portal asks the database more than twelve times, whatever stands on it. Coming aboard reads a
little of everything, and may ask a few times more.
"""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agency.models import User
from tests.contracts.isolation import PLAIN, World
from tests.contracts.world import ROUTES, Route, fixture_world  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db

MOST = 12
MOST_OF = {"portal_start": 14, "portal_start_step": 15}
# Signing in and what belongs to it are allauth's, and the widget's files ask nothing.
_OTHERS = re.compile("account|mfa|usersessions|widget")
PORTAL = [one for one in ROUTES if one.urlconf == "balie.portal_urls" and not _OTHERS.match(one.name)]
# Asked under tests only: whether we are in the schema that we think we are in.
_GUARD = "SELECT schema_name FROM tenant_self"
# The dearest form of a page: with a search, beside which a chat is open.
ALSO = {"portal_chats": "?q=schoenen", "portal_chat": "?q=schoenen", "portal_chats_csv": "?q=schoenen"}


def test_no_portal_page_asks_more_often_than_it_may(world: World, carol: User) -> None:
    browser = Client(HTTP_HOST="acme.localhost")
    browser.force_login(carol)
    over, read = [], 0
    for route in PORTAL:
        for query in filter(None, ("?", ALSO.get(route.name))):
            asked = _ask(browser, route, query, world)
            read += asked is not None
            if asked is not None and len(asked) > MOST_OF.get(route.name, MOST):
                groups = "\n".join(f"  {n} x {sql}" for sql, n in Counter(asked).most_common())
                over.append(f"{route.name}{query}: {len(asked)}\n{groups}")
    assert read >= 15
    assert not over, "too many queries:\n" + "\n".join(over)


def _ask(browser: Client, route: Route, query: str, world: World) -> list[str] | None:
    """The queries of a page when it is opened again, each by its beginning, or None where there is no page to read."""
    known = {**PLAIN, **world.own}
    url = reverse(route.name, urlconf=route.urlconf, kwargs={name: known[name] for name in route.parameters}) + query
    browser.get(url)
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(url)
        b"".join(answer) if answer.streaming else answer.content
        asked = [one["sql"] for one in queries]
    if answer.status_code != 200:
        return None
    return [" ".join(sql.split())[:160] for sql in asked if sql != _GUARD]
