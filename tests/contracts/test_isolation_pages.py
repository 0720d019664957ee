"""Every URL of every host, for every role, with own, foreign and unknown ids: no word of another company."""

import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from agency.models import Assignment, ChatRecord, PoolEntry, RecordEvent, Shift, User
from agency.project.middleware import HEALTH
from chat.models import (
    Chat,
    Delivery,
    Message,
    Question,
    Rating,
    Text,
    TranscriptRequest,
    Visitor,
)
from tenants.context import in_company
from tenants.models import Company, Site
from tests.contracts.isolation import (
    COMPANIES,
    PLAIN,
    PUBLIC,
    ROLES,
    World,
    alike,
    assert_clean,
    private,
    public,
    site_keys,
)

pytestmark = pytest.mark.django_db

# Host, its URL list, and the company whose host it is.
HOSTS = {
    "localhost": ("agency.project.urls", None),
    "acme.localhost": ("agency.project.portal_urls", "acme"),
    "zen.localhost": ("agency.project.portal_urls", "zen"),
}


_PERSON = {"acme": "alice@balie.test", "zen": "dave@zen.test"}
_WORKER = {"acme": "alice@balie.test", "zen": "bob@balie.test"}


class Route(NamedTuple):
    """One URL pattern: its list, name and parameters."""

    urlconf: str
    name: str
    parameters: tuple[str, ...]


def routes(urlconf: str) -> list[Route]:
    """Every pattern that the resolver would try."""
    found = []

    def walk(patterns: list[Any], above: tuple[str, ...], namespaces: tuple[str, ...]) -> None:
        for pattern in patterns:
            names = (*above, *pattern.pattern.regex.groupindex)
            if isinstance(pattern, URLResolver):
                inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
                walk(pattern.url_patterns, names, inside)
            else:
                assert isinstance(pattern, URLPattern)
                assert pattern.name, f"{urlconf}: {pattern} has no name, so nothing can ask for it"
                found.append(Route(urlconf, ":".join((*namespaces, pattern.name)), names))

    walk(get_resolver(urlconf).url_patterns, (), ())
    return found


ROUTES = [route for urlconf in {conf for conf, _ in HOSTS.values()} for route in routes(urlconf)]


@pytest.fixture
def world() -> World:
    """Both companies full of marks, with a live chat and a question each."""
    own, foreign = site_keys()
    for slug, ids in (("acme", own), ("zen", foreign)):
        company = Company.objects.get(slug=slug)
        company.name = f"{company.name} {public(slug)}"
        company.save()
        Site.objects.filter(company=company).update(name=private(slug, "site"), phone=public(slug))
        ids.update(_fill(company, Site.objects.get(company=company)))
    return World(own, foreign)


def _fill(company: Company, site: Site) -> dict[str, str]:
    slug, now = company.slug, timezone.now()
    mark = iter(private(slug, number) for number in range(1, 100))
    with in_company(company):
        visitor = Visitor.objects.create(name=next(mark), email=f"{next(mark)}@{slug}.test")
        chat = Chat.objects.create(
            number=1,
            visitor=visitor,
            site_id=site.pk,
            first_client_id=visitor.pk,
            opened_at=now,
            page_url=next(mark),
            page_title=next(mark),
            referrer=next(mark),
        )
        for seq, kind in enumerate(("auto", "text", "note", "system"), 1):
            Message.objects.create(
                chat=chat,
                seq=seq,
                client_id=uuid.uuid4(),
                kind=kind,
                side="visitor",
                author_name=next(mark),
                body=next(mark),
                data={"name": next(mark)},
            )
        question = Question.objects.create(
            site_id=site.pk,
            visitor_id=visitor.pk,
            client_id=uuid.uuid4(),
            body=next(mark),
            name=next(mark),
        )
        text = Text.objects.get(kind=Text.Kind.SCRIPT)
        Rating.objects.create(
            chat=chat, good=True, words=next(mark), created_at=now, changed_at=now
        )
        # At a test's own domain: no real address has marks.
        recipient = f"{next(mark)}@{slug}.test"
        TranscriptRequest.objects.create(
            chat=chat, client_id=uuid.uuid4(), recipient=recipient, created_at=now
        )
        Delivery.objects.create(
            kind="transcript",
            chat=chat,
            recipient=f"copy-{recipient}",
            subject=next(mark),
            text=next(mark),
        )
    _record(company, chat, mark)
    PoolEntry.objects.create(
        chat_id=chat.pk,
        company=company,
        site_id=site.pk,
        visitor_id=visitor.pk,
        turn_at=now,
        arrived_at=now,
        visitor_seen_at=now,
        last_seq=4,
    )
    return {
        "chat_id": str(chat.pk),
        "company_id": str(company.pk),
        "site_id": str(site.pk),
        "visitor_id": str(visitor.pk),
        "question_id": str(question.pk),
        "text_id": str(text.pk),
        # The agency's people are of no company: alice answers for both, dave has a place at a portal only.
        "person_id": str(User.objects.get(email=_PERSON[slug]).pk),
        # Shifts are the agency's too: bob's is none of dave's.
        "shift_id": str(_shift(_WORKER[slug], now).pk),
        "slug": slug,
    }


def _shift(email: str, now: datetime) -> Shift:
    operator = User.objects.get(email=email).operator
    hour = timedelta(hours=1)
    return Shift.objects.create(operator=operator, starts_at=now - hour, ends_at=now + hour)


def _record(company: Company, chat: Chat, mark: Iterator[str]) -> None:
    """The same chat is on record, as in its wrap-up: pages of finished chats have something to show too."""
    now = timezone.now()
    record = ChatRecord.objects.create(
        chat_id=chat.pk,
        company=company,
        site_id=chat.site_id,
        visitor_id=chat.visitor_id,
        language="nl",
        arrived_at=now,
        closed_at=now,
        settled_at=now,
        close_reason="visitor",
        outcome="resolved",
        promise_seconds=20,
        number=1,
    )
    RecordEvent.objects.create(
        record=record,
        company=company,
        kind="spam",
        value=0,
        data={"note": next(mark)},
        actor_name=next(mark),
        at=now,
    )
    operator = User.objects.get(email="alice@balie.test").operator
    Assignment.objects.create(
        chat_id=chat.pk,
        company=company,
        operator=operator,
        kind="offer",
        reason=next(mark),
        fence=1,
        at=now,
    )


def test_the_matrix_sees_the_routes() -> None:
    names = {route.name for route in ROUTES}
    assert {"manage_home", "portal_home", "account_login", "widget_loader"} <= names


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
            assert answer.status_code < 500 or url in HEALTH, (
                f"{method} {where}: {answer.status_code}"
            )
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
            # Who may see both companies has no foreign one.
            if not references or references <= PUBLIC or "zen" in ROLES[role]:
                continue
            for method in ("get", "post"):
                foreign, unknown = (
                    _ask(client, method, _url(route, world, kind), world)
                    for kind in ("foreign", "unknown")
                )
                assert foreign.status_code == unknown.status_code, route.name
                assert alike(foreign.content.decode()) == alike(unknown.content.decode())


@pytest.mark.parametrize("role", ["carol@acme.test", "alice@balie.test", "maud@balie.test"])
def test_another_company_s_portal_is_closed_like_one_that_isn_t_there(
    world: World, role: str
) -> None:
    statuses = {}
    for host in ("zen.localhost", "nothere.localhost"):
        client = Client(HTTP_HOST=host)
        client.force_login(User.objects.get(email=role))
        statuses[host] = {url: client.get(url).status_code for url in ("/", "/preferences/")}
    assert (
        statuses["zen.localhost"]
        == statuses["nothere.localhost"]
        == {"/": 404, "/preferences/": 404}
    )


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
    from agency.project import middleware

    source = import_module(middleware.__name__).__loader__.get_source(middleware.__name__)
    named = {part for part in source.split('"') if part.endswith(("_urls", ".urls"))}
    assert named <= {conf for conf, _ in HOSTS.values()}


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
