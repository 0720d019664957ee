"""Every page of every host, opened by everybody: no word and no id of another company."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from django.views.decorators.gzip import gzip_page

from agency.models import User
from agency.views.doors import READ, manager_page, public_page
from agency.views.query import for_file
from balie import account_urls
from balie.middleware import HEALTH
from chat.models import (
    Message,
)
from tenants.context import in_company
from tenants.models import Company
from tests.contracts.isolation import (
    COMPANIES,
    PLAIN,
    PUBLIC,
    ROLES,
    World,
    alike,
    assert_clean,
    public,
)
from tests.contracts.world import HOSTS, ROUTES, Route, fixture_world, routes  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db


def test_the_matrix_sees_the_routes() -> None:
    names = {route.name for route in ROUTES}
    assert {"manage_home", "portal_home", "account_login", "widget_loader"} <= names


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.urlconf} {route.name}")
def test_every_view_has_exactly_one_door(route: Route) -> None:
    """Signing in and what belongs to it are allauth's, whose views have doors of their own."""
    is_allauth = route.view in {pattern.callback for pattern in account_urls.urlpatterns}
    assert getattr(route.view, "doors", 0) == (0 if is_allauth else 1), "see agency/views/doors.py"


def test_a_view_without_a_door_or_with_two_is_seen() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def count(view: Any) -> int:
        return int(getattr(view, "doors", 0))

    assert count(view) == 0
    assert count(manager_page(READ)(view)) == count(gzip_page(manager_page(READ)(view))) == 1
    assert count(manager_page(READ)(for_file(public_page(READ)(view)))) == 2


@pytest.mark.parametrize("role", [role for role in ROLES if role != "visitor"])
@pytest.mark.parametrize("host", HOSTS)
def test_no_page_shows_a_word_of_another_company(world: World, role: str, host: str) -> None:
    urlconf, at = HOSTS[host]
    client = Client(HTTP_HOST=host)
    if role != "nobody":
        client.force_login(User.objects.get(email=role))
    # On a portal's host its company alone may be seen, by its own people; what it shows to everybody, by everybody.
    sees = ROLES[role] & ({at} if at else set(COMPANIES))
    shown = {at} if at else set()
    asked = 0
    for where, url in _urls(urlconf, world):
        for method in ("get", "post"):
            answer = _ask(client, method, url, world)
            assert answer.status_code < 500 or url in HEALTH, f"{method} {where}: {answer.status_code}"
            assert_clean(_whole(answer), f"{role} {method} {host}{url}", sees=sees, shown=shown)
            asked += 1
    assert asked >= 2 * len(routes(urlconf))


@pytest.mark.parametrize("role", [role for role in ROLES if role != "visitor"])
def test_a_foreign_id_in_a_url_is_an_unknown_one(world: World, role: str) -> None:
    for host, (urlconf, _at) in HOSTS.items():
        client = Client(HTTP_HOST=host)
        if role != "nobody":
            client.force_login(User.objects.get(email=role))
        for route in routes(urlconf):
            references = set(route.parameters) - set(PLAIN)
            # Somebody who may see both companies has no foreign one.
            if not references or references <= PUBLIC or "zen" in ROLES[role]:
                continue
            for method in ("get", "post"):
                foreign, unknown = (
                    _ask(client, method, _url(route, world, kind), world) for kind in ("foreign", "unknown")
                )
                assert foreign.status_code == unknown.status_code, route.name
                assert alike(foreign.content.decode()) == alike(unknown.content.decode())


@pytest.mark.parametrize("role", ["carol@acme.test", "alice@balie.test", "maud@balie.test"])
def test_another_company_s_portal_is_closed_like_one_that_isn_t_there(world: World, role: str) -> None:
    statuses = {}
    for host in ("zen.localhost", "nothere.localhost"):
        client = Client(HTTP_HOST=host)
        client.force_login(User.objects.get(email=role))
        statuses[host] = {url: client.get(url).status_code for url in ("/", "/preferences/")}
    assert statuses["zen.localhost"] == statuses["nothere.localhost"] == {"/": 404, "/preferences/": 404}


def test_the_matrix_would_see_a_leak(world: World) -> None:
    """Dave sees his own company's marks, on his own host: so they are there to be seen."""
    client = Client(HTTP_HOST="zen.localhost")
    client.force_login(User.objects.get(email="dave@zen.test"))
    body = _whole(client.get("/"))
    assert public("zen") in body
    read = _whole(client.get(f"/chats/{world.foreign['chat_id']}/"))
    # Name, texts, pages, the rating's words and the mail's address; a note never.
    assert len(set(re.findall(r"LEAK-zen-\d+", read))) >= 7
    with in_company(Company.objects.get(slug="zen")):
        assert Message.objects.get(kind=Message.Kind.NOTE).body not in read
    with pytest.raises(AssertionError, match="shows a word of zen"):
        assert_clean(body, "/", sees={"acme"})


def test_an_unknown_parameter_is_named(world: World) -> None:
    with pytest.raises(AssertionError, match="doesn't know `invoice_id`"):
        world.value("invoice_id", "own", "manage_invoice")


def test_every_url_list_is_in_the_matrix() -> None:
    """A host's URL list that isn't walked above would be nobody's."""
    lists = {getattr(settings, name) for name in dir(settings) if name.endswith("URLCONF")}
    assert lists == {conf for conf, _ in HOSTS.values()}


def _urls(urlconf: str, world: World) -> Iterator[tuple[str, str]]:
    for route in routes(urlconf):
        for kind in ("own", "foreign", "unknown") if route.parameters else ("own",):
            yield f"{route.name} ({kind})", _url(route, world, kind)
    for path in HEALTH:
        yield path, path


def _url(route: Route, world: World, kind: str) -> str:
    values = {name: world.value(name, kind, route.name) for name in route.parameters}
    return reverse(route.name, urlconf=route.urlconf, kwargs=values)


def _ask(client: Client, method: str, url: str, world: World) -> Any:
    """One request that leaves nothing behind: a sign-out or a saved form is taken back."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        given = {**world.foreign, "next": "/"} if method == "post" else {}
        answer = getattr(client, method)(url, given)
        _whole(answer)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def _whole(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{body.decode('utf-8', 'replace')}\n{answer.headers}\n{answer.cookies}"
