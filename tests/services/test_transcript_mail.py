"""What is in a transcript, and what never is; headers on the wire of a real mail server."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from agency.models import ChatRecord, OutboxRow, PoolEntry
from agency.services import outbox
from chat.domain import mailwords
from chat.domain.mail import normalise_address
from chat.models import Chat, Delivery, Message, TranscriptRequest, Visitor
from chat.services import lifecycle, transcripts
from chat.services.satisfaction import read_token
from chat.services.transcripts import CannotAsk
from tenants.context import in_company
from tenants.models import Company, Site
from tests.conftest import SHARED_DATA
from tests.services.sink import Sink, mail_server
from tests.services.stage import after, open_chat, sit

pytestmark = pytest.mark.django_db

HEADER_STRINGS: list[str] = json.loads(
    (Path(__file__).parent.parent / "data" / "email_header_strings.json").read_text()
)
# What may be told apart in a line's text: everything our template itself writes.
OUR_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "table", "tr", "td", "th", "h1", "h2"),
    *("p", "b", "a", "br", "span", "div"),
}


@pytest.fixture(scope="module")
def running() -> Iterator[Sink]:
    with mail_server() as sink:
        yield sink


@pytest.fixture
def server(db: None, running: Sink) -> Sink:
    OutboxRow.objects.all().delete()
    running.forget()
    return running


def say(
    company: Company, entry: PoolEntry, seq: int, body: str, *, side: str, at: float, **facts: Any
) -> None:
    with in_company(company):
        Message.objects.create(
            chat_id=entry.pk,
            seq=seq,
            client_id=uuid.uuid4(),
            kind=facts.pop("kind", "text"),
            side=side,
            body=body,
            created_at=after(at),
            **facts,
        )


def talk(company: Company, **facts: Any) -> tuple[UUID, UUID]:
    """A chat with Alice, closed: both sides' words, a note, and a page change. Chat and visitor."""
    entry = open_chat(sit("alice@balie.test"))
    entry.last_seq = 20
    entry.save()
    with in_company(company):
        Visitor.objects.filter(pk=entry.visitor_id).update(name=facts.pop("name", "Marieke"))
        Chat.objects.filter(pk=entry.pk).update(
            page_title=facts.pop("title", "Veluwe 4"),
            page_url=facts.pop("url", "https://shop.acme.example/veluwe?m=39"),
            **facts,
        )
    alice = {"side": "operator", "author_name": "Alice"}
    say(company, entry, 10, "Dag! Kijk op https://shop.acme.example/maat.", at=60, **alice)
    say(company, entry, 11, "MARKER-note", at=70, kind="note", **alice)
    say(company, entry, 12, "Mijn maat is 39\nof 40", side="visitor", at=120)
    chat_id, visitor_id = entry.pk, entry.visitor_id
    lifecycle.close_by_visitor(chat_id=chat_id, visitor_id=visitor_id, now=after(780))
    return chat_id, visitor_id


def ask(company: Company, chat: tuple[UUID, UUID], address: str = "jan@voorbeeld.example") -> None:
    transcripts.ask(
        company=company,
        chat_id=chat[0],
        visitor_id=chat[1],
        client_id=uuid.uuid4(),
        address=address,
        now=after(800),
    )


def drain(now: datetime | None = None) -> int:
    return outbox.drain(now=lambda: now or after(1_000))


def parts(sink: Sink) -> tuple[Any, str, str]:
    """The one mail that came: its message, text and HTML."""
    ((recipients, message, _raw),) = sink.taken
    assert recipients == [message["To"]]
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert text is not None
    assert html is not None
    return message, text.get_content(), html.get_content()


def test_the_visitor_gets_the_chat(acme: Company, server: Sink) -> None:
    Company.objects.filter(pk=acme.pk).update(
        reply_email="service@acme.test", address="Stationsplein 8, Amersfoort"
    )
    chat = talk(acme)
    ask(acme, chat)
    assert drain() == 1
    message, text, html = parts(server)
    assert message["Subject"] == "Je gesprek met Acme Schoenen van 23 november"
    assert message["To"] == "jan@voorbeeld.example"
    assert str(message["From"]) == "Acme Schoenen <no-reply@balie.test>"
    assert message["Reply-To"] == "service@acme.test"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Bcc"] is None
    assert message["Cc"] is None
    for said in (text, html):
        assert "Dag Marieke, hier is je gesprek" in said
        assert "maandag 23 november van 14:00 tot 14:13 met Alice" in said
        assert "Mijn maat is 39" in said
        assert "14:01" in said
        assert "Alice van Acme Schoenen" in said
        assert "Hoi van Acme Schoenen" in said
        assert "Stationsplein 8, Amersfoort" in said
        assert "Veluwe 4" in said
        assert "Gesprek 1" in said
        assert "Beantwoord deze mail" in said
    assert "Mijn maat is 39<br>of 40" in html
    assert 'href="https://shop.acme.example/maat"' in html
    links = re.findall(r"http://acme\.localhost:\d+/rating/([^/]+)/\?good=([01])", html)
    assert [good for _token, good in links] == ["1", "0"]
    assert read_token(acme, links[0][0]) == chat[0]


def test_nothing_of_the_house_is_in_it(acme: Company, server: Sink) -> None:
    Company.objects.filter(pk=acme.pk).update(transcript_email="chats@acme.test")
    chat = talk(acme)
    ChatRecord.objects.update(outcome="lead")
    ask(acme, chat, "jan@voorbeeld.example")
    ask(acme, chat, "piet@voorbeeld.example")
    assert drain() == 3
    for recipients, message, raw in server.taken:
        whole = raw.decode("utf-8", "replace") + message.as_string()
        for secret in ("MARKER-note", "alice@balie.test", "LEAK-", str(acme.secret)):
            assert secret not in whole
        others = {"jan@voorbeeld.example", "piet@voorbeeld.example", "chats@acme.test"}
        if recipients != ["chats@acme.test"]:
            for other in others - set(recipients):
                assert other not in whole
            assert "Lead" not in whole


def test_the_company_s_copy_has_outcome_and_address(acme: Company, server: Sink) -> None:
    Company.objects.filter(pk=acme.pk).update(transcript_email="chats@acme.test")
    chat = talk(acme)
    with in_company(acme):
        Visitor.objects.filter(pk=chat[1]).update(email="marieke@voorbeeld.example")
    ChatRecord.objects.update(outcome="lead")
    # Wrap-up may take two minutes: until it is over nobody knows the outcome.
    assert drain(after(780 + 120)) == 0
    assert drain(after(780 + 125)) == 1
    message, text, html = parts(server)
    assert message["Subject"] == "Gesprek 1 van 23 november, 14:00"
    assert message["Reply-To"] == "marieke@voorbeeld.example"
    for said in (text, html):
        assert "Lead" in said
        assert "marieke@voorbeeld.example" in said
        assert "/rating/" not in said


@pytest.mark.parametrize(
    ("language", "tone", "subject", "hello"),
    [
        ("nl", "je", "Je gesprek met", "Dag Marieke, hier is je gesprek"),
        ("nl", "u", "Uw gesprek met", "Dag Marieke, hier is uw gesprek"),
        ("en", "u", "Your chat with", "Hello Marieke, here is your chat"),
        ("de", "je", "Ihr Gespräch mit", "Guten Tag Marieke, hier ist Ihr Gespräch"),
        ("fr", "je", "Votre conversation avec", "Bonjour Marieke, voici votre conversation"),
        ("it", "je", "Your chat with", "Hello Marieke, here is your chat"),
    ],
)
def test_it_speaks_the_visitor_s_language(
    acme: Company, server: Sink, language: str, tone: str, subject: str, hello: str
) -> None:
    Company.objects.filter(pk=acme.pk).update(tone=tone)
    ask(acme, talk(acme, language=language))
    assert drain() == 1
    message, text, html = parts(server)
    assert message["Subject"].startswith(subject)
    assert hello in text
    assert hello in html


def test_every_voice_says_everything() -> None:
    fields = list(mailwords.Voice.__slots__)
    for voice in mailwords.ALL:
        assert all(getattr(voice, field) for field in fields)
        for field in fields:
            wanted = set(re.findall(r"{\w+}", getattr(mailwords.ALL[0], field)))
            assert set(re.findall(r"{\w+}", getattr(voice, field))) == wanted, field
    changed = replace(mailwords.ALL[0], yes="")
    assert not all(getattr(changed, field) for field in fields)


def test_a_chat_nobody_answered_says_so(acme: Company, server: Sink) -> None:
    chat = talk(acme)
    with in_company(acme):
        Message.objects.filter(chat=chat[0], side="operator", kind="text").delete()
    ask(acme, chat)
    drain()
    _message, text, _html = parts(server)
    assert "Er is niet geantwoord" in text


def test_a_retry_sends_the_same_bytes(acme: Company, server: Sink) -> None:
    ask(acme, talk(acme))
    server.refuse_data = "451 later"
    assert drain() == 0
    with in_company(acme):
        Message.objects.filter(kind="text").update(body="changed since")
    Company.objects.filter(pk=acme.pk).update(name="Another name")
    server.refuse_data = ""
    assert drain(after(5_000)) == 1
    OutboxRow.objects.update(state="queued", done_at=None)
    assert drain(after(5_000)) == 1
    first, second = (raw for _to, _message, raw in server.taken)
    assert first == second
    assert b"changed since" not in first
    assert b"Another" not in first
    row = OutboxRow.objects.get()
    with in_company(acme):
        written = Delivery.objects.get(pk=row.object_id).created_at
    for _to, message, _raw in server.taken:
        assert message["Message-ID"] == row.external_key
        assert message["Date"].datetime == written.replace(microsecond=0)


def test_a_link_is_only_what_we_wrote(acme: Company, server: Sink) -> None:
    chat = talk(acme, url="https://evil.example/shop.acme.example", title="<b>Winactie</b>")
    with in_company(acme):
        Message.objects.filter(chat=chat[0], seq=12).update(body="https://evil.example/ klik")
        Message.objects.filter(chat=chat[0], seq=10).update(
            body="javascript:alert(1) data:text/html,x https://ok.example/\"onclick='1' <a href=x>"
        )
    ask(acme, chat)
    drain()
    _message, _text, html = parts(server)
    hrefs = re.findall(r'href="([^"]*)"', html)
    rating = [href for href in hrefs if "/rating/" in href]
    assert [href for href in hrefs if href not in rating] == ["https://ok.example/"]
    assert all(href.startswith("http://acme.localhost:") for href in rating)


def test_a_hostile_address_is_refused_or_one_recipient(acme: Company, server: Sink) -> None:
    chat = talk(acme)
    accepted = 0
    for typed in HEADER_STRINGS:
        server.forget()
        if normalise_address(typed) is None:
            with pytest.raises(CannotAsk, match="bad_address"):
                ask(acme, chat, typed)
            assert drain() == 0
            continue
        OutboxRow.objects.all().delete()
        with in_company(acme):
            TranscriptRequest.objects.all().delete()
        ask(acme, chat, typed)
        assert drain() == 1
        ((recipients, message, _raw),) = server.taken
        assert recipients == [message["To"]]
        assert len(message["To"].addresses) == 1
        assert recipients[0].isascii()
        assert set(message.keys()) == EXPECTED
        accepted += 1
    assert accepted == 5


EXPECTED = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Reply-To", "Date"),
    *("Message-ID", "Auto-Submitted"),
}


def test_a_hostile_name_stays_a_name(acme: Company, server: Sink) -> None:
    """As the visitor's name, the operator's, the page's and the company's."""
    chat = talk(acme)
    ask(acme, chat)
    for hostile in HEADER_STRINGS:
        server.forget()
        Company.objects.filter(pk=acme.pk).update(name=hostile, address=hostile)
        with in_company(acme):
            Message.objects.filter(side="operator").update(author_name=hostile[:40])
            Visitor.objects.update(name=hostile)
            Chat.objects.update(page_title=hostile)
            Delivery.objects.update(subject="")
        OutboxRow.objects.update(state="queued", done_at=None)
        assert drain() == 1
        ((recipients, message, raw),) = server.taken
        assert recipients == ["jan@voorbeeld.example"]
        assert set(message.keys()) == EXPECTED
        senders, receivers = message["From"].addresses, message["To"].addresses
        assert [address.addr_spec for address in senders] == ["no-reply@balie.test"]
        assert [address.addr_spec for address in receivers] == ["jan@voorbeeld.example"]
        assert message["Subject"].strip().startswith("Je gesprek met ")
        head = b"\r\n" + raw.split(b"\r\n\r\n", 1)[0].lower()
        assert b"\r\nbcc:" not in head
        assert head.count(b"\r\ncontent-type:") == 1
        html = message.get_body(("html",))
        assert html is not None
        assert tags(html.get_content()) <= OUR_TAGS


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes.update(name for name, _value in attrs)


def tags(html: str) -> set[str]:
    """The elements of a page; none may have a handler."""
    parser = _Tags()
    parser.feed(html)
    assert not [name for name in parser.attributes if name.startswith("on")]
    return parser.found


@pytest.mark.shared_data
def test_naughty_strings_are_only_text(acme: Company, server: Sink) -> None:
    strings = json.loads((SHARED_DATA / "naughty_strings.json").read_text())
    kept = [text for text in strings if text.strip() and "\x00" not in text]
    chat = talk(acme)
    with in_company(acme):
        Message.objects.filter(chat=chat[0]).delete()
        Message.objects.bulk_create(
            Message(
                chat_id=chat[0],
                seq=seq,
                client_id=uuid.uuid4(),
                kind="text",
                side=("visitor", "operator")[seq % 2],
                author_name=text[:40],
                body=text,
                created_at=timezone.now(),
            )
            for seq, text in enumerate(kept, 1)
        )
        Visitor.objects.update(name="".join(kept)[:100])
        Chat.objects.update(page_title="".join(kept)[200:500], page_url=kept[5][:200])
    ask(acme, chat)
    assert drain() == 1
    _message, text, html = parts(server)
    assert tags(html) <= OUR_TAGS
    hrefs = re.findall(r'href="([^"]*)"', html)
    assert all(href.startswith(("http://", "https://")) for href in hrefs)
    assert len(kept) > 400
    assert len(text) > 5_000


def test_an_erased_mail_is_dead_at_once(acme: Company, server: Sink) -> None:
    ask(acme, talk(acme))
    with in_company(acme):
        Delivery.objects.all().delete()
    assert drain() == 0
    row = OutboxRow.objects.get()
    assert (row.state, row.error) == ("dead", "erased")


def test_the_portal_s_zone_is_the_company_s(acme: Company, server: Sink) -> None:
    Company.objects.filter(pk=acme.pk).update(zone="America/New_York")
    ask(acme, talk(acme))
    drain()
    _message, text, _html = parts(server)
    assert "van 08:00 tot 08:13" in text


def test_a_closed_site_or_no_site_sends_all_the_same(acme: Company, server: Sink) -> None:
    chat = talk(acme)
    Site.objects.filter(company=acme).delete()
    ask(acme, chat)
    assert drain() == 1
