"""Two companies filled with marked words, and every address of every host."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from agency.domain.facts.counters import Counts
from agency.domain.hours.periods import half_hour
from agency.models import Assignment, ChatRecord, PoolEntry, RecordEvent, SavedFilter, Shift, User
from agency.services.facts.counters import Place, add_counts
from billing.models import Acceptance
from chat.models import (
    Chat,
    Delivery,
    Lead,
    LeadEvent,
    Message,
    Question,
    Rating,
    StoredFile,
    Text,
    TranscriptRequest,
    Visitor,
)
from chat.services.files.store import NewFile, store
from tenants.context import in_company
from tenants.models import Company, Site
from tests.contracts.isolation import (
    World,
    private,
    public,
    site_keys,
)

# Host, its URL list, and the company whose host it is.
HOSTS = {
    "localhost": ("balie.urls", None),
    "acme.localhost": ("balie.portal_urls", "acme"),
    "zen.localhost": ("balie.portal_urls", "zen"),
}

PERSON = {"acme": "alice@balie.test", "zen": "dave@zen.test"}

WORKER = {"acme": "alice@balie.test", "zen": "bob@balie.test"}


class Route(NamedTuple):
    """One URL pattern: its list, name, parameters and view."""

    urlconf: str
    name: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]


def routes(urlconf: str) -> list[Route]:
    """Return every pattern that the resolver would try."""
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
                name = ":".join((*namespaces, pattern.name))
                found.append(Route(urlconf, name, names, pattern.callback))

    walk(get_resolver(urlconf).url_patterns, (), ())
    return found


ROUTES = [route for urlconf in dict.fromkeys(conf for conf, _ in HOSTS.values()) for route in routes(urlconf)]


@pytest.fixture(name="world")
def fixture_world() -> World:
    """Both companies full of marks, with a live chat and a question each."""
    own, foreign = site_keys()
    for slug, ids in (("acme", own), ("zen", foreign)):
        company = Company.objects.get(slug=slug)
        company.name = f"{company.name} {public(slug)}"
        company.save()
        Site.objects.filter(company=company).update(name=private(slug, "site"), phone=public(slug))
        ids.update(fill(company, Site.objects.get(company=company)))
    return World(own, foreign)


def fill(company: Company, site: Site) -> dict[str, str]:
    """Lay one of everything with marked words. Returns its ids by the names that addresses and frames use."""
    slug, now = company.slug, timezone.now()
    mark = iter(private(slug, number) for number in range(1, 100))
    with in_company(company):
        chat = lay_chat(site, slug, mark)
        question = Question.objects.create(
            site_id=site.pk,
            visitor_id=chat.visitor_id,
            client_id=uuid.uuid4(),
            body=next(mark),
            name=next(mark),
        )
        lead = lay_lead(site, chat, slug, mark)
        text = Text.objects.get(kind=Text.Kind.SCRIPT)
        rate_and_mail(chat, slug, mark)
    record(company, chat, mark)
    add_counts({Place(site.pk, next(mark), half_hour(now, "UTC")): Counts(shown=1)})
    lay_entry(company, chat, now)
    return {
        "logo": lay_logo(company, mark),
        "chat_id": str(chat.pk),
        "company_id": str(company.pk),
        "site_id": str(site.pk),
        "visitor_id": str(chat.visitor_id),
        "question_id": str(question.pk),
        "lead_id": str(lead.pk),
        "filter_id": str(lay_filter(company, next(mark)).pk),
        "text_id": str(text.pk),
        "acceptance_id": str(lay_acceptance(company, next(mark)).pk),
        # The agency's people are of no company: alice answers for both, dave has a place at a portal only.
        "person_id": str(User.objects.get(email=PERSON[slug]).pk),
        # Shifts are the agency's too: bob's is none of dave's.
        "shift_id": str(shift(WORKER[slug], now).pk),
        "slug": slug,
    }


def lay_acceptance(company: Company, word: str) -> Acceptance:
    """Somebody accepted an agreement, in a document of one word."""
    document = word.encode()
    return Acceptance.objects.create(
        company=company,
        kind=Acceptance.Kind.PROCESSING,
        edition=1,
        name=word,
        facts={},
        document=document,
        sha256=hashlib.sha256(document).hexdigest(),
    )


def lay_logo(company: Company, mark: Iterator[str]) -> str:
    """Return the public name of a company's logo, whose own name isn't."""
    new = NewFile(kind=StoredFile.Kind.LOGO, name=next(mark), content_type="image/webp", body=b"RIFF")
    file = store(company, new, by=next(mark), now=timezone.now())
    company.logo = {"file": str(file.pk), "is_light": False, "colours": []}
    company.save()
    return f"{company.pk.hex}-{file.pk.hex}"


def lay_filter(company: Company, name: str) -> SavedFilter:
    """Return a filter of the chat list that everybody at the company may choose."""
    facts = {"asked": {"q": name}, "made_at": timezone.now(), "made_by": name}
    return SavedFilter.objects.create(company=company, name=name, **facts)


def lay_chat(site: Site, slug: str, mark: Iterator[str]) -> Chat:
    """Return a visitor's chat with a message of each kind."""
    visitor = Visitor.objects.create(name=next(mark), email=f"{next(mark)}@{slug}.test")
    chat = Chat.objects.create(
        number=1,
        visitor=visitor,
        site_id=site.pk,
        first_client_id=visitor.pk,
        opened_at=timezone.now(),
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
    return chat


def lay_entry(company: Company, chat: Chat, now: datetime) -> None:
    """The chat goes on."""
    PoolEntry.objects.create(
        chat_id=chat.pk,
        company=company,
        site_id=chat.site_id,
        visitor_id=chat.visitor_id,
        turn_at=now,
        arrived_at=now,
        visitor_seen_at=now,
        last_seq=4,
    )


def lay_lead(site: Site, chat: Chat, slug: str, mark: Iterator[str]) -> Lead:
    """The chat's visitor was passed on."""
    now = timezone.now()
    lead: Lead = Lead.objects.create(
        source="chat",
        source_id=chat.pk,
        site_id=site.pk,
        name=next(mark),
        channel="mail",
        email=f"{next(mark)}@{slug}.test",
        phone="06 12345678",
        question=next(mark),
        page_url=next(mark),
        consent=next(mark),
        consent_at=now,
        created_at=now,
    )
    LeadEvent.objects.create(lead=lead, kind="made", by=next(mark), at=now)
    return lead


def rate_and_mail(chat: Chat, slug: str, mark: Iterator[str]) -> None:
    """The chat was rated, its transcript asked for and put in the mail."""
    now = timezone.now()
    Rating.objects.create(chat=chat, good=True, words=next(mark), created_at=now, changed_at=now)
    # At a test's own domain: no real address has marks.
    recipient = f"{next(mark)}@{slug}.test"
    TranscriptRequest.objects.create(chat=chat, client_id=uuid.uuid4(), recipient=recipient, created_at=now)
    Delivery.objects.create(
        kind="transcript",
        chat=chat,
        recipient=f"copy-{recipient}",
        subject=next(mark),
        text=next(mark),
    )


def shift(email: str, now: datetime) -> Shift:
    operator = User.objects.get(email=email).operator
    # From now on: one that began before now belongs to the week before in the first hours of a Monday.
    return Shift.objects.create(operator=operator, starts_at=now, ends_at=now + timedelta(hours=1))


def record(company: Company, chat: Chat, mark: Iterator[str]) -> None:
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
        code="other",
        facts={"text": next(mark)},
        fence=1,
        at=now,
    )
