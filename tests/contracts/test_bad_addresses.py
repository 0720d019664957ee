"""Every page and file, asked by an address that nobody types: each value that can't be read is said, none fails."""

import html
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.forms import BaseForm
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from agency.models import User
from tests.contracts.isolation import World
from tests.contracts.world import HOSTS, fixture_world, routes  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db

NONSENSE = "nonsens-7"
# Any words are good here; the last two are asked by a page's own script, of a page that has said it.
FREE = {"q", "more", "who", "name", "brand", "url", "times", "part", "seen"}
# Sign-in is a library's; a link in a mail chooses an answer beforehand, and the page asks for it.
OTHERS = ("account_", "mfa_", "rating", "transcript")
LONG = "9" * 5_000
# Every name of a page at once has them: numbers without end, the calendar's edges.
EDGES = ("\x00", LONG, "9999-12-31")
WEEKS = ("0001-W01", "9999-W52")
# Offsets that PostgreSQL refuses.
MARKS = (
    "2026-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00+15:00",
    "9999-12-31T23:59:59-23:00",
    LONG,
)


class _Heard(QueryDict):
    """An address that keeps the names it was asked for."""

    names: set[str] = set()

    def get(self, key: str, *more: Any) -> Any:
        self.names.add(key)
        return super().get(key, *more)

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    names: set[str] = set()
    monkeypatch.setattr(_Heard, "names", names)
    asked = property(lambda request: _Heard(request.META.get("QUERY_STRING", "")))
    monkeypatch.setattr(WSGIRequest, "GET", asked)
    return names


@pytest.mark.parametrize(("host", "email"), [("localhost", "maud@balie.test"), ("acme.localhost", "carol@acme.test")])
def test_what_can_t_be_read_is_said(world: World, heard: set[str], host: str, email: str) -> None:
    client = Client(HTTP_HOST=host)
    client.force_login(User.objects.get(email=email))
    seen = set()
    for path in _paths(host, world):
        names = _names(client, path, heard)
        _ask_edges(client, path, names)
        for name in sorted(names):
            answer = client.get(path, {name: NONSENSE})
            seen.add((path.rpartition(".")[2] == "csv", name))
            where = f"{host}{path}?{name}="
            if path.endswith((".csv", ".xlsx")):
                assert answer.status_code == 422, where
                assert "gemaakt" in answer.content.decode(), where
            else:
                assert answer.status_code == 404 or _is_said(answer), where
    assert {(False, "month"), (True, "month"), (True, "from")} <= seen
    if host == "localhost":
        assert {(False, one) for one in ("week", "day", "page", "sort", "show", "before")} <= seen
        assert (True, "week") in seen


def _paths(host: str, world: World) -> Iterator[str]:
    urlconf, _at = HOSTS[host]
    for route in routes(urlconf):
        if not route.name.startswith(OTHERS):
            given = {name: world.value(name, "own", route.name) for name in route.parameters}
            yield reverse(route.name, urlconf=urlconf, kwargs=given)


def _ask_edges(client: Client, path: str, names: set[str]) -> None:
    """No page fails on them."""
    more = WEEKS if "week" in names else ()
    if path == "/manage/log/":
        more = tuple(f"{mark}~{uuid.UUID(int=7)}" for mark in MARKS)
    for value in (*EDGES, *more) if names else ():
        answer = client.get(path, dict.fromkeys(names, value))
        assert answer.status_code in (200, 404, 422), (path, value[:40])


def _names(client: Client, path: str, heard: set[str]) -> set[str]:
    """Return what this page reads of its address."""
    heard.clear()
    client.get(path)
    return {name for name in heard - FREE if not name.endswith("_q")}


def _is_said(answer: Any) -> bool:
    """Whether the page says what was found wrong: over it, or at a field."""
    page = " ".join(html.unescape(answer.content.decode()).split())
    said = [str(one) for one in answer.context["messages"]]
    forms = [one for context in answer.context for one in context.flatten().values()]
    for form in forms if not said else ():
        if isinstance(form, BaseForm) and form.is_bound:
            said += [str(error) for errors in form.errors.values() for error in errors]
    return bool(said) and all(words in page for words in said)
